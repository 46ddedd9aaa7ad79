import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { stageProperty } from '../domain/record.ts';
import { compareStatuses } from './compare-statuses.ts';
import { type Complaint, type Schemas, toFinding } from './live-schemas.ts';
import { reasonProperty as setupProperty } from './setup/desired.ts';

/** lifecycle.yaml against both live schemas: stages, statuses, and the property for reasons. */
export function compareLifecycle(schemas: Schemas, mapping: CompiledMapping): Finding[] {
  return [
    ...unknownStages(schemas, mapping),
    ...unnamedStages(schemas, mapping),
    ...stagesOutOfOrder(schemas, mapping),
    ...compareStatuses(schemas, mapping),
    ...checkReasonProperty(schemas, mapping),
  ];
}

function stageOptions(schemas: Schemas) {
  return schemas.properties.find(({ name }) => name === stageProperty)?.options ?? [];
}

/** HubSpot values of the stages that we may write: those that Salesforce's facts name, recycles and births lead to. */
function writtenStages({ lifecycle, born }: CompiledMapping): ReadonlySet<string> {
  return new Set([
    ...lifecycle.stages.flatMap(({ hubspot, salesforce }) => (salesforce === null ? [] : [hubspot])),
    ...lifecycle.recycles.map(({ to }) => to),
    ...(born.stage === null ? [] : [born.stage]),
  ]);
}

function unknownStages(schemas: Schemas, mapping: CompiledMapping): Finding[] {
  const { gate, lifecycle, placeOf } = mapping;
  const options = stageOptions(schemas);
  const written = writtenStages(mapping);
  return lifecycle.stages.flatMap((stage, index) => {
    if (options.some(({ value }) => value === stage.hubspot)) return [];
    const isNeeded = gate.opensAt(stage.hubspot) || written.has(stage.hubspot);
    return toFinding(placeOf('lifecycle', ['stages', index, 'hubspot']), {
      severity: isNeeded ? 'error' : 'warning',
      code: 'unknown_stage',
      what: `HubSpot has no lifecycle stage with the internal value ${stage.hubspot} (${stage.name} in lifecycle.yaml).`,
      why: 'No contact can ever be in it.',
      fix: `Use one of: ${options.map(({ value, label }) => `${value} (${label})`).join(', ')}.`,
    });
  });
}

function unnamedStages(schemas: Schemas, { lifecycle, placeOf }: CompiledMapping): Finding[] {
  return stageOptions(schemas)
    .filter(({ value }) => !lifecycle.stages.some((stage) => stage.hubspot === value))
    .map(({ value, label }) =>
      toFinding(placeOf('lifecycle', ['stages']), {
        severity: 'warning',
        code: 'stage_not_mapped',
        what: `HubSpot's lifecycle stage ${label} (${value}) is not in lifecycle.yaml.`,
        why: 'Contacts in it do not pass the gate.',
        fix: 'Add it to lifecycle.yaml.',
      }),
    );
}

/** HubSpot takes its own order for forward and backward, and ignores a backward move that was not cleared first. */
function stagesOutOfOrder(schemas: Schemas, mapping: CompiledMapping): Finding[] {
  const options = stageOptions(schemas);
  const written = writtenStages(mapping);
  const placed = mapping.lifecycle.stages.flatMap(({ name, hubspot }, index) => {
    const position = options.findIndex(({ value }) => value === hubspot);
    return written.has(hubspot) && position >= 0 ? [{ name, index, position }] : [];
  });
  return placed.flatMap((stage, at) => {
    const before = placed[at - 1];
    if (before === undefined || before.position < stage.position) return [];
    return toFinding(mapping.placeOf('lifecycle', ['stages', stage.index]), {
      code: 'stage_order',
      what: `In HubSpot the stage ${stage.name} comes before ${before.name}; in lifecycle.yaml it comes after it.`,
      why: 'A move that is forward here would be backward there, and HubSpot passes over it in silence.',
      fix: 'Bring the stages into the order of HubSpot, or change the order there.',
    });
  });
}

function checkReasonProperty(schemas: Schemas, { lifecycle, placeOf }: CompiledMapping): Finding[] {
  const { reasonProperty: name, recycles } = lifecycle;
  if (name === null || recycles.length === 0) return [];
  const at = placeOf('lifecycle', ['reason_property']);
  const why = 'Marketing would not see why a contact came back.';
  const property = schemas.properties.find((each) => each.name === name);
  if (property === undefined) {
    const create = `Create it in HubSpot as a single-line text property, or set reason_property to ${setupProperty.name}.`;
    const fix = name === setupProperty.name ? 'Run handoff setup.' : create;
    return [
      toFinding(at, { code: 'reason_property_missing', what: `HubSpot contacts have no property ${name}.`, why, fix }),
    ];
  }
  const faults = [
    ...(property.type === 'string' ? [] : [`its type is ${property.type}`]),
    ...(property.readOnly ? ['it cannot be written'] : []),
    ...(property.hasUniqueValue ? ['only one contact could hold each reason'] : []),
  ];
  if (faults.length === 0) return [];
  const what = `The HubSpot property ${name} cannot hold the reason of a recycle: ${faults.join(', ')}.`;
  const complaint: Complaint = { code: 'reason_property_unfit', what, why, fix: 'Name a single-line text property.' };
  return [toFinding(at, complaint)];
}
