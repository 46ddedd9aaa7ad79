import { baseAfterHubSpot, baseAfterWrite } from '../../../../src/domain/merge/base.ts';
import type { Base } from '../../../../src/domain/plan/types.ts';
import type { Association, ContactRole, FieldValue, SalesforceRecord } from '../../../../src/domain/record.ts';
import { roleFields } from '../../../../src/domain/records/role-fields.ts';
import type { CompanyInput, DealInput, RecordPlan } from '../../../../src/domain/records/types.ts';
import { accountId, deskUser, opportunityId, pairWith, personIdOf } from './given.ts';

/** Both sides and the ledger after a company's plan was carried out and read back. */
export function companyAfter(given: CompanyInput, plan: RecordPlan): CompanyInput {
  const before = foundBy(given, plan) ?? blank('Account', accountId);
  const account = withChanges(before, plan, given.record.id);
  const properties = withProperties(given, plan, account.id, 'salesforce_account_id');
  return {
    ...given,
    record: { ...given.record, properties },
    pair: pairAfter(given, plan, account, account.fields, properties),
    matches: { byId: [account], byExternalId: [], byDomain: [] },
  };
}

/** The same of a deal: roles and associations are made as well. */
export function dealAfter(given: DealInput, plan: RecordPlan): DealInput {
  const before = foundBy(given, plan) ?? blank('Opportunity', opportunityId);
  const changed = withChanges(before, plan, given.record.id);
  const opportunity = { ...changed, roles: rolesAfter(given, before, plan) };
  const properties = withProperties(given, plan, opportunity.id, 'salesforce_opportunity_id');
  const associations = associationsAfter(given, plan);
  const company = companyOf(given, plan, opportunity.fields.AccountId ?? null);
  const ids = [...given.contacts.keys()];
  const held = { ...opportunity.fields, ...roleFields(opportunity, given.contactOfPerson, ids) };
  return {
    ...given,
    record: { ...given.record, properties },
    associations,
    company,
    pair: pairAfter(given, plan, opportunity, held, properties),
    matches: { byId: [opportunity], byExternalId: [], byDomain: [] },
  };
}

function foundBy({ matches }: CompanyInput | DealInput, { counterpart }: RecordPlan): SalesforceRecord | undefined {
  return [...matches.byId, ...matches.byExternalId, ...matches.byDomain].find(({ id }) => id === counterpart?.id);
}

function blank(object: SalesforceRecord['object'], id: string): SalesforceRecord {
  const named = object === 'Account' ? ['Website'] : ['Type', 'RecordTypeId', 'Amount', 'AccountId', 'CurrencyIsoCode'];
  const fields = Object.fromEntries(['Name', ...named].map((name) => [name, null]));
  const rest = { externalId: null, isDeleted: false, masterRecordId: null, modifiedAtMs: 0, lastModifiedBy: null };
  return { object, id, fields: { ...fields, OwnerId: deskUser }, roles: [], ...rest };
}

function withChanges(before: SalesforceRecord, { write }: RecordPlan, ownId: string): SalesforceRecord {
  const changes = write?.changes ?? [];
  const plain = changes.filter(({ field, rule }) => rule !== 'id' && !field.startsWith('roles/'));
  const fields = { ...before.fields, ...Object.fromEntries(plain.map(({ field, after }) => [field, after])) };
  const externalId = changes.some(({ rule }) => rule === 'id') ? ownId : before.externalId;
  return { ...before, fields, externalId };
}

function withProperties(given: CompanyInput | DealInput, plan: RecordPlan, id: string, property: string) {
  const changed = Object.fromEntries(plan.changes.map(({ field, after }) => [field, textOf(after)]));
  return { ...given.record.properties, ...changed, ...(plan.linkBack ? { [property]: id } : {}) };
}

function textOf(value: FieldValue): string | null {
  return value === null ? null : String(value);
}

function rolesAfter(given: DealInput, before: SalesforceRecord, { write }: RecordPlan): ContactRole[] {
  let roles = [...before.roles];
  for (const { field, after } of write?.changes ?? []) {
    if (!field.startsWith('roles/') || field === 'roles/primary') continue;
    const contactId = personIdOf(field.slice('roles/'.length));
    const role = after === '*' ? null : String(after);
    const held = roles.find((each) => each.contactId === contactId);
    if (after === null) roles = roles.filter((each) => each !== held);
    else if (held === undefined) roles.push({ id: `00K${contactId.slice(3)}`, contactId, role, isPrimary: false });
    else roles = roles.map((each) => (each === held ? { ...each, role } : each));
  }
  const primary = write?.changes.find(({ field }) => field === 'roles/primary')?.after;
  if (typeof primary !== 'string' || !given.contacts.has(primary)) return roles;
  return roles.map((each) => ({ ...each, isPrimary: each.contactId === personIdOf(primary) }));
}

function associationsAfter({ associations, mapping }: DealInput, { changes }: RecordPlan): Association[] {
  const { primaryLabel } = mapping.roles;
  const labels = new Map(associations.map(({ toId, labels: own }) => [toId, [...own]]));
  for (const { field, after } of changes) {
    if (!field.startsWith('contacts/') || field === 'contacts/primary') continue;
    const id = field.slice('contacts/'.length);
    const isPrimary = (labels.get(id) ?? []).includes(primaryLabel ?? '');
    if (after === null) labels.delete(id);
    else {
      const own = after === '*' ? [] : String(after).split(';');
      labels.set(id, isPrimary && primaryLabel !== null ? [...own, primaryLabel] : own);
    }
  }
  const primary = changes.find(({ field }) => field === 'contacts/primary');
  return [...labels].map(([toId, own]) => {
    const others = own.filter((label) => primary === undefined || label !== primaryLabel);
    const isNext = primary?.after === toId && primaryLabel !== null;
    return { toObject: 'contact', toId, labels: isNext ? [...others, primaryLabel] : others, isPrimary: false };
  });
}

/** One Account and one company are paired in these tests. */
function companyOf({ company }: DealInput, { changes }: RecordPlan, held: FieldValue): DealInput['company'] {
  const change = changes.find(({ field }) => field === 'hs_primary_associated_company');
  const id = change === undefined ? company.id : textOf(change.after);
  return { ...company, id, accountId: id === '501' ? accountId : null, companyId: held === accountId ? '501' : null };
}

function pairAfter(
  given: CompanyInput | DealInput,
  plan: RecordPlan,
  { object, id }: SalesforceRecord,
  held: Readonly<Record<string, FieldValue>>,
  properties: Readonly<Record<string, string | null>>,
): CompanyInput['pair'] {
  const { agreed, blanks, write, changes } = plan;
  const written = { operation: write?.operation ?? null, changes: write?.changes ?? [], agreed, blanks };
  const bases = [given.pair?.base, baseAfterWrite(written, held), baseAfterHubSpot(changes, properties)];
  const handedOverAtMs = given.pair?.handedOverAtMs ?? (plan.handsOver ? given.now : null);
  return pairWith({ object, id }, { base: merged(bases), agreedAtMs: given.now, handedOverAtMs });
}

function merged(bases: readonly (Base | null | undefined)[]): Base | null {
  const known = bases.filter((base) => base != null);
  if (known.length === 0) return null;
  return {
    hubspot: Object.assign({}, ...known.map(({ hubspot }) => hubspot)),
    salesforce: Object.assign({}, ...known.map(({ salesforce }) => salesforce)),
  };
}
