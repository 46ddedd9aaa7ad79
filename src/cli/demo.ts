import type { Command } from 'commander';
import type { CliDependencies } from './dependencies.ts';

type Options = { once?: boolean; json?: boolean };

/** `handoff demo`: the whole product between two local CRMs. `handoff sandbox`: the two local CRMs alone. */
export function registerDemo(
  program: Command,
  { demo, sandbox }: Pick<CliDependencies, 'demo' | 'sandbox'>,
  setExitCode: (code: number) => void,
): void {
  program
    .command('demo')
    .description('show the whole product at work between a local HubSpot and a local Salesforce')
    .option('--once', 'play the story and end')
    .option('--json', 'print one JSON document on the last line')
    .action(async ({ once = false, json = false }: Options) => {
      setExitCode(await demo({ once, json }));
    });
  program
    .command('sandbox')
    .description('run the local HubSpot and Salesforce alone, to try mappings on')
    .action(async () => {
      setExitCode(await sandbox());
    });
}
