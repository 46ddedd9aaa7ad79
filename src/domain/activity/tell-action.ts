/** As much of an action as its sentence is made of. */
export type ActionTold = {
  code: string;
  target: { kind: string; id: string } | null;
  details: Readonly<Record<string, unknown>>;
  outcome: 'asked' | 'done' | 'refused' | 'failed';
  problem: string | null;
};

/** What somebody did, and what they wanted to do where it did not come to that; `rest` goes behind both. */
type Deed = { did: string; to: string; rest(action: ActionTold): string };

const deed = (did: string, to: string, rest: Deed['rest']): Deed => ({ did, to, rest });
const aboutTarget = (before = '', after = ''): Deed['rest'] => {
  const end = after === '' ? '' : ` ${after}`;
  return ({ target }) => `${before}${target === null ? 'something' : `${target.kind} ${target.id}`}${end}`;
};
const resync = deed('Asked for', 'ask for', aboutTarget('', 'to be looked at again'));
const thaw = deed('Thawed', 'thaw', (action) => {
  const { field } = action.details;
  const which = typeof field === 'string' ? `the field ${field}` : 'something that is no field';
  return `${field === undefined ? 'all frozen fields' : which} of ${aboutTarget()(action)}`;
});

const deeds: Readonly<Record<string, Deed>> = {
  session_start: deed('Signed in', 'sign in', () => 'at the page'),
  session_end: deed('Signed out', 'sign out', () => 'of the page'),
  pause: deed('Stopped', 'stop', () => 'all writes to both CRMs'),
  resume: deed('Started', 'start', () => 'the writes to both CRMs again'),
  contact_resync: resync,
  company_resync: resync,
  deal_resync: resync,
  contact_thaw: thaw,
  company_thaw: thaw,
  deal_thaw: thaw,
  failures_retry: deed('Retried', 'retry', ({ details: { recordId, object, code, marked } }) => {
    const which = recordId === undefined ? 'failures' : `the failure of ${text(object)} ${text(recordId)}`;
    const named = typeof code === 'string' ? ` with the cause ${code}` : ' with a cause that was named wrongly';
    const cause = code === undefined ? '' : named;
    return `${which}${cause}${typeof marked === 'number' ? ` (${marked} records)` : ''}`;
  }),
  backfill_start: deed('Started', 'start', (action) => {
    const { object, dryRun } = action.details;
    const dry = dryRun === true ? 'a dry run of a backfill' : 'a backfill';
    return `${dry}${object === undefined ? '' : ` of ${text(object)}`}${inRun(action)}`;
  }),
  comparison_start: deed('Started', 'start', (action) => {
    const { dryRun } = action.details;
    return `${dryRun === true ? 'a dry run of a comparison' : 'a comparison'} of both CRMs${inRun(action)}`;
  }),
  rebuild_start: deed('Started', 'start', (action) => {
    const { again } = action.details;
    const what = again === true ? 'what is missing in the ledger' : 'the empty ledger';
    return `a rebuild that links ${what} by the ids in both CRMs${inRun(action)}`;
  }),
  rebuild_choose: deed('Chose', 'choose', (action) => {
    const { policy } = action.details;
    const rules = "to let each field's rule decide where both sides differ";
    return `${policy === 'keep' ? 'to keep what each side holds' : rules} after the rebuild${inRun(action)}`;
  }),
  run_revert: deed('Started', 'start', (action) => {
    const { dryRun, id } = action.details;
    const made = id === undefined ? '' : ` as run ${text(id)}`;
    return `${dryRun === true ? 'a dry run of a revert' : 'a revert'} of ${aboutTarget()(action)}${made}`;
  }),
  run_pause: deed('Paused', 'pause', aboutTarget()),
  run_resume: deed('Resumed', 'resume', aboutTarget()),
  run_cancel: deed('Cancelled', 'cancel', aboutTarget()),
  run_approve: deed('Approved', 'approve', aboutTarget('', 'beyond its limit')),
  plan_ask: deed('Asked', 'ask', () => 'what a changed mapping would do'),
  mapping_activate: deed('Activated', 'activate', ({ target, details }) => {
    const which = target === null ? 'a mapping' : `version ${target.id} of the mapping`;
    return `${which}${details.apply === true ? ' and had it applied to existing pairs' : ''}`;
  }),
  setup_apply: deed('Set up', 'set up', ({ details: { created, failed } }) => {
    const made = typeof created === 'number' ? [`${created} created`] : [];
    const missed = typeof failed === 'number' ? [`${failed} failed`] : [];
    const steps = [...made, ...missed].join(', ');
    return `what the sync needs in both CRMs${steps === '' ? '' : ` (${steps})`}`;
  }),
  activity_export: deed('Exported', 'export', () => 'the activity log as CSV'),
};

/** One sentence about what somebody asked for and how it ended. A code that nobody described is told by its own words. Pure. */
export function tellAction(action: ActionTold): string {
  const { code, outcome, problem } = action;
  const { did, to, rest } = deeds[code] ?? otherDeed(code);
  const about = rest(action);
  if (outcome === 'done') return `${did} ${about}.`;
  const cause = problem === null ? '' : ` (${problem})`;
  const end = { refused: `it was refused${cause}`, failed: `it failed${cause}`, asked: 'how it ended is not noted' };
  return `Wanted to ${to} ${about}: ${end[outcome]}.`;
}

/** Codes are words of ours: `deal_resync`. */
function otherDeed(code: string): Deed {
  return deed('Asked for:', 'do:', () => code.replaceAll('_', ' '));
}

function inRun({ target }: ActionTold): string {
  return target?.kind === 'run' ? ` (run ${target.id})` : '';
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'something';
}
