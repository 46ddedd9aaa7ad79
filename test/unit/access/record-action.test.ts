import { describe, expect, it, vi } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import type { ActionEnd, NewAction } from '../../../src/ports/ledger-access.ts';
import { recordAction } from '../../../src/usecases/access/record-action.ts';

const action: NewAction = {
  actor: 'root',
  role: null,
  via: 'cli',
  code: 'backfill_start',
  target: null,
  details: { object: 'contacts' },
};
const away = new SyncError('retryable', 'ledger_unreachable', 'The ledger database does not answer.');

/** Takes what is noted; the first `faults` notes about an end find no ledger. */
function notesThat({ faults = 0 } = {}) {
  const asked: NewAction[] = [];
  const ended: ActionEnd[] = [];
  const onUnnoted = vi.fn();
  const ledger = {
    askAction: async (wanted: NewAction) => String(asked.push(wanted)),
    endAction: async (_id: string, end: ActionEnd) => {
      if (ended.push(end) <= faults) throw away;
    },
  };
  return { notes: { ledger, onUnnoted }, asked, ended, onUnnoted };
}

describe('an action that is recorded', () => {
  it('whose work is done counts as done where that could not be noted, and nobody notes it as failed', async () => {
    const { notes, ended, onUnnoted } = notesThat({ faults: 1 });

    expect(await recordAction(notes, action, async () => 'run 5')).toBe('run 5');
    expect(ended.map(({ outcome }) => outcome)).toEqual(['done']);
    expect(onUnnoted).toHaveBeenCalledExactlyOnceWith(away);
  });

  it('whose work fails is noted with why, and the caller hears of the work’s fault', async () => {
    const { notes, ended, onUnnoted } = notesThat({ faults: 1 });
    const fault = new SyncError('permanent', 'run_not_found', 'There is no run of this id.');

    await expect(recordAction(notes, action, () => Promise.reject(fault))).rejects.toBe(fault);
    expect(ended).toEqual([{ outcome: 'refused', status: null, problem: 'run_not_found' }]);
    expect(onUnnoted).not.toHaveBeenCalled();
  });

  it('is not done where it cannot be noted', async () => {
    const work = vi.fn(async () => undefined);
    const { notes } = notesThat();
    const ledger = { ...notes.ledger, askAction: () => Promise.reject(away) };

    await expect(recordAction({ ...notes, ledger }, action, work)).rejects.toBe(away);
    expect(work).not.toHaveBeenCalled();
  });

  it('keeps ids, names and counts, and no text that may be about a person', async () => {
    const { notes, asked, ended } = notesThat();
    const given = { ...action, target: { kind: 'run', id: 'Jane Doe' }, details: { code: 'jane@example.com' } };
    await recordAction(
      notes,
      given,
      async () => 5,
      (marked) => ({ target: { kind: 'run', id: '7' }, details: { marked } }),
    );

    expect(asked).toEqual([{ ...action, target: null, details: { code: true } }]);
    expect(ended).toMatchObject([{ outcome: 'done', target: { kind: 'run', id: '7' }, details: { marked: 5 } }]);
  });
});
