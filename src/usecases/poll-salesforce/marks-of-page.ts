import type { CompiledMapping, FieldType } from '../../domain/mapping/types.ts';
import type { OpportunityFact, PersonObject, PersonReference, SalesforcePerson } from '../../domain/record.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import type { KnownPerson } from '../../ports/ledger-sweep.ts';
import type { ChangePage } from '../../ports/salesforce.ts';
import { rowOfPerson, rowOfRole, type SeenRow, type SeenRows } from './seen-rows.ts';
import { worthALook } from './worth-a-look.ts';

/** What one page asks for. */
export type PageMarks = {
  /** Marks of contacts, and of persons that no pair knows. */
  marks: readonly Mark[];
  /** The rows behind them. */
  rows: readonly SeenRow[];
};

type Given = {
  mapping: CompiledMapping;
  dealsOf(contactId: string): readonly OpportunityFact[];
  typeOf(object: PersonObject, field: string): FieldType | undefined;
  seen: Pick<SeenRows, 'has'>;
  /** By the server's clock when the page was read. */
  isSettling(stampMs: number): boolean;
};

/** Every id of a person that the page names. */
export function personIdsOf({ persons, roles }: ChangePage): string[] {
  return [...new Set([...persons.map(({ id }) => id), ...roles.map(({ contactId }) => contactId)])];
}

/** Whom persons of pairs that have ended became: by a merge, or as the Contact of a converted Lead. */
export function winnersOf({ persons }: ChangePage, known: ReadonlyMap<string, KnownPerson>) {
  return persons.flatMap(
    ({ id, object, masterRecordId, convertedContactId }): { loserId: string; winner: PersonReference }[] => {
      const tombstone = known.get(id)?.tombstone ?? null;
      if (tombstone !== 'contact_deleted' && tombstone !== 'erased') return [];
      if (masterRecordId !== null) return [{ loserId: id, winner: { object, id: masterRecordId } }];
      return convertedContactId === null
        ? []
        : [{ loserId: id, winner: { object: 'Contact', id: convertedContactId } }];
    },
  );
}

/**
 * The marks of one page's rows: contacts whose person is not as the ledger has it, and persons that were born in Salesforce. Each record at
 * most once.
 */
export function marksOfPage(page: ChangePage, known: ReadonlyMap<string, KnownPerson>, given: Given): PageMarks {
  const marks = new Map<string, Mark>();
  const rows: SeenRow[] = [];
  const add = (mark: Mark | null, row: SeenRow) => {
    if (mark === null) return;
    rows.push(row);
    marks.set(`${mark.object} ${mark.recordId}`, mark);
  };
  for (const person of page.persons) {
    const row = rowOfPerson(person);
    const isBusy = known.get(person.id)?.isBusy === true && given.isSettling(person.modifiedAtMs);
    if (!isBusy && !given.seen.has(row)) add(markOf(person, known.get(person.id), given), row);
  }
  for (const role of page.roles) {
    const row = rowOfRole(page.source, role);
    // What an opportunity says of a stage is not on the row: the look reads it.
    if (!given.seen.has(row)) add(marksOfIds([role.contactId], known, true)[0] ?? null, row);
  }
  return { marks: [...marks.values()], rows };
}

/** The contacts of persons whose deletion Salesforce logged and the ledger does not know of. */
export function marksOfDeleted(ids: readonly string[], known: ReadonlyMap<string, KnownPerson>): Mark[] {
  return marksOfIds(ids, known, false);
}

function marksOfIds(ids: readonly string[], known: ReadonlyMap<string, KnownPerson>, isHandedOver: boolean): Mark[] {
  const contactIds = ids.flatMap((id) => {
    const pair = known.get(id);
    if (pair === undefined || pair.contactId === null || pair.status !== 'live' || pair.tombstone !== null) return [];
    return isHandedOver && !pair.handedOver ? [] : pair.contactId;
  });
  return [...new Set(contactIds)].map(markContact);
}

function markOf(person: SalesforcePerson, known: KnownPerson | undefined, given: Given): Mark | null {
  if (known === undefined) return isBorn(person, given.mapping) ? markPerson(person) : null;
  if (known.contactId === null || worthALook(person, known, given) === null) return null;
  return markContact(known.contactId);
}

/** A converted Lead comes as its Contact. Where the filter cannot be evaluated, the look says so. */
function isBorn(person: SalesforcePerson, { born }: CompiledMapping): boolean {
  if (born.do === 'ignore' || person.isDeleted || person.isConverted || person.masterRecordId !== null) return false;
  return born.isWanted(person.fields, person.object) !== false;
}

function markContact(recordId: string): Mark {
  return { system: 'hubspot', object: 'contact', recordId, priority: 2, source: 'salesforce' };
}

function markPerson({ object, id }: SalesforcePerson): Mark {
  return { system: 'salesforce', object, recordId: id, priority: 2, source: 'salesforce' };
}
