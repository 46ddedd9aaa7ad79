import type { FieldChange, PlanProblem } from '../../domain/plan/types.ts';
import type { CounterpartObject, CounterpartReference, PersonObject, SalesforceObject } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { OrgFacts } from '../drain/dependencies.ts';
import { bornOf, forRecords } from '../drain-counterparts/create-records.ts';
import { type FatedCounterpart, planCounterparts } from '../drain-counterparts/plan-counterparts.ts';
import { birthChanges } from '../drain-persons/birth-changes.ts';
import type { FatedLook } from '../drain-persons/person-look.ts';
import { planPersons } from '../drain-persons/plan-persons.ts';
import { kindOfObject, mappingOf } from '../drain-records/kinds.ts';
import { toVendorFault } from '../vendor-fault.ts';
import type { PreviewDependencies } from './dependencies.ts';
import { previewOfEnded, previewOfOff } from './endings.ts';
import { previewContacts } from './preview-contacts.ts';
import { previewPairs } from './preview-pairs.ts';
import type { Wanted } from './read-wanted.ts';
import type { Preview } from './types.ts';
import { unclaimedBatch } from './unclaimed.ts';

type Answers = Map<string, Preview>;
type Born = { problem: PlanProblem | null; changes: readonly FieldChange[] };

/** What becomes of these Leads or Contacts: where one concerns a contact, what the sync would do with that one. */
export async function previewPersons(
  dependencies: PreviewDependencies,
  object: PersonObject,
  ids: readonly string[],
  spend: Spend,
): Promise<Answers> {
  const { records, batch } = unclaimedBatch(ids.map(unknownToPairs), dependencies.clock.now(), spend);
  const read = await Promise.all([planPersons(dependencies, batch, object), dependencies.facts(spend)]).catch(
    toVendorFault,
  );
  if (read instanceof SyncError)
    return new Map(records.map(({ recordId }) => [recordId, previewOfEnded(object, recordId, read)]));
  const [looks, facts] = read;
  const wanted = looks.flatMap(({ fate }): Wanted[] =>
    fate.kind === 'contact' ? [{ id: fate.contactId, record: null, ...(fate.born ? { hints: ['born'] } : {}) }] : [],
  );
  const contacts = await previewContacts(dependencies, wanted, spend);
  return new Map(
    looks.map((look) => {
      const { recordId } = look.claimed;
      const concerned = look.fate.kind === 'contact' ? contacts.get(look.fate.contactId) : undefined;
      if (concerned !== undefined) return [recordId, asSeenFrom(object, recordId, look.fate, concerned)];
      return [recordId, previewOfPerson(dependencies, object, look, facts)];
    }),
  );
}

/** The same for Accounts or Opportunities. */
export async function previewCounterparts(
  dependencies: PreviewDependencies,
  object: CounterpartObject,
  ids: readonly string[],
  spend: Spend,
): Promise<Answers> {
  const { kind } = kindOfObject(object);
  if (!mappingOf(dependencies.mapping, kind).isOn) return new Map(ids.map((id) => [id, previewOfOff(object, id)]));
  const given = ids.map(unknownToPairs);
  const { records, batch } = unclaimedBatch<CounterpartReference>(given, dependencies.clock.now(), spend);
  const read = await Promise.all([
    planCounterparts(dependencies, batch, object),
    dependencies.facts(spend).then(forRecords),
  ]).catch(toVendorFault);
  if (read instanceof SyncError)
    return new Map(records.map(({ recordId }) => [recordId, previewOfEnded(object, recordId, read)]));
  const [looks, facts] = read;
  const wanted = looks.flatMap(({ fate }): Wanted[] =>
    fate.kind === 'record' ? [{ id: fate.recordId, record: null, ...(fate.isNamed ? { hints: ['born'] } : {}) }] : [],
  );
  const concerned = await previewPairs(dependencies, kind, wanted, spend);
  return new Map(
    looks.map((look) => {
      const { recordId } = look.claimed;
      const preview = look.fate.kind === 'record' ? concerned.get(look.fate.recordId) : undefined;
      if (preview !== undefined) return [recordId, asSeenFrom(object, recordId, look.fate, preview)];
      return [recordId, previewOfCounterpart(dependencies, object, look, facts)];
    }),
  );
}

function unknownToPairs(recordId: string) {
  return { recordId, pairId: null, pair: null };
}

type Fate = { kind: string; code: string; text: string };

/** What is done with the HubSpot record that it leads to, told of the record of Salesforce. */
function asSeenFrom(object: SalesforceObject, recordId: string, { code, text }: Fate, preview: Preview): Preview {
  return { ...preview, system: 'salesforce', object, recordId, reasons: [{ code, text }, ...preview.reasons] };
}

function previewOfPerson(
  { mapping }: PreviewDependencies,
  object: PersonObject,
  { claimed, fate, person }: FatedLook,
  facts: OrgFacts,
): Preview {
  const told = { object, recordId: claimed.recordId, fate };
  if (fate.kind === 'problem') return previewOfFate(told, { problem: toProblem(fate.error), changes: [] });
  const isBorn = fate.kind === 'create' && person !== null;
  return previewOfFate(told, { problem: null, changes: isBorn ? birthChanges(person, mapping, facts) : [] });
}

function previewOfCounterpart(
  dependencies: PreviewDependencies,
  object: CounterpartObject,
  { claimed, fate, record }: FatedCounterpart,
  facts: OrgFacts,
): Preview {
  const told = { object, recordId: claimed.recordId, fate };
  if (fate.kind === 'problem') return previewOfFate(told, { problem: fate.problem, changes: [] });
  if (fate.kind !== 'create' || record === null) return previewOfFate(told, { problem: null, changes: [] });
  return previewOfFate(told, bornOf(dependencies, object, record, facts));
}

const outcomes: Readonly<Record<string, string>> = {
  contact: 'marked',
  record: 'marked',
  successor: 'marked',
  nothing: 'left',
  problem: 'failed',
  create: 'create',
};

const bornAs: Readonly<Record<SalesforceObject, string>> = {
  Lead: 'contact',
  Contact: 'contact',
  Account: 'company',
  Opportunity: 'deal',
};

function previewOfFate(
  { object, recordId, fate }: { object: SalesforceObject; recordId: string; fate: Fate },
  { problem, changes }: Born,
): Preview {
  const { kind, code, text } = fate;
  return {
    system: 'salesforce',
    object,
    recordId,
    outcome: problem === null ? (outcomes[kind] ?? kind) : 'failed',
    passesGate: null,
    counterpart: null,
    creates: kind === 'create' && problem === null,
    changes: changes.map(({ field, before, after, rule }) => {
      return { system: 'hubspot', object: bornAs[object], field, before, after, rule };
    }),
    reasons: [{ code, text }],
    problem,
  };
}

function toProblem({ code, message, detail }: SyncError): PlanProblem {
  return { code, message, advice: detail.advice ?? 'See docs/errors.md for this code.', fields: [], recordIds: [] };
}
