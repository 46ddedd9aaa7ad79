import { type AlertMessage, type Notice, writeDigest, writeMessage } from '../../domain/alerts/write-message.ts';
import type { AlertChannel, Delivery } from '../../ports/alerts.ts';
import type { IncidentLedger } from '../../ports/ledger-incidents.ts';
import type { Log } from '../../ports/log.ts';

export type TellDependencies = {
  ledger: Pick<IncidentLedger, 'untoldNotices' | 'noteTold' | 'noteWebhookFault' | 'noteNobodyTold'>;
  /** Null: there is no webhook. */
  channel: AlertChannel | null;
  /** Base of the page, for links; null: not known. */
  pageUrl: string | null;
  log: Log;
  /** Whether this process has not tried yet: whoever restarts it may have given another address. */
  isFirstTry(): boolean;
  /** Holds the turn to tell people while one more message is sent. @returns false: another process may have it */
  renew(): Promise<boolean>;
};

/** More at once go into one message. */
const mostMessages = 5;
const mostNotices = 500;
/** An address that is gone is tried again so often: somebody may have brought the channel back. */
const goneRetryMs = 3_600_000;

/**
 * Tells people what they have not been told, oldest first, until the webhook does not take a message: then the rest waits with it. Each message is
 * noted as soon as it was taken. Where the turn is lost, the rest is left to whoever has it: two never send the same.
 */
export async function tellPeople(dependencies: TellDependencies): Promise<void> {
  const { ledger, channel, pageUrl } = dependencies;
  if (channel === null) return await ledger.noteNobodyTold();
  const notices = await ledger.untoldNotices(mostNotices, dependencies.isFirstTry());
  for (const { message, about } of toMessages(notices, pageUrl)) {
    if (!(await dependencies.renew())) return;
    const delivery = await channel.send(message);
    if (delivery.outcome !== 'told') return await noteFault(dependencies, delivery);
    await ledger.noteTold(about);
  }
}

function toMessages(
  notices: readonly Notice[],
  pageUrl: string | null,
): readonly { message: AlertMessage; about: readonly Notice[] }[] {
  if (notices.length > mostMessages) return [{ message: writeDigest(notices, pageUrl), about: notices }];
  return notices.map((notice) => ({ message: writeMessage(notice, pageUrl), about: [notice] }));
}

async function noteFault(
  { ledger, log }: TellDependencies,
  delivery: Exclude<Delivery, { outcome: 'told' }>,
): Promise<void> {
  const { code } = delivery;
  if (delivery.outcome === 'later') {
    const { before } = await ledger.noteWebhookFault({ state: 'retrying', code, retryMs: delivery.retryMs });
    if (before !== 'retrying') log.warn({ errorCode: code }, 'the alert webhook took no message, it is tried again');
    return;
  }
  const { before } = await ledger.noteWebhookFault({ state: 'gone', code, retryMs: goneRetryMs });
  if (before !== 'gone')
    log.error({ errorCode: code }, 'the alert webhook is gone: give another address in ALERT_WEBHOOK_URL');
}
