import type { AlertFacts, IncidentChange, KnownIncident, WatchState } from '../domain/alerts/types.ts';
import type { Notice } from '../domain/alerts/write-message.ts';

/** What the watch asks of the ledger beside the first view. Times are epoch milliseconds. */
export type AlertReadings = Pick<
  AlertFacts,
  'oldestDueMs' | 'failures' | 'frozen' | 'runs' | 'handoffs' | 'workerSeenMs'
> & {
  /** Also those that have run out. */
  waits: readonly { system: AlertFacts['waits'][number]['system']; untilMs: number; code: string }[];
};

/** How the webhook is. `retrying`: it did not take the last message; `gone`: it never will, a person must give another address. */
export type WebhookHealth = { state: 'ok' | 'retrying' | 'gone'; code: string | null; sinceMs: number | null };

/** An incident as people see it: one that is open, or was. */
export type IncidentRow = {
  id: string;
  code: string;
  subject: string;
  state: 'open' | 'ended';
  severity: 'error' | 'warning';
  facts: Notice['facts'];
  sinceMs: number;
  openedMs: number;
  endedMs: number | null;
  openingToldMs: number | null;
  endingToldMs: number | null;
};

/** The turn to look at everything and to tell people. */
export type AlertTurn = { token: string; watch: WatchState; known: readonly KnownIncident[] };

export type IncidentLedger = {
  /** Takes the turn for so long. @returns null: another process has it */
  takeAlertTurn(leaseMs: number): Promise<AlertTurn | null>;
  /** What the decision looks at beside the first view. @param silences of which stretches, in hours, handoffs are counted @param off objects that nobody works on */
  alertReadings(silences: readonly number[], off: readonly string[]): Promise<AlertReadings>;
  /** Stores what a round has decided, in one transaction. @returns false: the turn has passed to another process, nothing was stored */
  storeAlertRound(token: string, changes: readonly IncidentChange[], watch: WatchState): Promise<boolean>;
  /**
   * What people have not been told yet, in the order in which it happened; nothing while the webhook is given time. An ending comes behind its own
   * opening. @param atOnce asks also when it is given time: this process has not tried yet
   */
  untoldNotices(limit: number, atOnce: boolean): Promise<readonly Notice[]>;
  /** A message about these was taken. */
  noteTold(notices: readonly Pick<Notice, 'id' | 'tells'>[]): Promise<void>;
  /** The webhook did not take a message. @param retryMs when to try again; it grows with each attempt where null @returns how it is now and was */
  noteWebhookFault(fault: {
    state: 'retrying' | 'gone';
    code: string;
    retryMs: number | null;
  }): Promise<{ before: WebhookHealth['state'] }>;
  /** There is no webhook: what ended more than a day ago will not be told any more. What is newer waits for a process that has one. */
  noteNobodyTold(): Promise<void>;
  /** Holds the turn for so long from now on. @returns false: it has run out, another process may have it */
  renewAlertTurn(token: string, leaseMs: number): Promise<boolean>;
  /** Gives the turn back. */
  endAlertTurn(token: string): Promise<void>;
  /** Open ones first, then those that ended last. */
  incidents(limit: number): Promise<readonly IncidentRow[]>;
  /** Those that are open, the last first, and how the webhook is: one statement, however many have ended. */
  openIncidents(limit: number): Promise<{ rows: readonly IncidentRow[]; webhook: WebhookHealth }>;
  webhookHealth(): Promise<WebhookHealth>;
};
