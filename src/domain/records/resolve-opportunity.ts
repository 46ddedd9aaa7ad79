import { type Resolution, resolveByMemory } from './resolve-record.ts';
import type { DealInput } from './types.ts';

/** Finds the Opportunity of a deal by what remembers it. There is no natural key: two deals of one name are two deals. */
export function resolveOpportunity(deal: DealInput): Resolution {
  return resolveByMemory('Opportunity', { ...deal, events: deal.mapping.events });
}
