import type { FieldChange, FrozenField, PlanProblem, Reason } from '../domain/plan/types.ts';
import type { Association, CounterpartReference, HubSpotRecord } from '../domain/record.ts';
import type { RecordOutcome, RecordPlan } from '../domain/records/types.ts';
import type { Spend } from '../ports/budget.ts';
import type { AdminLedger, LedgerStatus } from '../ports/ledger-admin.ts';
import type { ContactHistory, TimelineEntry } from '../ports/ledger-history.ts';
import type { RecordDependencies } from './drain-records/dependencies.ts';
import { type KindNames, kinds, type RecordKind } from './drain-records/kinds.ts';
import { heldSentence, type PairField } from './explain/fields-of-pair.ts';
import { findRecord, notFound } from './explain/find-record.ts';
import { planRecordNow, type RecordNow, readAssociations } from './explain/plan-record-now.ts';
import { readRecordFields } from './explain/read-record-fields.ts';
import type { Unread } from './explain/read-sides.ts';
import {
  endingOf,
  type RecordStanding,
  recordSentenceOf,
  recordStandingOf,
  words,
} from './explain/record-sentences.ts';
import { type RecordStages, stagesOf } from './explain/record-stages.ts';
import { readSurroundings, type Surroundings } from './explain/record-surroundings.ts';

export type RecordExplanation = Surroundings & {
  kind: RecordKind;
  recordId: string;
  /** Where it stands, in one sentence. */
  sentence: string;
  /** What a look at this moment would do; `unknown` where a CRM cannot be asked; `unlinked` where HubSpot no longer has the record. */
  outcome: RecordOutcome | 'unknown';
  counterpart: CounterpartReference | null;
  /** Where both sides have it: pipeline and stage of a deal, the lifecycle stage of a company. */
  stages: RecordStages | null;
  /** Both sides' values of all that is kept in step, who owns each, and who changed it last. */
  fields: readonly PairField[];
  /** How people call the owners among all these values, by the id that stands there. */
  owners: Readonly<Record<string, string>>;
  unread: readonly Unread[];
  /** Whose landing brings it further, on either side, and where that one stands. */
  waitsFor: readonly { object: string; recordId: string; text: string }[];
  frozen: readonly FrozenField[];
  /** What would be written to the Account or Opportunity; `roles/<contact>` are contact roles. */
  changes: readonly FieldChange[];
  /** The same for the record in HubSpot; `contacts/<id>` and the primary company are associations. */
  hubspotChanges: readonly FieldChange[];
  reasons: readonly Reason[];
  problem: PlanProblem | null;
  standing: RecordStanding;
  mode: 'observe' | 'live';
  /** Set while an admin's pause holds all CRM writes. */
  pause: { by: string | null; reason: string | null } | null;
  /** What a vendor makes the whole connection wait for. */
  waits: LedgerStatus['waits'];
  history: ContactHistory<CounterpartReference>;
  /** The newest of all that happened. */
  timeline: readonly TimelineEntry[];
};

export type ExplainRecordDependencies = Omit<RecordDependencies, 'ledger'> & {
  ledger: RecordDependencies['ledger'] & Pick<AdminLedger, 'history' | 'personDecision' | 'status' | 'timeline'>;
};

/** What a person looks up never pauses the connection, and leaves the rest of the day's calls to the sync. */
const spend = (): Spend => ({ priority: 3, prepaid: 0 });

/** How much of what happened is told at once; `timeline` pages through the rest. */
const shownEntries = 200;

/**
 * Says where a company or deal stands: both CRMs are read now and the same plan is made that the sync would make, without carrying it out. Of
 * one that HubSpot no longer has, the ledger tells what it keeps.
 * @param named its HubSpot id, or the id of its Account or Opportunity
 * @throws SyncError permanent `record_not_found` | `record_not_paired`; whatever HubSpot and the ledger answer
 */
export async function explainRecord(
  dependencies: ExplainRecordDependencies,
  kind: RecordKind,
  named: string,
): Promise<RecordExplanation> {
  const { ledger } = dependencies;
  const names = kinds[kind];
  const { id, record } = await findRecord(dependencies, names, named, spend());
  const [history, status, timeline] = await Promise.all([
    ledger.history<CounterpartReference>(id, kind),
    ledger.status(),
    ledger.timeline(id, shownEntries, undefined, kind),
  ]);
  const isKnown = history.pairId !== null || history.decision !== null || timeline.length > 0;
  if (record === null && !isKnown) throw notFound(kind);
  const { paused, pausedBy, pausedReason } = status.mode;
  const told =
    record === null ? toldOfGone(names, history) : await toldOf(dependencies, names, record, { history, paused });
  return {
    kind,
    recordId: id,
    ...told,
    frozen: history.pair?.frozen ?? [],
    standing: recordStandingOf(history),
    mode: dependencies.observe ? 'observe' : 'live',
    pause: paused ? { by: pausedBy, reason: pausedReason } : null,
    waits: status.waits,
    history,
    timeline,
  };
}

type Told = Omit<
  RecordExplanation,
  'kind' | 'recordId' | 'frozen' | 'standing' | 'mode' | 'pause' | 'waits' | 'history' | 'timeline'
>;

type Known = { history: ContactHistory<CounterpartReference>; paused: boolean };

/** What both CRMs say of a record that is there. */
async function toldOf(
  dependencies: ExplainRecordDependencies,
  names: KindNames,
  record: HubSpotRecord,
  known: Known,
): Promise<Told> {
  const { history } = known;
  const read = await readAssociations(dependencies, names, record, spend());
  const now = await planRecordNow(dependencies, names, { record, history, ...read }, spend());
  const counterpart = now.kind === 'planned' ? now.look.plan.counterpart : history.person;
  const shown = now.kind === 'planned' ? now.look.record : record;
  const plan = now.kind === 'planned' ? now.look.plan : null;
  const planned = plan === null ? [] : [...(plan.write?.changes ?? []), ...plan.changes];
  const { fields, owners, found, unread } = await readRecordFields(
    dependencies,
    names,
    { record: shown, history, counterpart, found: now.kind === 'planned' ? now.counterpart : null, planned },
    spend(),
  );
  const given = { names, record: shown, associations: read.associations, counterpart: found, plan };
  const around = await readSurroundings(dependencies, given, spend());
  const told = decided(dependencies, names, record.id, { now, paused: known.paused });
  return {
    ...told,
    sentence: `${told.sentence}${heldSentence(fields)}`,
    ...around,
    counterpart,
    stages: stagesOf(dependencies.mapping, names, { record, counterpart: found, facts: now.facts, plan }),
    fields,
    owners,
    unread: [...read.unread, ...unread],
    waitsFor: (plan?.waitsFor ?? []).map((key) => ({ ...key, text: textOfWait(key, around) })),
  };
}

type Decided = Pick<Told, 'sentence' | 'outcome' | 'changes' | 'hubspotChanges' | 'reasons' | 'problem'>;

function decided(
  { observe }: ExplainRecordDependencies,
  names: KindNames,
  id: string,
  { now, paused }: { now: RecordNow; paused: boolean },
): Decided {
  const nothing = { changes: [], hubspotChanges: [], reasons: [], problem: null };
  const { name, plural, file } = words[names.kind];
  if (now.kind === 'off') {
    const text = `${file} has them switched off: ${plural} are left alone on both sides.`;
    const sentence = `${name} ${id} is not synced: ${text}`;
    return { ...nothing, sentence, outcome: 'not_wanted', reasons: [{ code: 'sync_off', text }] };
  }
  if (now.kind === 'unknown') {
    const { code, message, detail } = now.error;
    const advice = detail.advice ?? 'See docs/errors.md for this code.';
    const problem = { code, message, advice, fields: [], recordIds: [] };
    return { ...nothing, sentence: `${name} ${id} cannot be planned now: ${message}`, outcome: 'unknown', problem };
  }
  const { plan } = now.look;
  const contacts = now.look.associations.filter(({ toObject }: Association) => toObject === 'contact').length;
  const sentence = recordSentenceOf(plan, { names, id, contacts, held: { observe, paused } });
  return { sentence, ...partsOf(plan) };
}

function partsOf({ outcome, write, changes, reasons, problem }: RecordPlan): Omit<Decided, 'sentence'> {
  return { outcome, changes: write?.changes ?? [], hubspotChanges: changes, reasons, problem };
}

function textOfWait({ object, recordId }: RecordPlan['waitsFor'][number], { contacts, company }: Surroundings): string {
  if (object === 'contact') {
    return contacts.find(({ contactId }) => contactId === recordId)?.text ?? 'It has not passed the gate.';
  }
  if (object !== 'company') return 'Nothing in HubSpot stands for it yet.';
  const failure = company?.companyId === recordId ? company.failure : null;
  return failure === null ? 'It has no Account yet.' : `It has no Account, and a person must act first [${failure}].`;
}

/** Where a record stands that HubSpot no longer has, by the ledger alone. */
function toldOfGone(names: KindNames, { pair, person }: ContactHistory<CounterpartReference>): Told {
  const tombstone = pair?.tombstone ?? null;
  const paired = person === null ? 'It was never in Salesforce.' : 'The next look at it ends its pair.';
  const end = tombstone === null ? paired : `It is not kept in step any more: ${endingOf(names, tombstone)}`;
  return {
    sentence: `HubSpot no longer has this ${names.kind}. ${end}`,
    outcome: 'unlinked',
    counterpart: person,
    stages: null,
    fields: [],
    owners: {},
    unread: [],
    waitsFor: [],
    contacts: [],
    contactCount: 0,
    company: null,
    changes: [],
    hubspotChanges: [],
    reasons: [],
    problem: null,
  };
}
