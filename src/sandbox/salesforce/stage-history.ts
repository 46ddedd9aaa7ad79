import type { Org } from './org.ts';
import { toSfDateTime } from './time.ts';
import type { SfRecord } from './types.ts';

/** What a new row of OpportunityHistory is made for (Object Reference, OpportunityHistory, Usage). */
const WATCHED = ['Amount', 'Probability', 'StageName', 'CloseDate'] as const;

/** Keeps the stage history of an opportunity: always, for every org, whatever fields it tracks. */
export function recordStage(org: Org, next: SfRecord, before: SfRecord | undefined, userId: string): void {
  const hasChanged = WATCHED.some((name) => (before?.[name] ?? null) !== (next[name] ?? null));
  if (!hasChanged) return;
  const now = toSfDateTime(org.now());
  org.store.put('OpportunityHistory', {
    Id: org.store.nextId('OpportunityHistory'),
    OpportunityId: next.Id,
    StageName: next.StageName ?? null,
    Amount: next.Amount ?? null,
    ExpectedRevenue: next.ExpectedRevenue ?? null,
    CloseDate: next.CloseDate ?? null,
    Probability: next.Probability ?? null,
    ForecastCategory: next.ForecastCategory ?? null,
    PrevAmount: before?.Amount ?? null,
    PrevCloseDate: before?.CloseDate ?? null,
    CreatedById: userId,
    CreatedDate: now,
    SystemModstamp: now,
    IsDeleted: false,
  });
}
