import type { Given } from '../../../../src/http/contract/index.ts';

/** What the list can be narrowed to; each stands in the address under its own name. */
export const filterNames = ['kind', 'actor', 'system', 'object', 'record', 'run', 'field', 'from', 'to'] as const;
export type FilterName = (typeof filterNames)[number];
export type Filter = Partial<Record<FilterName, string>>;

type Query = NonNullable<Given<'GET /activity.csv', 'query'>>;

/** The filters that an address holds. */
export function readFilter(params: URLSearchParams): Filter {
  return Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = params.get(name)?.trim() ?? '';
      return value === '' ? [] : [[name, value]];
    }),
  );
}

/** The same for the service, which refuses what it does not know; words that this page does not offer are left out. */
export function toQuery({ kind, system, ...others }: Filter): Query {
  return {
    ...others,
    ...(kind === 'action' || kind === 'write' || kind === 'stage' ? { kind } : {}),
    ...(system === 'hubspot' || system === 'salesforce' ? { system } : {}),
  };
}
