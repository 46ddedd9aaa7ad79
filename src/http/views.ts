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
import { pairedSinceMs } from '../usecases/explain/record-sentences.ts';
import type { Explanation } from '../usecases/explain-contact.ts';
import type { RecordExplanation } from '../usecases/explain-record.ts';
import type { IdPage } from '../usecases/id-pages.ts';
import type { FailureList } from '../usecases/list-failures.ts';
import type { Shown } from './contract/endpoint.ts';
import type { erasurePage, erasureReceipt } from './contract/erasures.ts';
import type { failureGroup, failurePage, failureView } from './contract/failures.ts';
import type { pairField, timelineEntry, vendorWait } from './contract/record-parts.ts';
import type { contactExplanation, contactView, recordExplanation, recordView } from './contract/record-views.ts';
import { isoOrNull, isoTime } from './times.ts';

/** A failure as the API and `handoff failures --json` tell it. */
export function viewFailure({ firstAtMs, lastAtMs, ...failure }: FailureRow): Shown<typeof failureView> {
  return { ...failure, firstAt: isoTime(firstAtMs), lastAt: isoTime(lastAtMs) };
}

/** A page of failures as the API and `handoff failures --json` tell it. */
export function viewFailures({ items, nextCursor }: FailureList): Shown<typeof failurePage> {
  return { items: items.map(viewFailure), nextCursor };
}

/** Causes of failures as the API and `handoff failures --json` tell them. */
export function viewFailureGroups(groups: readonly FailureGroup[]): readonly Shown<typeof failureGroup>[] {
  return groups.map(({ firstAtMs, lastAtMs, ...group }) => ({
    ...group,
    firstAt: isoTime(firstAtMs),
    lastAt: isoTime(lastAtMs),
  }));
}

/** A contact with its person as the API tells it: both sides' values, who owns each field, stage and gate. */
export function viewContact(explanation: Explanation): Shown<typeof contactView> {
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
export function viewExplanation({
  history,
  waits,
  fields,
  stages,
  timeline,
  erasure,
  ...explanation
}: Explanation): Shown<typeof contactExplanation> {
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
export function viewRecord(explanation: RecordExplanation): Shown<typeof recordView> {
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
export function viewRecordExplanation({
  history,
  waits,
  fields,
  timeline,
  ...explanation
}: RecordExplanation): Shown<typeof recordExplanation> {
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
export function viewEntry(entry: TimelineEntry): Shown<typeof timelineEntry> {
  return withTime(entry);
}

/** One field with both sides. */
function viewField({
  rule,
  frozen,
  held,
  hubspot,
  salesforce,
}: Explanation['fields'][number]): Shown<typeof pairField> {
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
export function viewWait({ system, untilMs, code }: LedgerStatus['waits'][number]): Shown<typeof vendorWait> {
  return { system, until: isoTime(untilMs), code };
}

function withTime<Row extends { atMs: number }>({ atMs, ...row }: Row) {
  return { ...row, at: isoTime(atMs) };
}

/** A page of receipts as the API and `handoff erasures --json` tell it. */
export function viewErasures({ items, nextCursor }: IdPage<ErasureReceipt>): Shown<typeof erasurePage> {
  return { items: items.map(viewErasure), nextCursor };
}

/** A receipt of a privacy deletion. */
function viewErasure(receipt: ErasureReceipt): Shown<typeof erasureReceipt> {
  return withTime(receipt);
}
