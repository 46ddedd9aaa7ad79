import { runCommandLine } from './cli/program.ts';
import { createCliDependencies } from './service/cli-dependencies.ts';

const dependencies = createCliDependencies({ exitNow: (code) => process.exit(code) });
// The only end of the process: what a command leaves open by accident may not keep it alive.
process.exit(await runCommandLine(process.argv.slice(2), dependencies));
