import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import type { SalesFacts, SalesforceField } from '../ports/salesforce.ts';
import { compareValuesOfType } from './compare-values.ts';
import { type KindSchemas, toFinding } from './live-schemas.ts';
import type { SalesSchemas } from './record-schemas.ts';

type Compared = KindSchemas & Pick<SalesSchemas, 'sales'>;

/** What tells pipelines apart in Salesforce, against the org: record types and what they offer, or the values of a field. Pure. */
export function compareRecordTypes(schemas: Compared, mapping: CompiledMapping) {
  const { field } = mapping.deal.pipelines;
  if (field === null) return [];
  if (field === 'RecordTypeId') return compareTypes(schemas, mapping);
  const described = schemas.fields.Opportunity?.find(({ name }) => name === field);
  // One that is not there is told by another check.
  return described === undefined ? [] : compareFieldValues(described, mapping);
}

function compareTypes(schemas: Compared, mapping: CompiledMapping): Finding[] {
  const { recordTypes } = schemas.sales;
  const { list, ignoredValues } = mapping.deal.pipelines;
  const available = recordTypes.filter(({ isAvailable }) => isAvailable).map(({ developerName }) => developerName);
  const undecided = available.filter(
    (name) => !ignoredValues.has(name) && !list.some(({ salesforce }) => salesforce === name),
  );
  const findings = list.flatMap(({ salesforce, stages }, index) => {
    if (salesforce === null) return [];
    const type = recordTypes.find(({ developerName }) => developerName === salesforce);
    if (type === undefined || !type.isAvailable) return [unusableType(mapping, index, type !== undefined, available)];
    return [...stagesOutside(mapping, index, stages, type), ...compareValuesOfType(schemas, mapping, type)];
  });
  if (undecided.length === 0) return findings;
  const undecidedType = toFinding(mapping.placeOf('deals', ['pipelines', 'list']), {
    severity: 'warning',
    code: 'record_type_not_mapped',
    what: `Nothing is decided about these record types of Opportunity: ${undecided.join(', ')}.`,
    why: 'An Opportunity with one of them becomes a failure (deal_stage_unknown).',
    fix: 'Give each to a pipeline under salesforce:, or name it under pipelines.not_synced.values.',
  });
  return [...findings, undecidedType];
}

function unusableType(
  { deal, placeOf }: CompiledMapping,
  index: number,
  isThere: boolean,
  available: readonly string[],
): Finding {
  const name = deal.pipelines.list[index]?.salesforce;
  const what = isThere
    ? `The integration user may not use the record type ${name} of Opportunity.`
    : `Opportunity has no active record type ${name}.`;
  return toFinding(placeOf('deals', ['pipelines', 'list', index, 'salesforce']), {
    code: isThere ? 'record_type_not_permitted' : 'record_type_missing',
    what,
    why: 'Every deal of this pipeline becomes a failure (record_type_unavailable).',
    fix: isThere
      ? 'Give the integration user the record type in its profile or permission set.'
      : `Use the developer name of one of: ${available.join(', ') || 'none'}.`,
  });
}

function stagesOutside(
  { placeOf }: CompiledMapping,
  index: number,
  stages: ReadonlyMap<string, string>,
  { developerName, picklists }: SalesFacts['recordTypes'][number],
): Finding[] {
  const offered = picklists?.get('StageName');
  if (offered === undefined) return [];
  return [...stages]
    .filter(([, name]) => !offered.includes(name))
    .map(([id, name]) =>
      toFinding(placeOf('deals', ['pipelines', 'list', index, 'stages', id]), {
        code: 'stage_outside_process',
        what: `The sales process of the record type ${developerName} does not have the stage "${name}".`,
        why: 'Salesforce would store it where nobody can choose it, or refuse it.',
        fix: `Use one of: ${offered.join(', ')}; or add the stage to it in Salesforce.`,
      }),
    );
}

/** A field that takes any text has no picklist. */
function compareFieldValues({ name, picklistValues, restrictedPicklist }: SalesforceField, mapping: CompiledMapping) {
  const active = picklistValues.filter((each) => each.active).map(({ value }) => value);
  if (active.length === 0) return [];
  return mapping.deal.pipelines.list.flatMap(({ salesforce }, index) => {
    if (salesforce === null || active.includes(salesforce)) return [];
    return toFinding(mapping.placeOf('deals', ['pipelines', 'list', index, 'salesforce']), {
      severity: restrictedPicklist ? 'error' : 'warning',
      code: 'unknown_picklist_value',
      what: `"${salesforce}" is not an active value of the picklist Opportunity.${name}.`,
      why: restrictedPicklist
        ? 'Salesforce would refuse every Opportunity with it.'
        : 'Salesforce would store it, and reports would not know it.',
      fix: `Use one of: ${active.join(', ')}; or add the value in Salesforce.`,
    });
  });
}
