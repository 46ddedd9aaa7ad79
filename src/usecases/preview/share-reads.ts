import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { PersonMatches } from '../../domain/plan/types.ts';
import type { Association, CounterpartObject, PersonObject } from '../../domain/record.ts';
import type { RecordMatches } from '../../domain/records/types.ts';
import type { SyncError } from '../../errors.ts';
import type { HubSpotRead } from '../../ports/hubspot.ts';
import type { PersonLookup, RecordLookup } from '../../ports/salesforce.ts';
import type { PreviewDependencies } from './dependencies.ts';

type Ports = Pick<PreviewDependencies, 'hubspot' | 'salesforce'>;

/** All that either mapping reads, by object. */
export type WiderFields = Readonly<Record<PersonObject | CounterpartObject, readonly string[]>>;

/** What both mappings read in Salesforce. */
export function fieldsOfBoth(one: CompiledMapping, other: CompiledMapping): WiderFields {
  return {
    Lead: union(one.contact.salesforceFields.Lead, other.contact.salesforceFields.Lead),
    Contact: union(one.contact.salesforceFields.Contact, other.contact.salesforceFields.Contact),
    Account: union(one.company.salesforceFields, other.company.salesforceFields),
    Opportunity: union(one.deal.salesforceFields, other.deal.salesforceFields),
  };
}

/**
 * The same ports, but what was asked once is answered from then on without a call: two plans of the same records are made from one read. Holds
 * all that was read: one for each batch.
 */
export function shareReads({ hubspot, salesforce }: Ports, wider: WiderFields): Ports {
  const persons = createMemory<PersonLookup, PersonMatches>(({ contactId }) => contactId);
  const records = createMemory<RecordLookup, RecordMatches>(({ key }) => key);
  const reads = createMemory<string, HubSpotRead>((id) => id);
  const associations = createMemory<string, readonly Association[] | SyncError>((id) => id);
  return {
    salesforce: {
      ...salesforce,
      findPersons: async (lookups, fields, spend) => {
        const all = { Lead: union(fields.Lead, wider.Lead), Contact: union(fields.Contact, wider.Contact) };
        return await persons('', lookups, (missing) => salesforce.findPersons(missing, all, spend));
      },
      findRecords: async (object, lookups, fields, spend) => {
        const all = union(fields, wider[object]);
        return await records(object, lookups, (missing) => salesforce.findRecords(object, missing, all, spend));
      },
    },
    hubspot: {
      ...hubspot,
      read: async (type, ids, properties, spend) =>
        await reads(`${type} ${properties.join()}`, ids, (missing) => hubspot.read(type, missing, properties, spend)),
      associations: async (from, ids, to, spend) =>
        await associations(`${from} ${to}`, ids, (missing) => hubspot.associations(from, missing, to, spend)),
    },
  };
}

type Memory<Question, Answer> = (
  about: string,
  questions: readonly Question[],
  ask: (missing: readonly Question[]) => Promise<ReadonlyMap<string, Answer>>,
) => Promise<Map<string, Answer>>;

/** @param nameOf under which name the answer to a question comes */
function createMemory<Question, Answer>(nameOf: (question: Question) => string): Memory<Question, Answer> {
  const known = new Map<string, { answer: Answer | undefined }>();
  return async (about, questions, ask) => {
    const keyOf = (question: Question) => `${about} ${JSON.stringify(question)}`;
    const missing = questions.filter((question) => !known.has(keyOf(question)));
    const answers = missing.length === 0 ? new Map<string, Answer>() : await ask(missing);
    for (const question of missing) known.set(keyOf(question), { answer: answers.get(nameOf(question)) });
    const given = questions.map((question) => [nameOf(question), known.get(keyOf(question))?.answer] as const);
    return new Map(
      given.flatMap(([name, answer]): [string, Answer][] => (answer === undefined ? [] : [[name, answer]])),
    );
  };
}

function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])];
}
