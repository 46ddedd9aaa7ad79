import type { PersonMatches } from '../domain/plan/types.ts';
import { contactIdField, type PersonObject, type SalesforcePerson } from '../domain/record.ts';
import { personPrefixes, toLongId } from '../domain/salesforce-ids.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { PersonLookup } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import { type Query, runQueries } from './composite.ts';
import { personFields, toPerson } from './persons.ts';
import { type ContactChildren, mayBeHidden, type RolesAttempt, type RolesReader, readOnRoles } from './roles.ts';
import { withSetupAdvice } from './setup-advice.ts';
import { type InCondition, toStatements } from './soql.ts';

type FieldsByObject = Readonly<Record<PersonObject, readonly string[]>>;

const objects: readonly PersonObject[] = ['Lead', 'Contact'];
/** A chain of merges and a conversion; longer ones are left to a person. */
const MAX_HOPS = 5;
/** RFC 5321; longer text is no address. */
const MAX_EMAIL = 254;

type PersonQuery = Query & { object: PersonObject };

/** What a look needs besides the lookups. */
type Scope = { client: SalesforceClient; roles: RolesReader; fields: FieldsByObject; spend: Spend };

/** Conditions of one object; the statements are made when it is known what may be read along. */
type Wanted = { object: PersonObject; conditions: readonly InCondition[]; withDeleted: boolean };

/** Ids of this object only: a foreign or malformed one in a HubSpot property must not fail the look of all others. */
function toIdsOf(object: PersonObject, ids: Iterable<string>): string[] {
  const long = [...ids].map((id) => toLongId(id));
  return long.filter((id) => id !== null).filter((id) => id.startsWith(personPrefixes[object]));
}

function toQueries(wanted: Wanted, fields: FieldsByObject, children: ContactChildren): PersonQuery[] {
  const { object, conditions, withDeleted } = wanted;
  const selection = {
    object,
    fields: [...personFields[object], ...fields[object]],
    children: object === 'Contact' ? children : [],
  };
  return toStatements(selection, conditions).map((soql) => ({ object, soql, withDeleted }));
}

function toFirstQuestions(lookups: readonly PersonLookup[]): Wanted[] {
  const externalIds = lookups.flatMap((lookup) => lookup.externalIds).filter((id) => id !== '');
  const emails = lookups
    .flatMap((lookup) => lookup.emails)
    .map((email) => email.trim().toLowerCase())
    .filter((email) => email !== '' && email.length <= MAX_EMAIL);
  const ids = lookups.flatMap((lookup) => lookup.personIds);
  return objects.flatMap((object) => [
    {
      object,
      conditions: [
        { field: contactIdField, values: externalIds },
        { field: 'Id', values: toIdsOf(object, ids) },
      ],
      withDeleted: true,
    },
    { object, conditions: [{ field: 'Email', values: emails }], withDeleted: false },
  ]);
}

/** Where a dead or converted person leads to. */
function toSuccessor(person: SalesforcePerson): string | null {
  return person.masterRecordId ?? person.convertedContactId;
}

/** Runs the queries five to a call. What they are refused for is an answer only where it may be the opportunities' fault. */
async function attempt(
  scope: Scope,
  queries: readonly PersonQuery[],
): Promise<RolesAttempt<SalesforcePerson[] | SyncError>> {
  const { client, fields, spend } = scope;
  try {
    const persons: SalesforcePerson[] = [];
    const results = await runQueries(client, queries, spend);
    for (const [index, { object }] of queries.entries()) {
      const rows = await readOnRoles(client, results[index] ?? [], spend);
      persons.push(...rows.map((row) => toPerson(object, row, fields[object])));
    }
    return { value: persons, refused: null };
  } catch (thrown) {
    const error = toSyncError(thrown);
    const mayBeRoles = mayBeHidden(error) && queries.some(({ object }) => object === 'Contact');
    return { value: error, refused: mayBeRoles ? error : null };
  }
}

async function run(scope: Scope, questions: readonly Wanted[]): Promise<SalesforcePerson[]> {
  const result = await scope.roles.run((children) =>
    attempt(
      scope,
      questions.flatMap((wanted) => toQueries(wanted, scope.fields, children)),
    ),
  );
  if (!(result instanceof SyncError)) return result;
  const error = withSetupAdvice('Lead or Contact', result);
  await scope.client.pause(error);
  throw error;
}

async function followSuccessors(scope: Scope, seen: Map<string, SalesforcePerson>): Promise<void> {
  const asked = new Set(seen.keys());
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const targets = [...seen.values()].map(toSuccessor).filter((id) => id !== null && !asked.has(id));
    const wanted = new Set(targets.filter((id) => id !== null));
    const questions = objects.map((object): Wanted => {
      return { object, conditions: [{ field: 'Id', values: toIdsOf(object, wanted) }], withDeleted: true };
    });
    if (questions.every(({ conditions }) => conditions.every(({ values }) => values.length === 0))) return;
    for (const id of wanted) asked.add(id);
    for (const person of await run(scope, questions)) seen.set(person.id, person);
  }
}

/** The persons and all that they lead to, each once. */
function withSuccessors(
  start: readonly (SalesforcePerson | undefined)[],
  seen: ReadonlyMap<string, SalesforcePerson>,
): SalesforcePerson[] {
  const closed = new Map<string, SalesforcePerson>();
  for (let person of start) {
    while (person !== undefined && !closed.has(person.id)) {
      closed.set(person.id, person);
      person = seen.get(toSuccessor(person) ?? '');
    }
  }
  return [...closed.values()];
}

function groupBy(persons: Iterable<SalesforcePerson>, keyOf: (person: SalesforcePerson) => string | null) {
  const groups = new Map<string, SalesforcePerson[]>();
  for (const person of persons) {
    const key = keyOf(person);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [person]);
    else group.push(person);
  }
  return groups;
}

function matchAll(lookups: readonly PersonLookup[], seen: ReadonlyMap<string, SalesforcePerson>) {
  const byExternalId = groupBy(seen.values(), (person) => person.externalId);
  const byEmail = groupBy(seen.values(), (person) => (person.isDeleted ? null : (person.email?.toLowerCase() ?? null)));
  const collect = (groups: ReadonlyMap<string, SalesforcePerson[]>, keys: readonly string[]) =>
    [...new Set(keys)].flatMap((key) => groups.get(key) ?? []);
  return new Map<string, PersonMatches>(
    lookups.map((lookup) => {
      const external = collect(byExternalId, lookup.externalIds);
      const email = collect(
        byEmail,
        lookup.emails.map((address) => address.trim().toLowerCase()),
      );
      const own = lookup.personIds.map((id) => seen.get(toLongId(id) ?? ''));
      const led = [...external, ...email].map((person) => seen.get(toSuccessor(person) ?? ''));
      return [
        lookup.contactId,
        { byExternalId: external, byId: withSuccessors([...own, ...led], seen), byEmail: email },
      ];
    }),
  );
}

/**
 * See `SalesforcePort.findPersons`. Four statements answer 200 lookups: per object one over ids of both kinds that also shows the dead
 * (`queryAll`), one over the emails of the living. Survivors and Contacts of conversions are asked for afterwards where they are missing.
 */
export async function findPersons(scope: Scope, lookups: readonly PersonLookup[]): Promise<Map<string, PersonMatches>> {
  const seen = new Map<string, SalesforcePerson>();
  for (const person of await run(scope, toFirstQuestions(lookups))) seen.set(person.id, person);
  await followSuccessors(scope, seen);
  return matchAll(lookups, seen);
}
