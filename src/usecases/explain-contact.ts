import type { StageStanding } from '../domain/lifecycle/types.ts';
import type { CompiledMapping, GateDecision } from '../domain/mapping/types.ts';
import type { FieldChange, FrozenField, Plan, Reason } from '../domain/plan/types.ts';
import { contactCompanyProperty, type HubSpotRecord, type PersonReference } from '../domain/record.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import type { AdminLedger, LedgerStatus } from '../ports/ledger-admin.ts';
import type { ContactHistory, ErasureReceipt, StageTransition, TimelineEntry } from '../ports/ledger-history.ts';
import type { SweepLedger } from '../ports/ledger-sweep.ts';
import type { DrainDependencies } from './drain/dependencies.ts';
import { planLooks } from './drain/plan-looks.ts';
import { type CompanyOfContact, type DealOfContact, readContactTies } from './explain/contact-ties.ts';
import { fieldsOfPair, heldSentence, namesOfPair, type PairField } from './explain/fields-of-pair.ts';
import { findContact, notFound } from './explain/find-contact.ts';
import { type ConditionNow, conditionsNow } from './explain/gate-conditions.ts';
import { erasedIdOf, isKnown, toldOfGone } from './explain/gone-contact.ts';
import { factsOrNull, nameChangers, ownersNamed } from './explain/owner-names.ts';
import { readSides, type Unread } from './explain/read-sides.ts';
import { type Held, type Standing, sentenceOf, standingOf } from './explain/sentences.ts';
import { fieldLines } from './field-lines.ts';
import { unclaimedBatch } from './preview/unclaimed.ts';

export type Explanation = {
  contactId: string;
  /** Where it stands, in one sentence. */
  sentence: string;
  stage: string | null;
  gate: GateDecision;
  /** All that the gate asks, one by one, with what HubSpot holds now of the properties that it looks at; a stage with its label. */
  gateConditions: readonly ConditionNow[];
  /** What a look at this moment would do; `unknown` where Salesforce cannot be asked; `unlinked` where HubSpot no longer has the contact. */
  outcome: Plan['outcome'] | 'unknown';
  person: PersonReference | null;
  /** Both sides' values of every mapped field, who owns each, and who changed it last. */
  fields: readonly PairField[];
  /** How people call the owners among all these values, by the id that stands there. */
  owners: Readonly<Record<string, string>>;
  /** What of both sides could not be read and is missing in `fields`. */
  unread: readonly Unread[];
  /** What both sides say of the stage, and why they differ, where they do; how often sales has returned the person. */
  stages: StageStanding & {
    recycles: number;
    transitions: readonly StageTransition[];
    /** How HubSpot shows each stage, by its value. */
    labels: Readonly<Record<string, string>>;
  };
  /** Its primary company, and the Account of its person; null: companies are not synced. */
  company: CompanyOfContact | null;
  /** Its deals, as far as the ledger has looked at them. */
  deals: readonly DealOfContact[];
  /** Fields that are left alone until a person thaws them. */
  frozen: readonly FrozenField[];
  /** What would be written to the person, each field with its value before and after and the rule that decided. */
  changes: readonly FieldChange[];
  /** The same for the contact in HubSpot; a move of the stage is among them. */
  contactChanges: readonly FieldChange[];
  reasons: readonly Reason[];
  problem: Plan['problem'];
  standing: Standing;
  mode: 'observe' | 'live';
  /** Set while an admin's pause holds all CRM writes. */
  pause: { by: string | null; reason: string | null } | null;
  /** What a vendor makes the whole connection wait for. */
  waits: LedgerStatus['waits'];
  history: ContactHistory;
  /** The newest of all that happened. */
  timeline: readonly TimelineEntry[];
  /** The receipt of its privacy deletion; null: there was none. */
  erasure: ErasureReceipt | null;
};

export type ExplainDependencies = Omit<DrainDependencies, 'ledger' | 'hubspot'> & {
  hubspot: DrainDependencies['hubspot'] & Pick<HubSpotPort, 'contactIdByEmail'>;
  ledger: DrainDependencies['ledger'] &
    Pick<SweepLedger, 'knownPersons'> &
    Pick<AdminLedger, 'history' | 'personDecision' | 'status' | 'timeline' | 'stageTransitions' | 'erasures'>;
};

/** What a person looks up never pauses the connection, and leaves the rest of the day's calls to the sync. */
const spend = (): Spend => ({ priority: 3, prepaid: 0 });

const unknownStages: StageStanding = { hubspot: null, salesforce: null, cause: null };

/** How much of what happened is told at once; `timeline` pages through the rest. */
const shownEntries = 200;

/**
 * Says where a contact stands: both CRMs are read now and the same plan is made that the sync would make, without carrying it out. Of a
 * contact that HubSpot no longer has, the ledger tells what it keeps.
 * @param named a HubSpot contact id, one of the contact's emails, or the id of its Lead or Contact
 * @throws SyncError permanent `contact_not_found` | `person_not_paired`; whatever HubSpot and the ledger answer
 */
export async function explainContact(dependencies: ExplainDependencies, named: string): Promise<Explanation> {
  const { ledger } = dependencies;
  const { id, contact } = await findContact(dependencies, named, spend());
  const [history, status, timeline, transitions] = await Promise.all([
    ledger.history(id),
    ledger.status(),
    ledger.timeline(id, shownEntries),
    ledger.stageTransitions(id),
  ]);
  if (contact === null && !isKnown({ history, timeline })) throw notFound();
  const [erasure = null] = await ledger.erasures(1, { contactId: erasedIdOf({ history, timeline }) });
  const { paused, pausedBy, pausedReason } = status.mode;
  const { stages, ...told } =
    contact === null
      ? toldOfGone({ history, timeline, erasure })
      : await toldOf(dependencies, contact, { history, paused });
  return {
    contactId: id,
    ...told,
    stages: { ...stages, recycles: history.pair?.recycles ?? 0, transitions, labels: stageLabels(dependencies) },
    frozen: history.pair?.frozen ?? [],
    standing: standingOf(history),
    mode: dependencies.observe ? 'observe' : 'live',
    pause: paused ? { by: pausedBy, reason: pausedReason } : null,
    waits: status.waits,
    history,
    timeline,
    erasure,
  };
}

/** What both CRMs say of a contact that is there. */
async function toldOf(
  dependencies: ExplainDependencies,
  contact: HubSpotRecord,
  { history, paused }: { history: ContactHistory; paused: boolean },
): Promise<
  Told & Pick<Explanation, 'stage' | 'gateConditions' | 'fields' | 'owners' | 'unread' | 'company' | 'deals'>
> {
  const { mapping, observe } = dependencies;
  const now = await planNow(dependencies, contact, history);
  const told =
    now instanceof SyncError
      ? notAsked(now, mapping.gate.decide(contact.properties), history)
      : toldBy(now, { observe, paused });
  const { create } = mapping.contact;
  const lines = linesOf(mapping);
  const question = {
    ...namesOfPair(lines, told.person?.object ?? create),
    ...personQuestion(dependencies, contact, told),
  };
  const [{ unread, ...sides }, facts, ties] = await Promise.all([
    readSides(dependencies, question, spend()),
    factsOrNull(dependencies),
    readContactTies(dependencies, contact, told.outcome, spend()),
  ]);
  const { pair, changes: written } = history;
  const stage = contact.properties.lifecyclestage ?? null;
  const ourUserId = facts?.ourUserId ?? null;
  const names = facts?.ownerNames ?? new Map();
  const shown = fieldsOfPair(lines, create, { record: contact, pair, written, ourUserId, ...sides });
  const fields = nameChangers(names, shown);
  const owners = ownersNamed(names, fields, [...told.changes, ...told.contactChanges, ...written]);
  const sentence = `${withDeals(told, ties.deals)}${heldSentence(fields)}`;
  return { stage, ...told, sentence, gateConditions: conditionsNow(mapping, contact), fields, owners, unread, ...ties };
}

function stageLabels({ mapping }: ExplainDependencies): Record<string, string> {
  return Object.fromEntries(mapping.lifecycle.stages.map(({ hubspot, label }) => [hubspot, label]));
}

/** As long as it is not in Salesforce, deals may wait for it. */
function withDeals({ sentence, person }: Told, deals: readonly DealOfContact[]): string {
  const waiting = deals.filter(({ waits }) => waits).map(({ dealId }) => dealId);
  if (person !== null || waiting.length === 0) return sentence;
  return `${sentence} ${waiting.length === 1 ? 'A deal waits' : `${waiting.length} deals wait`} for it (${waiting.join(', ')}).`;
}

/** The company is shown among the fields only where companies are kept in step. */
function linesOf(mapping: CompiledMapping) {
  const lines = fieldLines(mapping, 'contact');
  return mapping.company.isOn ? lines : lines.filter(({ hubspot }) => hubspot !== contactCompanyProperty);
}

function personQuestion({ salesforce, mapping }: ExplainDependencies, { id }: HubSpotRecord, { person }: Told) {
  return {
    type: 'contacts',
    id,
    counterpart: person,
    what: 'person',
    async readCounterpart() {
      const lookup = { contactId: id, externalIds: [], personIds: person === null ? [] : [person.id], emails: [] };
      const found = await salesforce.findPersons([lookup], mapping.contact.salesforceFields, spend());
      return found.get(id)?.byId.find((one) => one.id === person?.id) ?? null;
    },
  } as const;
}

/** The plan that the sync would make, or why Salesforce cannot be asked. */
async function planNow(
  dependencies: ExplainDependencies,
  contact: HubSpotRecord,
  { pairId, pair }: ContactHistory,
): Promise<Plan | SyncError> {
  const now = dependencies.clock.now();
  const { records, batch } = unclaimedBatch([{ recordId: contact.id, pairId, pair }], now, spend());
  const looks = records.map((claimed) => ({ claimed, contact, readAtMs: now }));
  try {
    const { planned, failed } = await planLooks(dependencies, batch, looks);
    const { code = 'unexpected', text = 'It could not be planned.' } = failed[0]?.decision ?? {};
    return planned[0]?.plan ?? new SyncError('retryable', code, text);
  } catch (thrown) {
    return toSyncError(thrown);
  }
}

type Told = Pick<Explanation, 'sentence' | 'gate' | 'outcome' | 'person' | 'changes' | 'contactChanges'> &
  Pick<Explanation, 'reasons' | 'problem'> & { stages: StageStanding };

function toldBy(decided: Plan, held: Held): Told {
  const { gate, outcome, person, write, contact, stage, reasons, problem } = decided;
  const { move } = stage;
  const moved: FieldChange[] =
    move === null ? [] : [{ field: 'lifecyclestage', before: move.from, after: move.to, rule: 'lifecycle' }];
  return {
    sentence: sentenceOf(decided, held),
    gate,
    outcome,
    person,
    changes: write?.changes ?? [],
    contactChanges: [...contact, ...moved],
    stages: stage.standing,
    reasons,
    problem,
  };
}

function notAsked({ code, message, detail }: SyncError, gate: GateDecision, { person }: ContactHistory): Told {
  const advice = detail.advice ?? 'See docs/errors.md for this code.';
  return {
    sentence: `Salesforce cannot be asked about it now: ${message}`,
    gate,
    outcome: 'unknown',
    person,
    changes: [],
    contactChanges: [],
    stages: unknownStages,
    reasons: [],
    problem: { code, message, advice, fields: [], recordIds: [] },
  };
}
