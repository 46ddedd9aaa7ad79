import { registerActivate } from './activate.ts';
import { registerAlerts } from './alerts.ts';
import { registerApprove } from './approve.ts';
import { registerBackfill } from './backfill.ts';
import { registerCheck } from './check.ts';
import { codeOfUsage, createCommand, createRun } from './command.ts';
import { registerCompare } from './compare.ts';
import { registerDemo } from './demo.ts';
import type { CliDependencies } from './dependencies.ts';
import { registerErasures } from './erasures.ts';
import { registerExplain } from './explain.ts';
import { registerFailures } from './failures.ts';
import { toReport } from './faults.ts';
import { registerMigrate } from './migrate.ts';
import { registerPause } from './pause.ts';
import { registerPlan } from './plan.ts';
import { registerRebuild } from './rebuild.ts';
import { registerRevert } from './revert.ts';
import { registerRuns } from './runs.ts';
import { registerSetup } from './setup.ts';
import { registerStages } from './stages.ts';
import { registerStart } from './start.ts';
import { registerStatus } from './status.ts';
import { registerThaw } from './thaw.ts';

/**
 * Runs one command line.
 * @param argv the arguments after the program's name
 * @returns the exit code: 0 done, 1 failed or findings of severity error, 2 wrong usage
 */
export async function runCommandLine(argv: readonly string[], dependencies: CliDependencies): Promise<number> {
  let code = 0;
  const setExitCode = (next: number) => {
    code = next;
  };
  const program = createCommand(dependencies).description(
    'Hands contacts, companies and deals from HubSpot over to Salesforce and keeps both in agreement.',
  );
  const run = createRun(dependencies, setExitCode);
  registerStart(program, dependencies, setExitCode);
  registerCheck(program, dependencies, run);
  registerSetup(program, dependencies, run);
  registerDemo(program, dependencies, setExitCode);
  registerExplain(program, dependencies, run);
  registerStatus(program, dependencies, run);
  registerFailures(program, dependencies, run);
  registerBackfill(program, dependencies, run);
  registerRuns(program, dependencies, run);
  registerCompare(program, dependencies, run);
  registerRebuild(program, dependencies, run);
  registerRevert(program, dependencies, run);
  registerStages(program, dependencies, run);
  registerErasures(program, dependencies, run);
  registerPause(program, dependencies, run);
  registerApprove(program, dependencies, run);
  registerPlan(program, dependencies, run);
  registerActivate(program, dependencies, run);
  registerAlerts(program, dependencies, run);
  registerThaw(program, dependencies, run);
  registerMigrate(program, dependencies, run);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (thrown) {
    const usage = codeOfUsage(thrown);
    if (usage !== null) return usage;
    for (const line of toReport(thrown).lines) dependencies.tell(line);
    return 1;
  }
}
