import type { Command } from 'commander';
import { viewExplanation } from '../http/views.ts';
import type { Explanation } from '../usecases/explain-contact.ts';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { count, readableTime } from './table.ts';

/** `handoff explain`: where a contact stands and which rule decided. */
export function registerExplain(program: Command, { withExplain }: CliDependencies, run: Run): void {
  program
    .command('explain')
    .description('where a contact stands, which rule decided, what the gate still lacks')
    .argument('<contact>', 'the HubSpot id or an email address of the contact')
    .option('--json', 'print one JSON document')
    .action(async (contact: string, options: { json?: boolean }) => {
      await run(
        () =>
          withExplain(async (explain) => {
            const explanation = await explain(contact);
            return { json: viewExplanation(explanation), lines: renderExplanation(explanation) };
          }),
        options,
      );
    });
}

function renderExplanation({ history, ...now }: Explanation): readonly string[] {
  const { decision, failure, pending } = history;
  return [
    `contact ${now.contactId}: ${now.sentence}`,
    `stage      ${now.stage ?? 'none'}`,
    `gate       ${now.gate.passes ? 'open' : 'closed'}: ${now.gate.text}`,
    ...now.gate.lacking.map((line) => `  lacks    ${line}`),
    `person     ${now.person === null ? 'none' : `${now.person.object} ${now.person.id}`}`,
    ...(now.fields.length === 0 ? [] : [`to write   ${now.fields.join(', ')}`]),
    ...now.reasons.map(
      ({ code, text, field }) => `  reason   ${field === undefined ? '' : `${field}: `}${text} [${code}]`,
    ),
    ...(now.problem === null ? [] : [`problem    ${now.problem.message} ${now.problem.advice} [${now.problem.code}]`]),
    `handed over ${history.handedOverAtMs === null ? 'not yet' : readableTime(history.handedOverAtMs)}`,
    ...(pending === null ? [] : [`pending    from ${pending.source}, ${count(pending.attempts, 'failed attempt')}`]),
    ...(decision === null ? [] : [`last look  ${readableTime(decision.atMs)}: ${decision.text} [${decision.code}]`]),
    ...(failure === null ? [] : [`failure    ${failure.message} ${failure.advice} [${failure.code}]`]),
  ];
}
