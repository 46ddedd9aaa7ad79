import type { AccessLedger } from '../../ports/ledger-access.ts';
import type { LedgerContext } from '../context.ts';
import { createActionLedger } from './actions.ts';
import { createKeyLedger } from './idempotency-keys.ts';
import { createSessionLedger } from './sessions.ts';

/** Sessions, actions and idempotency keys. */
export function createAccessLedger(context: LedgerContext): AccessLedger {
  return { ...createSessionLedger(context), ...createActionLedger(context), ...createKeyLedger(context) };
}
