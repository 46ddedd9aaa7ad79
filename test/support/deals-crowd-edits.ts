import type { DealCrowd, DealEdit } from './deals-crowd.ts';
import { pairsOf } from './deals-crowd-audit.ts';
import type { LedgerWord, WrittenField } from './deals-crowd-ledger.ts';
import { dayIn, plain } from './deals-crowd-values.ts';

/** Two clocks, one of which shows whole seconds, tell the order of what lies further apart. */
const orderedMs = 2_000;

/** What became of the last value that a human typed into a field of a deal, or of its Opportunity. */
export type EditAudit = {
  /** It stands where it was typed. */
  applied: number;
  /** People went on to something else there. */
  superseded: number;
  /** Our write took its place, and the audit log has both values. */
  overruled: number;
  /** The CRM's own history shows our write on top of it, sooner after it than any write can know of what was typed since its read. */
  raced: number;
  missing: string[];
  /** The rule `newest` decided for the side that was edited first. */
  olderWon: string[];
};

type Side = DealEdit['side'];
type Names = Readonly<Record<Side, string>>;
type Pair = ReturnType<typeof pairsOf>[number];
type Past = readonly { value: unknown; atMs: number; isOurs: boolean }[];

/** Fields that are decided together stand in one unit. */
const units: readonly (readonly Names[])[] = [
  [{ hubspot: 'dealname', salesforce: 'Name' }],
  [{ hubspot: 'amount', salesforce: 'Amount' }],
  [
    { hubspot: 'dealstage', salesforce: 'StageName' },
    { hubspot: 'closedate', salesforce: 'CloseDate' },
  ],
];

/**
 * Looks for the last edit of each side of each field of every pair that neither side merged.
 * @param raceMs how long our write may lag behind its read: what a human types meanwhile no CRM lets us see
 */
export function auditDealEdits(crowd: DealCrowd, ledger: LedgerWord, raceMs: number): EditAudit {
  const audit: EditAudit = { applied: 0, superseded: 0, overruled: 0, raced: 0, missing: [], olderWon: [] };
  const edits = Map.groupBy(crowd.edits, ({ record }) => record);
  const written = Map.groupBy(ledger.fields, ({ recordId }) => recordId);
  for (const pair of pairsOf(crowd, 'deals')) {
    if (pair.record.mergedIds.length > 0) continue;
    const ids = { hubspot: pair.id, salesforce: pair.counterpart.Id };
    for (const unit of units) {
      const last = { hubspot: lastOf('hubspot'), salesforce: lastOf('salesforce') };
      for (const names of unit) for (const side of ['hubspot', 'salesforce'] as const) judge(names, side, last);

      function lastOf(side: Side): DealEdit | undefined {
        const names = unit.map((each) => each[side]);
        return edits.get(ids[side])?.findLast(({ side: where, field }) => where === side && names.includes(field));
      }
    }

    function judge(names: Names, side: Side, last: Record<Side, DealEdit | undefined>): void {
      const edit = edits.get(ids[side])?.findLast((each) => each.side === side && each.field === names[side]);
      if (edit === undefined) return;
      const ours = (written.get(ids[side]) ?? []).filter(
        ({ system, field }) => system === side && field === names[side],
      );
      const { fate, by } = fateOf(crowd, pair, edit, ours, raceMs);
      const name = `${ids.hubspot} ${ids.salesforce} ${edit.field} ${edit.value} typed in ${side}`;
      if (fate === 'missing') audit.missing.push(name);
      else audit[fate] += 1;
      const rival = last[side === 'hubspot' ? 'salesforce' : 'hubspot'];
      const isLast = edit === last[side];
      if (by === undefined || rival === undefined || !isLast || edit.atMs - rival.atMs <= orderedMs) return;
      // Who typed after our write has nothing to do with it.
      audit.olderWon.push(`${name}, after ${rival.field} ${rival.value}`);
    }
  }
  return audit;
}

type Fate = { fate: 'applied' | 'superseded' | 'overruled' | 'raced' | 'missing'; by?: WrittenField };

function fateOf(crowd: DealCrowd, pair: Pair, edit: DealEdit, ours: readonly WrittenField[], raceMs: number): Fate {
  const same = (value: unknown) => normal(crowd, edit.field, value) === normal(crowd, edit.field, edit.value);
  const held = edit.side === 'hubspot' ? pair.record.properties[edit.field] : pair.counterpart[edit.field];
  if (same(held)) return { fate: 'applied' };
  const past = pastOf(crowd, pair, edit);
  const typed = past.findLastIndex(({ value, isOurs }) => same(value) && !isOurs);
  const after = past.slice(typed + 1);
  if (typed >= 0 && after.some(({ isOurs }) => !isOurs)) return { fate: 'superseded' };
  const by = ours.find(({ before, atMs }) => same(before) && atMs >= edit.atMs - orderedMs);
  if (by !== undefined) return { fate: 'overruled', by };
  const next = after[0];
  const wasRaced = typed >= 0 && next?.isOurs === true && next.atMs - edit.atMs <= raceMs;
  return { fate: wasRaced ? 'raced' : 'missing' };
}

function normal({ timeZone }: DealCrowd, field: string, value: unknown): string {
  const text = String(value ?? '');
  if (field === 'amount' || field === 'Amount') return plain(text);
  return field === 'closedate' && text !== '' ? dayIn(timeZone, text) : text;
}

/** The field's values as the CRM tells them, the oldest first. Salesforce shows whole seconds. */
function pastOf({ hubspot, salesforce }: DealCrowd, { id, counterpart }: Pair, { side, field }: DealEdit): Past {
  if (side === 'hubspot') {
    const past = hubspot.getRecordHistory('deals', id, field).toReversed();
    return past.map(({ value, at, author }) => ({
      value,
      atMs: at,
      isOurs: author.changeSource === 'INTEGRATION',
    }));
  }
  return salesforce
    .all('OpportunityFieldHistory')
    .filter((row) => row.OpportunityId === counterpart.Id && row.Field === field)
    .map(({ NewValue, CreatedDate, CreatedById }) => ({
      value: NewValue,
      atMs: Date.parse(String(CreatedDate)),
      isOurs: CreatedById === salesforce.runAsUserId,
    }));
}
