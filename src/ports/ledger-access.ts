/** Over which way somebody asked: signed in at the page, with a token of their own, or at the command line. */
export type ActionWay = 'page' | 'token' | 'cli';

export type NewAction = {
  /** The name of the token's owner, or of the user at the command line. */
  actor: string;
  /** Null at the command line. */
  role: 'viewer' | 'operator' | 'admin' | null;
  via: ActionWay;
  /** Such as `backfill_start`. */
  code: string;
  /** What it is about, such as a run; null: nothing in particular. */
  target: { kind: string; id: string } | null;
  /** Ids, names, codes, counts; never a value of a record nor a person's own words. */
  details: Readonly<Record<string, unknown>>;
};

/** How an action ended. */
export type ActionEnd = {
  /** `refused`: it was not to be done, and was not; `failed`: it may have been done in part. */
  outcome: 'done' | 'refused' | 'failed';
  /** The HTTP status that was answered; null at the command line. */
  status: number | null;
  /** The code of what stood in the way. */
  problem: string | null;
  /** What is only known now, such as the id of the run that was started; absent: as when it was asked for. */
  target?: NewAction['target'];
  details?: NewAction['details'];
};

/** Who is signed in and does nothing for so long is signed out. */
export const sessionIdlesMs = 2 * 3_600_000;

type SessionRow = { name: string; tokenProof: Buffer; expiresAtMs: number };

/** One POST with its key. Of the hash the ledger keeps a keyed one: what was asked for may be about a person, and nobody is to guess at it. */
export type KeyedRequest = { actor: string; key: string; requestHash: Buffer };

/** What was answered to a POST, without values of records. `answer` null: without a body. */
export type KeptAnswer = { status: number; location: string | null; answer: unknown };

/**
 * What becomes of a POST with a key: `mine`: it is to be done now; `kept`: it was done, and this was answered; `running`: somebody is at work on
 * it; `other`: the key belongs to another request.
 */
export type KeyState =
  | { state: 'mine'; worker: string }
  | { state: 'kept'; kept: KeptAnswer }
  | { state: 'running' }
  | { state: 'other' };

/** Who is signed in, what people asked for, and which requests are one and the same. Times are the database's. */
export type AccessLedger = {
  /**
   * Where the name has many already, those that were used longest ago end.
   * @param session `lastsMs`: when it ends at the latest @returns when that is, epoch milliseconds
   */
  startSession(session: { idHash: Buffer; name: string; tokenProof: Buffer; lastsMs: number }): Promise<number>;
  /**
   * The session of this hash. Null: unknown, signed out, past its end, or unused for `idleMs`.
   * @param asked `isUse`: a person asks, so it is noted as used now
   */
  findSession(idHash: Buffer, asked: { idleMs: number; isUse: boolean }): Promise<SessionRow | null>;
  endSession(idHash: Buffer): Promise<void>;

  /** Written before anything is done. @returns its id */
  askAction(action: NewAction): Promise<string>;
  endAction(id: string, end: ActionEnd): Promise<void>;

  /** Takes the key where nobody has it, or where whoever had it has not been heard of for `deadMs`; two at once: one gets it. */
  takeKey(request: KeyedRequest, deadMs: number): Promise<KeyState>;
  /** Says that the work goes on. */
  beatKey(request: Pick<KeyedRequest, 'actor' | 'key'>, worker: string): Promise<void>;
  /** Keeps what was answered. Null: the request may be sent again. */
  settleKey(request: Pick<KeyedRequest, 'actor' | 'key'>, worker: string, kept: KeptAnswer | null): Promise<void>;
};

/** What it takes to note an action. */
export type ActionLedger = Pick<AccessLedger, 'askAction' | 'endAction'>;
