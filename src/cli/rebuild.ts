import { type Command, Option } from 'commander';
import { chooseRebuildPolicy, startRebuild } from '../usecases/rebuild/start-rebuild.ts';
import { findRun } from '../usecases/runs/control-runs.ts';
import { ofRun } from './audited.ts';
import { type BeginOptions, mayBegin, nothingBegun } from './begin-run.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { followRun } from './follow.ts';
import type { RunSession } from './run-session.ts';

type Options = Pick<BeginOptions, 'yes' | 'json'> & { again?: boolean; policy?: 'keep' | 'rules' };
type Given = Pick<CliDependencies, 'tell' | 'user' | 'audited' | 'mode' | 'runs'>;

/** `handoff rebuild`: links an empty ledger anew by the ids in both CRMs, those of HubSpot's own connector included. */
export function registerRebuild(program: Command, dependencies: Given, run: Run): void {
  program
    .command('rebuild')
    .description(
      'link an empty ledger anew by the ids in both CRMs; nothing is written to them before a policy is chosen',
    )
    .option('--again', 'also where the ledger has pairs: only what is missing is added')
    .addOption(
      new Option(
        '--policy <policy>',
        "behind the review: keep what each side holds, or let each field's rule decide where they differ",
      ).choices(['keep', 'rules']),
    )
    .option('--yes', 'start without asking')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      await run(async () => await rebuild(dependencies, options), options);
    });
}

async function rebuild(dependencies: Given, options: Options): Promise<Outcome> {
  const { user, audited, runs } = dependencies;
  return await runs.withRuns(async (session) => {
    const { policy } = options;
    if (policy !== undefined) {
      const choose = async () => await chooseRebuildPolicy(session.runs, policy);
      const chosen = await audited(session.actions, { code: 'rebuild_choose', details: { policy } }, choose, ofRun);
      return await follow(dependencies, session, chosen, 'goes on');
    }
    const question = 'Writes to both CRMs are paused until you have chosen a policy. Start?';
    if (!(await mayBegin(runs, question, options))) return nothingBegun(['Nothing was started.']);
    const again = options.again === true;
    const start = async () => await startRebuild(session.runs, { again, by: user() });
    const begun = await audited(session.actions, { code: 'rebuild_start', details: { again } }, start, ofRun);
    return await follow(dependencies, session, begun, 'has begun');
  });
}

async function follow({ tell, mode, runs }: Given, session: RunSession, runId: string, how: string): Promise<Outcome> {
  tell(`Run ${runId} ${how}.`);
  const outcome = await followRun({ ...runs, tell, mode }, session, runId);
  if ((await findRun(session.runs.ledger, runId)).state !== 'review') return outcome;
  const next = [
    '',
    'Nothing was written to either CRM, and nothing is before you choose:',
    '  handoff rebuild --policy keep    what each side holds counts as agreed on; only later changes are carried over',
    "  handoff rebuild --policy rules   where both sides differ, each field's rule decides",
    'Records whose ids contradict each other are among the failures: handoff failures --code rebuild_conflict',
  ];
  return { ...outcome, lines: [...outcome.lines, ...next] };
}
