import { readFacts } from '../../domain/lifecycle/facts.ts';
import type { FieldChange, Plan } from '../../domain/plan/types.ts';
import {
  contactIdField,
  type FieldValue,
  type HubSpotRecord,
  type PersonReference,
  type SalesforcePerson,
} from '../../domain/record.ts';
import { type SyncError as Fault, toSyncError } from '../../errors.ts';
import type { Batch } from './batch.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { ContactLook, PlannedLook, ReservedLook } from './look.ts';

/** What was read is read again before it is written by, when it is older than this. */
const freshMs = { live: 5_000, background: 30_000 };

/** Beyond this age both sides are to be read anew: a process that slept, not a CRM that was slow. A large claim of a run takes its time. */
const tooOldMs = { live: 60_000, background: 180_000 };

export type Freshness<Kind> = { fresh: readonly Kind[]; changed: readonly Kind[] };

/**
 * Makes sure that no person is written by old data. Where a slow CRM or database has aged a look, its contact is read once more, and of the
 * person what is to be overwritten, and what is to be carried to HubSpot; only those that are as they were go on. The others are to be looked
 * at again.
 */
export async function keepFresh(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly ReservedLook[],
): Promise<Freshness<ReservedLook>> {
  const { hubspotProperties } = dependencies.mapping.contact;
  return await sortByAge(dependencies, batch, looks, async (aging) => {
    const [contacts, persons] = await readAgain(dependencies, batch, aging, ({ plan }) => personOf(plan));
    return ({ contact, plan, ties }) => {
      const now = contacts(contact.id);
      const isSame = hubspotProperties.every((name) => now?.properties[name] === contact.properties[name]);
      if (now === null || !isSame) return false;
      const person = personOf(plan);
      if (person === null) return true;
      const changes = plan.write?.changes ?? [];
      const held = persons(person.id);
      return (
        holdsBefore(held, [...changes, ...sourcesOf(plan.contact)]) &&
        saysTheSame(dependencies, held, { plan, ties }, changes)
      );
    };
  });
}

/** The same before contacts are written: what is overwritten must be as it was, and so must be what it is overwritten with. */
export async function keepContactsFresh(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly ContactLook[],
): Promise<Freshness<ContactLook>> {
  return await sortByAge(dependencies, batch, looks, async (aging) => {
    const [contacts, persons] = await readAgain(dependencies, batch, aging, ({ person, changes, plan }) =>
      isSource(plan, changes) ? person : null,
    );
    return ({ contact, person, changes, plan, ties }) => {
      const now = contacts(contact.id);
      const isSame = changes.every(
        ({ field }) => (now?.properties[field] ?? null) === (contact.properties[field] ?? null),
      );
      if (now === null || !isSame) return false;
      if (person === null || !isSource(plan, changes)) return true;
      const held = persons(person.id);
      return holdsBefore(held, sourcesOf(changes)) && saysTheSame(dependencies, held, { plan, ties }, []);
    };
  });
}

/** The person that is overwritten, or from which HubSpot is. */
function personOf(plan: Plan): PersonReference | null {
  const { write, person, contact } = plan;
  if (write !== null) return write.id === null ? null : { object: write.object, id: write.id };
  return isSource(plan, contact) ? person : null;
}

/** A move of the stage comes from the person's facts, though no field of it is a source. */
function isSource({ stage }: Plan, changes: readonly FieldChange[]): boolean {
  return stage.move !== null || changes.some(({ source }) => source !== undefined);
}

/** What is put back comes from the ledger, whatever the other side holds. */
function sourcesOf(changes: readonly FieldChange[]): Pick<FieldChange, 'field' | 'before'>[] {
  return changes.flatMap(({ source, sourceValue = null, rule }) =>
    source === undefined || rule === 'revert' ? [] : [{ field: source, before: sourceValue }],
  );
}

/** Whether the facts from which the stage is moved are still true. @param writing what is about to be written to the person itself */
function saysTheSame(
  { mapping }: DrainDependencies,
  person: SalesforcePerson | null,
  { plan: { stage, revert }, ties }: Pick<PlannedLook, 'plan' | 'ties'>,
  writing: readonly FieldChange[],
): boolean {
  if (revert !== undefined || stage.move === null || stage.agreed === null || person === null) return true;
  const fields = { ...person.fields, ...Object.fromEntries(writing.map(({ field, after }) => [field, after])) };
  return readFacts(mapping.lifecycle, { ...person, fields }, ties.deals).signature === stage.agreed.facts;
}

async function sortByAge<Kind extends PlannedLook>(
  { clock }: DrainDependencies,
  { isBackground = false }: Batch,
  looks: readonly Kind[],
  compare: (aging: readonly Kind[]) => Promise<(look: Kind) => boolean>,
): Promise<Freshness<Kind>> {
  const now = clock.now();
  const band = isBackground ? 'background' : 'live';
  const young = looks.filter(({ readAtMs }) => now - readAtMs <= freshMs[band]);
  const old = looks.filter(({ readAtMs }) => now - readAtMs > tooOldMs[band]);
  const aging = looks.filter((look) => !young.includes(look) && !old.includes(look));
  if (aging.length === 0) return { fresh: young, changed: old };
  const isSame = await compare(aging);
  const same = new Set(aging.filter(isSame));
  const renewed = aging.flatMap((look) => (same.has(look) ? [{ ...look, readAtMs: now }] : []));
  return { fresh: [...young, ...renewed], changed: [...old, ...aging.filter((look) => !same.has(look))] };
}

type Lookup<Kind> = (id: string) => Kind | null;

/** Both sides as they are now; who cannot be read is missing, which counts as changed. */
async function readAgain<Kind extends PlannedLook>(
  { hubspot, salesforce, mapping }: DrainDependencies,
  { spend }: Batch,
  looks: readonly Kind[],
  personOf: (look: Kind) => PersonReference | null,
): Promise<[Lookup<HubSpotRecord>, Lookup<SalesforcePerson>]> {
  const { hubspotProperties, salesforceFields } = mapping.contact;
  const ids = looks.map(({ contact }) => contact.id);
  const lookups = looks.flatMap((look) => {
    const person = personOf(look);
    return person === null ? [] : [{ contactId: look.contact.id, externalIds: [], personIds: [person.id], emails: [] }];
  });
  const [reads, found] = await Promise.all([
    hubspot.read('contacts', ids, hubspotProperties, spend),
    lookups.length === 0 ? nothing : salesforce.findPersons(lookups, salesforceFields, spend).catch(toSyncError),
  ]);
  const matches = isFault(found) ? [] : [...found.values()].flatMap(({ byId }) => byId);
  const persons = new Map(matches.map((person) => [person.id, person]));
  const contactOf: Lookup<HubSpotRecord> = (id) => {
    const read = reads.get(id);
    return read?.kind === 'found' ? read.record : null;
  };
  return [contactOf, (id) => persons.get(id) ?? null];
}

type Found = Awaited<ReturnType<DrainDependencies['salesforce']['findPersons']>>;
const nothing: Found = new Map();

function isFault(found: Found | Fault): found is Fault {
  return found instanceof Error;
}

/** A field that was not read now says nothing. */
function holdsBefore(
  person: SalesforcePerson | null,
  changes: readonly Pick<FieldChange, 'field' | 'before'>[],
): boolean {
  if (person === null || person.isDeleted || person.isConverted) return false;
  return changes.every(({ field, before }) => {
    const held: FieldValue | undefined = field === contactIdField ? person.externalId : person.fields[field];
    return held === undefined || held === before;
  });
}
