import { describe, expect, it } from 'vitest';
import { cliActionCodes } from '../../../src/cli/audited.ts';
import { type ActionTold, tellAction } from '../../../src/domain/activity/tell-action.ts';
import { actionShapes } from '../../../src/http/action-shapes.ts';

const done: ActionTold = { code: 'pause', target: null, details: {}, outcome: 'done', problem: null };
const run = { kind: 'run', id: '12' };
const contact = { kind: 'contact', id: '101' };

describe('what somebody did, in one sentence', () => {
  it.each<[Partial<ActionTold>, string]>([
    [{ code: 'session_start' }, 'Signed in at the page.'],
    [{ code: 'session_end' }, 'Signed out of the page.'],
    [{ code: 'pause' }, 'Stopped all writes to both CRMs.'],
    [{ code: 'resume' }, 'Started the writes to both CRMs again.'],
    [{ code: 'contact_resync', target: contact }, 'Asked for contact 101 to be looked at again.'],
    [{ code: 'deal_resync', target: { kind: 'deal', id: '5' } }, 'Asked for deal 5 to be looked at again.'],
    [{ code: 'contact_thaw', target: contact, details: { field: 'phone' } }, 'Thawed the field phone of contact 101.'],
    [{ code: 'contact_thaw', target: contact }, 'Thawed all frozen fields of contact 101.'],
    [{ code: 'failures_retry', details: { marked: 4 } }, 'Retried failures (4 records).'],
    [{ code: 'failures_retry', details: { code: 'owner_missing' } }, 'Retried failures with the cause owner_missing.'],
    [
      { code: 'failures_retry', details: { object: 'contact', recordId: '101', system: 'hubspot' } },
      'Retried the failure of contact 101.',
    ],
    [{ code: 'backfill_start', target: run, details: { object: 'deals' } }, 'Started a backfill of deals (run 12).'],
    [{ code: 'backfill_start', details: { dryRun: true } }, 'Started a dry run of a backfill.'],
    [{ code: 'comparison_start', target: run }, 'Started a comparison of both CRMs (run 12).'],
    [{ code: 'comparison_start', details: { dryRun: true } }, 'Started a dry run of a comparison of both CRMs.'],
    [
      { code: 'rebuild_start', target: run, details: { again: false } },
      'Started a rebuild that links the empty ledger by the ids in both CRMs (run 12).',
    ],
    [
      { code: 'rebuild_start', details: { again: true } },
      'Started a rebuild that links what is missing in the ledger by the ids in both CRMs.',
    ],
    [
      { code: 'rebuild_choose', target: run, details: { policy: 'keep' } },
      'Chose to keep what each side holds after the rebuild (run 12).',
    ],
    [
      { code: 'rebuild_choose', details: { policy: 'rules' } },
      "Chose to let each field's rule decide where both sides differ after the rebuild.",
    ],
    [
      { code: 'setup_apply', details: { ok: false, created: 7, failed: 1 } },
      'Set up what the sync needs in both CRMs (7 created, 1 failed).',
    ],
    [{ code: 'setup_apply' }, 'Set up what the sync needs in both CRMs.'],
    [
      { code: 'contact_thaw', target: contact, details: { field: true } },
      'Thawed something that is no field of contact 101.',
    ],
    [{ code: 'failures_retry', details: { code: true } }, 'Retried failures with a cause that was named wrongly.'],
    [{ code: 'run_revert', target: run, details: { id: '13' } }, 'Started a revert of run 12 as run 13.'],
    [{ code: 'run_pause', target: run }, 'Paused run 12.'],
    [{ code: 'run_resume', target: run }, 'Resumed run 12.'],
    [{ code: 'run_cancel', target: run }, 'Cancelled run 12.'],
    [{ code: 'run_approve', target: run }, 'Approved run 12 beyond its limit.'],
    [{ code: 'plan_ask' }, 'Asked what a changed mapping would do.'],
    [{ code: 'mapping_activate', target: { kind: 'mapping', id: '3' } }, 'Activated version 3 of the mapping.'],
    [
      { code: 'mapping_activate', target: { kind: 'mapping', id: '3' }, details: { apply: true } },
      'Activated version 3 of the mapping and had it applied to existing pairs.',
    ],
    [{ code: 'activity_export' }, 'Exported the activity log as CSV.'],
    [{ code: 'something_new' }, 'Asked for: something new.'],
    [
      { outcome: 'refused', problem: 'forbidden' },
      'Wanted to stop all writes to both CRMs: it was refused (forbidden).',
    ],
    [{ outcome: 'failed', problem: 'unexpected' }, 'Wanted to stop all writes to both CRMs: it failed (unexpected).'],
    [{ outcome: 'asked' }, 'Wanted to stop all writes to both CRMs: how it ended is not noted.'],
    [{ code: 'run_pause', outcome: 'refused' }, 'Wanted to pause something: it was refused.'],
  ])('%o', (action, text) => {
    expect(tellAction({ ...done, ...action })).toBe(text);
  });

  const codes = [...Object.values(actionShapes).map(({ code }) => code), ...cliActionCodes, 'activity_export'];
  it.each([...new Set(codes)])('knows the action %s by words of its own', (code) => {
    expect(tellAction({ ...done, code, target: contact })).not.toMatch(/^Asked for: /);
  });
});
