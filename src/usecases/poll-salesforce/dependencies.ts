import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { Spend } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RelationLedger } from '../../ports/ledger-relations.ts';
import type { SweepLedger } from '../../ports/ledger-sweep.ts';
import type { WorkLedger } from '../../ports/ledger-work.ts';
import type { Log } from '../../ports/log.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';
import type { OrgFacts } from '../drain/dependencies.ts';
import type { SeenRows } from './seen-rows.ts';

export type PollDependencies = {
  ledger: SweepLedger &
    Pick<WorkLedger, 'mark' | 'markHeldUp' | 'rememberWinners'> &
    Pick<RelationLedger, 'knownRecords' | 'recordsOf' | 'relatedTo'>;
  /** `describe`: only where deals are synced. */
  salesforce: Pick<SalesforcePort, 'readChanges' | 'describe'>;
  mapping: CompiledMapping;
  /** Cached; asked only where a row is to be compared. */
  facts(spend: Spend): Promise<OrgFacts>;
  clock: Pick<Clock, 'now'>;
  log: Log;
};

/** What the rounds of a poller share. */
export type PollContext = PollDependencies & { seen: SeenRows; spend: Spend };
