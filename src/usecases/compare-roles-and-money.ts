import type { Finding } from '../domain/finding.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { currenciesOf } from './deal-facts.ts';
import { type KindSchemas, toFinding } from './live-schemas.ts';
import type { SalesSchemas } from './record-schemas.ts';

/** Labels and roles of deals.yaml against both CRMs. Pure. */
export function compareDealRoles(schemas: Pick<SalesSchemas, 'labels' | 'roleFields'>, mapping: CompiledMapping) {
  return [...unknownRoles(schemas, mapping), ...unknownLabels(schemas, mapping)];
}

function unknownRoles({ roleFields }: Pick<SalesSchemas, 'roleFields'>, { deal, placeOf }: CompiledMapping): Finding[] {
  const field = roleFields.find(({ name }) => name === 'Role');
  const known = (field?.picklistValues ?? []).filter(({ active }) => active).map(({ value }) => value);
  if (known.length === 0) return [];
  return [...deal.roles.roles].flatMap(([label, role]) => {
    if (known.includes(role)) return [];
    return toFinding(placeOf('deals', ['roles', 'labels', label]), {
      code: 'unknown_picklist_value',
      what: `"${role}" (${label}) is not an active value of the picklist OpportunityContactRole.Role.`,
      why: 'Salesforce would refuse the role, or reports would not know it.',
      fix: `Use one of: ${known.join(', ')}; or add the role in Salesforce.`,
    });
  });
}

function unknownLabels({ labels: known }: Pick<SalesSchemas, 'labels'>, { deal, placeOf }: CompiledMapping): Finding[] {
  if (known === null) return [];
  const { roles, labels, primaryLabel } = deal.roles;
  const used = [
    ...[...roles.keys()].map((label) => ({ label, path: ['roles', 'labels', label] })),
    ...[...labels].map(([role, label]) => ({ label, path: ['roles', 'labels_back', role] })),
    ...(primaryLabel === null ? [] : [{ label: primaryLabel, path: ['roles', 'primary_label'] }]),
  ];
  const firsts = used.filter(({ label }, index) => used.findIndex((other) => other.label === label) === index);
  return firsts
    .filter(({ label }) => !known.includes(label))
    .map(({ label, path }) =>
      toFinding(placeOf('deals', path), {
        code: 'association_label_unknown',
        what: `HubSpot has no association label "${label}" between deals and contacts.`,
        why: 'A role that becomes it would make the deal a failure, and no contact of a deal can ever have it.',
        fix: `Use one of: ${known.join(', ') || 'none'}; or add the label in HubSpot (Settings > Objects > Deals > Associations).`,
      }),
    );
}

/** Currencies that one side has and the other one does not. Amounts are never converted, so that deals in them become failures. Pure. */
export function compareCurrencies(
  schemas: Pick<KindSchemas, 'properties'> & Pick<SalesSchemas, 'homeCurrency' | 'sales'>,
  mapping: CompiledMapping,
): Finding[] {
  const codes = currenciesOf(schemas.properties, schemas.homeCurrency);
  const { currencies } = schemas.sales;
  if (currencies === null) return compareOrgCurrency(codes, schemas.homeCurrency, mapping);
  const active = currencies.filter(({ isActive }) => isActive).map(({ code }) => code);
  const at = mapping.placeOf('deals', ['amount']);
  const inactive = codes.filter((code) => !active.includes(code));
  const unknown = active.filter((code) => !codes.includes(code));
  const warn = (code: string, what: string, why: string, fix: string) =>
    toFinding(at, { severity: 'warning', code, what, why, fix });
  return [
    ...(inactive.length === 0
      ? []
      : [
          warn(
            'currency_inactive',
            `These currencies of HubSpot are not active in Salesforce: ${inactive.join(', ')}.`,
            'A deal in one of them becomes a failure: amounts are never converted.',
            'Activate them in Salesforce, or take them out of the HubSpot account.',
          ),
        ]),
    ...(unknown.length === 0
      ? []
      : [
          warn(
            'currency_not_carried',
            `HubSpot does not know these active currencies of Salesforce: ${unknown.join(', ')}.`,
            'An Opportunity in one of them becomes a failure: amounts are never converted.',
            'Add them to the currencies of the HubSpot account.',
          ),
        ]),
  ];
}

function compareOrgCurrency(codes: readonly string[], home: string, { deal, placeOf }: CompiledMapping): Finding[] {
  const ours = deal.orgCurrency ?? home;
  const others = codes.filter((code) => code !== ours);
  if (others.length === 0) return [];
  const all = others.length === codes.length;
  return [
    toFinding(placeOf('deals', ['org_currency']), {
      severity: 'warning',
      code: 'currency_not_carried',
      what: `Salesforce has ${ours} alone, and HubSpot ${all ? 'does not know it: it has' : 'also has'} ${others.join(', ')}.`,
      why: 'A deal in another currency becomes a failure: amounts are never converted.',
      fix: 'Set org_currency to the currency of the org, or activate multiple currencies in Salesforce.',
    }),
  ];
}
