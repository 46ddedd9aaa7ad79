import type { Command } from 'commander';
import { viewIncidents } from '../http/incident-views.ts';
import type { Delivery } from '../ports/alerts.ts';
import { listIncidents } from '../usecases/alerts/list-incidents.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';

/** Recent ones beside those that are open. */
const mostShown = 30;

/** `handoff alerts`: what is wrong and who was told of it; `--test` sends a message to the webhook. */
export function registerAlerts(program: Command, { withLedger, alerts }: CliDependencies, run: Run): void {
  program
    .command('alerts')
    .description('what is wrong now, what was of late, and who was told')
    .option('--test', 'send a test message to ALERT_WEBHOOK_URL')
    .option('--json', 'print one JSON document')
    .action(async (options: { test?: boolean; json?: boolean }) => {
      await run(async () => {
        if (options.test === true) return toTold(await alerts.sendTest());
        const hasWebhook = alerts.hasWebhook();
        const found = await withLedger(async (ledger) => await listIncidents(ledger, mostShown));
        return toListed(viewIncidents(found, hasWebhook));
      }, options);
    });
}

/** @param delivery null: there is no webhook */
function toTold(delivery: Delivery | null): Outcome {
  if (delivery === null) {
    const lines = ['There is no webhook: set ALERT_WEBHOOK_URL.'];
    return { json: { sent: false, code: 'no_webhook' }, lines, code: 1 };
  }
  if (delivery.outcome === 'told')
    return { json: { sent: true, code: null }, lines: ['The webhook took the message. Look whether it has arrived.'] };
  const act =
    delivery.outcome === 'gone'
      ? 'It takes no messages any more: give another address in ALERT_WEBHOOK_URL.'
      : 'Try again, and check the address and the way to it.';
  const lines = [`The webhook did not take the message (${delivery.code}). ${act}`];
  return { json: { sent: false, code: delivery.code }, lines, code: 1 };
}

function toListed({ items, open, webhook }: ReturnType<typeof viewIncidents>): Outcome {
  const how = {
    none: 'none (ALERT_WEBHOOK_URL is not set): nobody is told',
    ok: 'set; it took the last message',
    retrying: `it did not take the last message (${webhook.code}); it is tried again`,
    gone: `it takes no messages any more (${webhook.code}): give another address in ALERT_WEBHOOK_URL`,
  }[webhook.state];
  const lines = items.flatMap(({ id, title, severity, since, endedAt, fix, told }) => [
    '',
    `${endedAt === null ? severity : 'over'}: ${title} (incident ${id})`,
    `  since ${readable(since)}${endedAt === null ? '' : `, over ${readable(endedAt)}`}${told.opening === null ? ', nobody was told' : ''}`,
    ...(endedAt === null ? [`  ${fix}`] : []),
  ]);
  const head = open === 0 ? 'Nothing is wrong.' : `${open} ${open === 1 ? 'incident is' : 'incidents are'} open.`;
  return { json: { items, open, webhook }, lines: [head, `webhook    ${how}`, ...lines] };
}

function readable(moment: string): string {
  return `${moment.slice(0, 16).replace('T', ' ')} UTC`;
}
