import type { IncidentLedger } from '../ports/ledger-incidents.ts';
import { endTurn, renewTurn, storeRound, takeTurn } from './alerts/alert-turn.ts';
import { createTelling } from './alerts/notices.ts';
import { readAlertFacts } from './alerts/read-alert-facts.ts';
import type { LedgerContext } from './context.ts';

/** What is wrong and who was told of it: one process at a time looks. */
export function createIncidentLedger(context: LedgerContext): IncidentLedger {
  return {
    takeAlertTurn: (leaseMs) => takeTurn(context, leaseMs),
    alertReadings: (silences, off) => readAlertFacts(context, silences, off),
    storeAlertRound: (token, changes, watch) => storeRound(context, token, changes, watch),
    renewAlertTurn: (token, leaseMs) => renewTurn(context, token, leaseMs),
    endAlertTurn: (token) => endTurn(context, token),
    ...createTelling(context),
  };
}
