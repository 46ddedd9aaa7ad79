import { isFrozen } from '../merge/fights.ts';
import type { Base, FieldChange } from '../plan/types.ts';
import { stageProperty } from '../record.ts';
import type { CompanyInput, DealState } from './types.ts';

/** The name in the base under which stands what the deals of a company had come to when its stage was settled by them. */
const dealsKey = 'deals';

/**
 * The stage of a company follows its deals, forward alone: the first open one, then the first won one. Each news moves it once, so that a stage
 * that a human sets later stays.
 */
export function followDeals(
  company: Pick<CompanyInput, 'mapping' | 'deals' | 'stages' | 'record' | 'pair'> & { base?: Base | null },
): { change: FieldChange | null; agreed: Base | null } {
  const { mapping, deals, stages, record, pair, base = pair?.base } = company;
  const current = record.properties[stageProperty];
  const word = furthest(deals);
  const nothing = { change: null, agreed: null };
  if (!mapping.stageFollowsDeals || word === null || current === undefined) return nothing;
  if (base?.salesforce[dealsKey] === word || isFrozen({ pair }, { system: 'hubspot', field: stageProperty }))
    return nothing;
  const target = stages[word];
  if (target !== null && isForward(stages.order, current, target)) {
    const source = { source: dealsKey, sourceValue: word };
    return {
      ...nothing,
      change: { field: stageProperty, before: current, after: target, rule: 'lifecycle', ...source },
    };
  }
  return { ...nothing, agreed: { hubspot: { [stageProperty]: current }, salesforce: { [dealsKey]: word } } };
}

function furthest(deals: readonly DealState[]): 'open' | 'won' | null {
  if (deals.includes('won')) return 'won';
  return deals.includes('open') ? 'open' : null;
}

/** From a stage that the mapping does not know nothing is forward. */
function isForward(order: readonly string[], current: string | null, target: string): boolean {
  const from = current === null || current === '' ? -1 : order.indexOf(current);
  return (from >= 0 || !current) && order.indexOf(target) > from;
}
