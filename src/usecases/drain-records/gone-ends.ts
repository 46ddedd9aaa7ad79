import type { HubSpotKey } from '../../domain/plan/types.ts';
import { accountField, dealCompanyProperty, type FieldValue, type FieldValues } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import { baseWithout, findGone, type Gone } from '../drain/find-gone.ts';
import type { RecordPlanDependencies } from './dependencies.ts';
import { contactOf, contactsIn } from './pseudo-fields.ts';
import type { PlannedRecord, RecordBatch } from './record-look.ts';
import type { DealSurroundings } from './surroundings.ts';

/** Whom a plan would take off a deal or an Opportunity because one side does not name them any more. */
type Leavers = { contacts: string[]; persons: string[]; companies: string[]; accounts: string[] };

type Change = { field: string; after: FieldValue };

function leaversOf({ plan, claimed, personOf }: PlannedRecord): Leavers {
  const endsOf = (changes: readonly Change[]) => changes.filter(({ after }) => after === null);
  const there = endsOf(plan.write?.changes ?? []);
  const back = endsOf(plan.changes);
  const base = claimed.pair?.base ?? null;
  const isEnded = (changes: readonly Change[], name: string) => changes.some(({ field }) => field === name);
  return {
    contacts: contactsIn(there),
    persons: back.flatMap(({ field }) => personOf.get(contactOf(field) ?? '') ?? []),
    companies: isEnded(there, accountField) ? textOf(base?.hubspot, dealCompanyProperty) : [],
    accounts: isEnded(back, dealCompanyProperty) ? textOf(base?.salesforce, accountField) : [],
  };
}

function textOf(values: FieldValues | undefined, name: string): string[] {
  const value = values?.[name];
  return typeof value === 'string' && value !== '' ? [value] : [];
}

/** Whether a plan takes anybody off. */
export function takesOff(look: PlannedRecord): boolean {
  const leavers = leaversOf(look);
  return kindsOfEnds.some((kind) => leavers[kind].length > 0);
}

/**
 * Both CRMs drop what a record was related to when the other end is deleted or merged, and that looks as if a human had taken it off. Only of
 * those whom a plan would take off it is asked whether they are still there.
 * @returns the looks whose plans were made by what is gone; an error where it could not be asked
 */
export async function findGoneEnds(
  dependencies: RecordPlanDependencies,
  { spend }: RecordBatch,
  planned: readonly PlannedRecord[],
): Promise<{ gone: Gone; looks: readonly PlannedRecord[] } | SyncError | null> {
  const leavers = new Map(planned.map((look) => [look, leaversOf(look)]));
  const asked: Leavers = { contacts: [], persons: [], companies: [], accounts: [] };
  for (const each of leavers.values()) {
    for (const kind of kindsOfEnds) asked[kind].push(...each[kind]);
  }
  if (kindsOfEnds.every((kind) => asked[kind].length === 0)) return null;
  const gone = await findGone(dependencies, asked, spend);
  if (gone instanceof SyncError) return gone;
  const isMistaken = (each: Leavers) => kindsOfEnds.some((kind) => each[kind].some((id) => gone[kind].has(id)));
  return { gone, looks: planned.filter((look) => isMistaken(leavers.get(look) ?? asked)) };
}

const kindsOfEnds = ['contacts', 'persons', 'companies', 'accounts'] as const;

/** Those whose own looks find out what has become of them: contacts and companies that are gone, or whose counterparts are. */
export function keysOfGone(look: PlannedRecord, gone: Gone): HubSpotKey[] {
  const { contacts, companies, persons, accounts } = leaversOf(look);
  const personOf = [...look.personOf].filter(([, person]) => persons.includes(person) && gone.persons.has(person));
  const company = look.record.properties[dealCompanyProperty]?.trim() ?? '';
  return [
    ...[...contacts.filter((id) => gone.contacts.has(id)), ...personOf.map(([id]) => id)].map(toKey('contact')),
    ...companies.filter((id) => gone.companies.has(id)).map(toKey('company')),
    ...(company !== '' && accounts.some((id) => gone.accounts.has(id)) ? [toKey('company')(company)] : []),
  ];
}

function toKey(object: HubSpotKey['object']) {
  return (recordId: string): HubSpotKey => ({ object, recordId });
}

/** A look that no longer knows of an agreement with a company or Account that is gone. */
export function lookWithout(look: PlannedRecord, gone: Gone): PlannedRecord {
  const { claimed } = look;
  const pair = baseWithout(claimed.pair, dealCompanyProperty, gone);
  return pair === claimed.pair ? look : { ...look, claimed: { ...claimed, pair } };
}

/** What surrounds deals without those who are gone: a Contact without its contact stands for nobody, a contact without its Contact is nobody yet. */
export function surroundingsWithout(deals: DealSurroundings, gone: Gone): DealSurroundings {
  return new Map(
    [...deals].map(([id, { contacts, contactOfPerson, company }]) => [
      id,
      {
        contacts: new Map(
          [...contacts]
            .filter(([contactId]) => !gone.contacts.has(contactId))
            .map(([contactId, each]) => [
              contactId,
              gone.persons.has(each.person?.id ?? '') ? { ...each, person: null } : each,
            ]),
        ),
        contactOfPerson: new Map([...contactOfPerson].filter(([, contactId]) => !gone.contacts.has(contactId))),
        company: {
          ...company,
          accountId: gone.accounts.has(company.accountId ?? '') ? null : company.accountId,
          companyId: gone.companies.has(company.companyId ?? '') ? null : company.companyId,
        },
      },
    ]),
  );
}
