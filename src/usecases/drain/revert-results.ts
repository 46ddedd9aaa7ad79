import type { SalesforceReference, SystemName } from '../../domain/record.ts';
import type { LeftReason, PendingRevert, RevertSummary } from '../../domain/revert/types.ts';
import { leavesRevert } from '../../domain/settle.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Claim, ClaimedRecord, Mark } from '../../ports/ledger-claim.ts';
import type { RecordResult, RevertResult } from '../../ports/ledger-result.ts';
import type { WorkLedger } from '../../ports/ledger-work.ts';

type Claimed = ClaimedRecord<SalesforceReference>;
type Given = { ledger: Pick<WorkLedger, 'reserve' | 'commit'>; observe: boolean; clock: Pick<Clock, 'now'> };

/** How one look of a revert was planned; told before anything is committed. */
type Tell = (recordId: string, summary: RevertSummary | undefined) => void;

/**
 * Makes what the looks of a claim reserve and commit the work of the reverts that their pairs wait for, whoever has marked them: intents carry
 * the revert's run, and the commit that settles a look closes its pair's part. Nothing is changed where no pair waits for a revert.
 */
export function withReverts<Dependencies extends Given>(
  dependencies: Dependencies,
  { records }: Pick<Claim<SalesforceReference>, 'records'>,
): { dependencies: Dependencies; tell: Tell } {
  const waiting = new Map(records.filter(({ pair }) => pair?.revert != null).map((each) => [each.recordId, each]));
  if (waiting.size === 0 || dependencies.observe) return { dependencies, tell: () => {} };
  const summaries = new Map<string, RevertSummary>();
  const { ledger, clock } = dependencies;
  const runOf = (id: string) => waiting.get(id)?.pair?.revert?.runId;
  const told: Given['ledger'] = {
    reserve: (token, version, reservations, of) =>
      ledger.reserve(
        token,
        version,
        reservations.map((each) => ({ ...each, ...runIdOf(runOf(each.contactId)) })),
        of,
      ),
    commit: (token, version, results, of) =>
      ledger.commit(
        token,
        version,
        results.map((result) =>
          resultOf(waiting.get(result.contactId), summaries.get(result.contactId), result, {
            object: of?.object ?? 'contact',
            now: clock.now(),
          }),
        ),
        of,
      ),
  };
  return {
    dependencies: { ...dependencies, ledger: { ...ledger, ...told } },
    tell(recordId, summary) {
      if (summary !== undefined) summaries.set(recordId, summary);
    },
  };
}

function runIdOf(runId: string | undefined): { runId?: string } {
  return runId === undefined ? {} : { runId };
}

function resultOf(
  claimed: Claimed | undefined,
  summary: RevertSummary | undefined,
  result: RecordResult,
  { object, now }: { object: string; now: number },
): RecordResult {
  const revert = claimed?.pair?.revert;
  if (claimed === undefined || revert == null) return result;
  const { runId } = revert;
  const own = { ...result, runId };
  const kind = result.settle?.kind;
  const without = kind === 'failed' ? withoutRefused(revert, summary, result) : null;
  if (without !== null) return { ...own, ...without, revert: openRevert(runId) };
  if (kind === 'failed')
    return { ...own, revert: refusedRevert(revert, summary), ...marksAgain(claimed, result, object) };
  if (result.settle?.kind === 'later' && leavesRevert(result.settle, claimed.attempts)) {
    return { ...own, revert: refusedRevert(revert, summary, 'failing') };
  }
  if (kind !== 'done') return { ...own, revert: openRevert(runId) };
  if (summary === undefined) return { ...own, revert: isGone(result) ? goneRevert(revert) : openRevert(runId) };
  if (summary.goesOn) {
    const delayMs = summary.waits === true ? othersWaitMs(claimed, now) : 0;
    const settle = { kind: 'later', delayMs, counts: false, code: 'revert_goes_on' } as const;
    return { ...own, settle, revert: openRevert(runId) };
  }
  const marks = looksAgain(claimed, summary) ? [markOf(object, claimed)] : [];
  return { ...own, revert: closedRevert(summary), marks: [...(result.marks ?? []), ...marks] };
}

const othersWait = { leastMs: 2_000, mostMs: 60_000 };

/** An Account waits for the people and deals that the same revert deletes: the longer it has waited, the rarer it is looked at. */
function othersWaitMs({ markedAtMs }: Claimed, now: number): number {
  return Math.min(othersWait.mostMs, Math.max(othersWait.leastMs, now - markedAtMs));
}

const nothingPut = { hubspot: 0, salesforce: 0, deleted: 0 };

function openRevert(runId: string): RevertResult {
  return { runId, closes: false, put: nothingPut, left: [], holds: [] };
}

function closedRevert(summary: RevertSummary): RevertResult {
  const { runId, put, deleted, holds } = summary;
  return { runId, closes: true, put: { ...perSystem(put), deleted }, left: reasonsOf(summary), holds };
}

function perSystem(fields: readonly { system: SystemName }[]) {
  const of = (side: SystemName) => fields.filter(({ system }) => system === side).length;
  return { hubspot: of('hubspot'), salesforce: of('salesforce') };
}

function reasonsOf({ left }: RevertSummary): RevertResult['left'] {
  return [...Map.groupBy(left, ({ reason }) => reason)].map(([reason, each]) => ({ reason, count: each.length }));
}

/** What the CRM took before it refused is in the audit log of the revert; the rest is left. */
function refusedRevert(
  { runId, targets, own }: PendingRevert,
  summary: RevertSummary | undefined,
  reason: Extract<LeftReason, 'refused' | 'failing'> = 'refused',
): RevertResult {
  const isOwn = (one: { system: SystemName; field: string }) =>
    own.some(({ system, field }) => system === one.system && field === one.field);
  const done = (summary?.put ?? []).filter(isOwn);
  const count = Math.max(1, (summary?.put.length ?? targets.length) - done.length);
  const others = summary === undefined ? [] : reasonsOf(summary);
  const put = { ...perSystem(done), deleted: 0 };
  return { runId, closes: true, put, left: [...others, { reason, count }], holds: [] };
}

/** A CRM takes all of a write or nothing: where it names what it refuses, the rest is put back without that. Null: it names nothing new. */
function withoutRefused(
  { refused }: PendingRevert,
  summary: RevertSummary | undefined,
  { failure }: RecordResult,
): Pick<RecordResult, 'failure' | 'settle'> | null {
  const named = (failure?.fields ?? []).filter((field) => summary?.put.some((each) => each.field === field));
  const fresh = named.filter((field) => !refused.includes(field));
  if (!failure || fresh.length === 0) return null;
  const settle = { kind: 'later', delayMs: 0, counts: false, code: 'revert_goes_on' } as const;
  return { failure: { ...failure, fields: [...refused, ...fresh] }, settle };
}

/** The record was deleted, or everything was erased: nothing can be put back any more. */
function goneRevert({ runId, targets }: PendingRevert): RevertResult {
  const left = [{ reason: 'record_gone', count: Math.max(1, targets.length) }] as const;
  return { ...openRevert(runId), closes: true, left };
}

function isGone({ tombstone, retiredContactIds = [] }: RecordResult): boolean {
  return (tombstone ?? null) !== null || retiredContactIds.some(({ status }) => status !== 'merged');
}

/** Something else than the revert has asked for this look, or somebody has changed what was to be put back: the ordinary rules have their turn. */
function looksAgain(claimed: Claimed, summary: RevertSummary): boolean {
  return isAsked(claimed) || summary.looksAgain;
}

function isAsked({ priority, hints }: Claimed): boolean {
  return priority <= 2 || hints.length > 0;
}

/** Who asked for the look of a record whose revert was refused has not had it yet. */
function marksAgain(claimed: Claimed, { marks = [] }: RecordResult, object: string): Pick<RecordResult, 'marks'> {
  return isAsked(claimed) ? { marks: [...marks, markOf(object, claimed)] } : {};
}

function markOf(object: string, { recordId, hints }: Claimed): Mark {
  return { system: 'hubspot', object, recordId, priority: 2, source: 'after_revert', hints };
}
