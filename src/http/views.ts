import type { SalesforceReference } from '../domain/record.ts';
import type { LedgerStatus } from '../ports/ledger-admin.ts';
import type {
  ContactHistory,
  ErasureReceipt,
  FailureGroup,
  FailureRow,
  StageTransition,
  TimelineEntry,
} from '../ports/ledger-history.ts';
import type { SchemaLedger } from '../ports/ledger-schemas.ts';
import { pairedSinceMs } from '../usecases/explain/record-sentences.ts';
import type { Explanation } from '../usecases/explain-contact.ts';
import type { RecordExplanation } from '../usecases/explain-record.ts';
import type { IdPage } from '../usecases/id-pages.ts';
import type { FailureList } from '../usecases/list-failures.ts';

/** Epoch milliseconds as ISO 8601 in UTC. */
function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** The same of a moment that may not have come. */
function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : isoTime(atMs);
}

/** The status as the API and `handoff status --json` tell it. */
export function viewStatus(
  status: LedgerStatus,
  mode: 'observe' | 'live',
  check: Awaited<ReturnType<SchemaLedger['lastCheck']>> = null,
) {
  const { pending } = status;
  return {
    mode,
    paused: status.mode.paused,
    pausedBy: status.mode.pausedBy,
    pausedReason: status.mode.pausedReason,
    waits: status.waits.map(viewWait),
    pending: {
      due: pending.due,
      background: pending.background,
      waiting: pending.waiting,
      leased: pending.leased,
      oldestDue: isoOrNull(pending.oldestDueMs),
    },
    waitingForParents: status.waitingForParents,
    pairs: status.pairs,
    pairsByObject: status.pairsByObject,
    failures: status.failures,
    stageDisagreements: status.stageDisagreements,
    frozenFields: status.frozenFields,
    handoffsToday: status.handoffsToday,
    changesToday: status.changesToday,
    runs: status.runs.map(({ startedAtMs, isDryRun, ...run }) => ({
      ...run,
      dryRun: isDryRun,
      startedAt: isoTime(startedAtMs),
    })),
    mappingVersion: status.mappingVersion,
    watermarks: status.watermarks.map(({ source, atMs }) => ({ source, at: isoTime(atMs) })),
    calls24h: status.calls,
    catchingUp:
      status.catchingUp === null
        ? null
        : { since: isoTime(status.catchingUp.sinceMs), sources: status.catchingUp.sources },
    lastComparison:
      status.lastComparison === null
        ? null
        : {
            run: status.lastComparison.runId,
            endedAt: isoTime(status.lastComparison.endedAtMs),
            drift: status.lastComparison.drift,
          },
    comparisonOverdue:
      status.comparisonOverdue === null
        ? null
        : { since: isoTime(status.comparisonOverdue.sinceMs), run: status.comparisonOverdue.runId },
    check: check === null ? null : viewCheck(check),
  };
}

/** What the last check of the mapping against both CRMs came to, and what changed there of late. */
function viewCheck({ checkedAtMs, errors, warnings, changes }: NonNullable<Parameters<typeof viewStatus>[2]>) {
  const schemaChanges = changes.map(({ atMs, ...change }) => ({ ...change, at: isoTime(atMs) }));
  return { at: isoTime(checkedAtMs), errors, warnings, schemaChanges };
}

/** A failure as the API and `handoff failures --json` tell it. */
export function viewFailure({ firstAtMs, lastAtMs, ...failure }: FailureRow) {
  return { ...failure, firstAt: isoTime(firstAtMs), lastAt: isoTime(lastAtMs) };
}

/** A page of failures as the API and `handoff failures --json` tell it. */
export function viewFailures({ items, nextCursor }: FailureList) {
  return { items: items.map(viewFailure), nextCursor };
}

/** Causes of failures as the API and `handoff failures --json` tell them. */
export function viewFailureGroups(groups: readonly FailureGroup[]) {
  return groups.map(({ firstAtMs, lastAtMs, ...group }) => ({
    ...group,
    firstAt: isoTime(firstAtMs),
    lastAt: isoTime(lastAtMs),
  }));
}

/** A contact with its person as the API tells it: both sides' values, who owns each field, stage and gate. */
export function viewContact(explanation: Explanation) {
  const { contactId, sentence, standing, stage, gate, person, frozen, history } = explanation;
  return {
    contactId,
    sentence,
    standing,
    stage,
    gate,
    person,
    pairId: history.pairId,
    handedOverAt: isoOrNull(history.handedOverAtMs),
    stages: viewStages(explanation.stages),
    fields: explanation.fields.map(viewField),
    frozen,
    failure: history.failure === null ? null : viewFailure(history.failure),
  };
}

/** An explanation as the API and `handoff explain --json` tell it. */
export function viewExplanation({ history, waits, fields, stages, timeline, erasure, ...explanation }: Explanation) {
  return {
    ...explanation,
    fields: fields.map(viewField),
    stages: viewStages(stages),
    waits: waits.map(viewWait),
    history: viewHistory(history),
    timeline: timeline.map(viewEntry),
    erasure: erasure === null ? null : viewErasure(erasure),
  };
}

/** What the ledger knows of a record of any kind. */
function viewHistory<Reference extends SalesforceReference>(history: ContactHistory<Reference>) {
  const { decision, pending, failure, changes, handedOverAtMs, landedAtMs: _landed, pair: _, ...rest } = history;
  return {
    ...rest,
    handedOverAt: isoOrNull(handedOverAtMs),
    decision: decision === null ? null : withTime(decision),
    pending: pending === null ? null : viewPending(pending),
    failure: failure === null ? null : viewFailure(failure),
    changes: changes.map(withTime),
  };
}

/** A company or deal with its counterpart as the API tells it: both sides' values, who owns each field, stages, contacts. */
export function viewRecord(explanation: RecordExplanation) {
  const { kind, recordId, sentence, standing, counterpart, stages, contacts, contactCount, company } = explanation;
  const { history, frozen, waitsFor } = explanation;
  return {
    kind,
    recordId,
    sentence,
    standing,
    counterpart,
    pairId: history.pairId,
    pairedAt: isoOrNull(pairedSinceMs(history)),
    stages,
    contacts,
    contactCount,
    company,
    waitsFor,
    fields: explanation.fields.map(viewField),
    frozen,
    failure: history.failure === null ? null : viewFailure(history.failure),
  };
}

/** An explanation of a company or deal as the API and `handoff explain --json` tell it. */
export function viewRecordExplanation({ history, waits, fields, timeline, ...explanation }: RecordExplanation) {
  const { contactId: _id, person: _person, handedOverAt: _at, ...rest } = viewHistory(history);
  return {
    ...explanation,
    fields: fields.map(viewField),
    waits: waits.map(viewWait),
    history: { ...rest, pairedAt: isoOrNull(pairedSinceMs(history)) },
    timeline: timeline.map(viewEntry),
  };
}

/** One entry of a timeline. */
export function viewEntry(entry: TimelineEntry) {
  return withTime(entry);
}

/** One field with both sides. */
function viewField({ rule, frozen, held, hubspot, salesforce }: Explanation['fields'][number]) {
  return { rule, frozen, held, hubspot: viewSide(hubspot), salesforce: viewSide(salesforce) };
}

function viewSide({ changedAtMs, ...side }: Explanation['fields'][number]['hubspot']) {
  return { ...side, changedAt: isoOrNull(changedAtMs) };
}

function viewStages({ transitions, ...stages }: Explanation['stages']) {
  return { ...stages, transitions: transitions.map(viewTransition) };
}

function viewTransition({ contactId: _, ...transition }: StageTransition) {
  return withTime(transition);
}

function viewPending({ dueAtMs, dueInMs: _, ...pending }: NonNullable<ContactHistory['pending']>) {
  return { ...pending, dueAt: isoOrNull(dueAtMs) };
}

/** What a vendor makes the whole connection wait for. */
function viewWait({ system, untilMs, code }: LedgerStatus['waits'][number]) {
  return { system, until: isoTime(untilMs), code };
}

function withTime<Row extends { atMs: number }>({ atMs, ...row }: Row) {
  return { ...row, at: isoTime(atMs) };
}

/** A page of receipts as the API and `handoff erasures --json` tell it. */
export function viewErasures({ items, nextCursor }: IdPage<ErasureReceipt>) {
  return { items: items.map(viewErasure), nextCursor };
}

/** A receipt of a privacy deletion. */
function viewErasure(receipt: ErasureReceipt) {
  return withTime(receipt);
}
