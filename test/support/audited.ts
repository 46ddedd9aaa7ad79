import type { Audited } from '../../src/cli/audited.ts';
import type { ActionLedger } from '../../src/ports/ledger-access.ts';

/** Notes nothing, for tests of what is done. */
export const unaudited: Audited = async (_ledger, _action, work) => await work();

/** Takes what is noted, and keeps nothing of it. */
export const noActions: ActionLedger = { askAction: async () => '1', endAction: async () => undefined };
