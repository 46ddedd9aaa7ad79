import type { AlertMessage } from '../domain/alerts/write-message.ts';

/**
 * What the webhook did with a message. `told`: it took it. `later`: it, or what lies between, could not; `retryMs`: when it wants to be asked again,
 * where it says so. `gone`: it will never take one, a person must give another address. `code`: `timeout`, `unreachable`, `http_429`, …
 */
export type Delivery =
  | { outcome: 'told' }
  | { outcome: 'later'; code: string; retryMs: number | null }
  | { outcome: 'gone'; code: string };

/** Where people are told. */
export type AlertChannel = {
  /** Sends one message; never throws. A message whose answer was lost may have arrived. */
  send(message: AlertMessage): Promise<Delivery>;
};
