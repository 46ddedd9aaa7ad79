import type { SyncError } from '../errors.ts';
import type { Session } from './auth.ts';

/** After so many logins in a row whose sessions were refused, a person has to look. */
const MAX_RENEWALS = 2;

export type SessionKeeper = {
  /** The session in use; logs in where there is none. One login for all who wait. */
  current(): Promise<Session>;
  /**
   * A session other than `refused`. Whoever comes with the same refused one shares one login.
   * @throws SyncError needs-human `salesforce_unauthorised` after two logins in a row that did not help
   */
  renew(refused: Session): Promise<Session>;
  /** A call was accepted: the count of renewals in a row begins anew. */
  accepted(): void;
};

/**
 * Keeps the one session of a process. Bounded on purpose: jsforce by itself logs in again as long as it sees 401.
 * @param login one attempt to log in; what it throws, all waiting calls throw, and the next call tries again
 * @param toRefusal the error of those who come when renewing was given up
 */
export function createSessionKeeper(login: () => Promise<Session>, toRefusal: () => SyncError): SessionKeeper {
  let session: Session | null = null;
  let pending: Promise<Session> | null = null;
  let renewals = 0;
  /** The session in hand was refused and renewing was given up: who holds it fails, who comes new begins anew. */
  let gaveUp = false;

  function share(): Promise<Session> {
    pending ??= login()
      .then((fresh) => {
        session = fresh;
        gaveUp = false;
        return fresh;
      })
      .finally(() => {
        pending = null;
      });
    return pending;
  }

  return {
    async current() {
      if (session !== null && !gaveUp) return session;
      if (gaveUp) renewals = 0;
      return share();
    },
    async renew(refused) {
      if (pending !== null) return pending;
      if (session !== refused && session !== null) return session;
      if (gaveUp || renewals >= MAX_RENEWALS) {
        gaveUp = true;
        throw toRefusal();
      }
      renewals += 1;
      return share();
    },
    accepted() {
      renewals = 0;
    },
  };
}
