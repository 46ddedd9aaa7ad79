import {
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryOptions,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Answer, EndpointName } from '../../../src/http/contract/index.ts';
import { type Asked, call } from './client.ts';
import type { Problem } from './problem.ts';

type Reading = Extract<EndpointName, `GET ${string}`>;
type Acting = Exclude<EndpointName, `GET ${string}`>;
/** Lists with a cursor. */
type Listing = {
  [Name in Reading]: Answer<Name> extends { items: readonly unknown[]; nextCursor: string | null } ? Name : never;
}[Reading];

type Options<Told> = Pick<
  UseQueryOptions<Told, Problem>,
  'enabled' | 'staleTime' | 'refetchInterval' | 'placeholderData' | 'retry'
>;

/** Asks an endpoint, and again when the service says that what it tells has changed. */
export function useApi<Name extends Reading>(
  name: Name,
  given: Asked<Name>,
  options: Options<Answer<Name>> = {},
): UseQueryResult<Answer<Name>, Problem> {
  return useQuery<Answer<Name>, Problem>({
    queryKey: [name, given],
    queryFn: ({ signal }) => call(name, given, { signal }),
    ...options,
  });
}

export type Pages<Name extends EndpointName> = UseInfiniteQueryResult<{ pages: Answer<Name>[] }, Problem>;

/**
 * A list page by page: `data.pages`, `hasNextPage`, `fetchNextPage()`. `calm`: what somebody reads does not move away under their eyes; it is asked anew
 * by `refetch` alone.
 */
export function useApiPages<Name extends Listing>(
  name: Name,
  given: Asked<Name>,
  { enabled = true, calm = false }: { enabled?: boolean; calm?: boolean } = {},
): Pages<Name> {
  return useInfiniteQuery<Answer<Name>, Problem, { pages: Answer<Name>[] }, readonly unknown[], string | null>({
    queryKey: [name, given, 'pages'],
    queryFn: ({ signal, pageParam }) => call(name, withCursor(given, pageParam), { signal }),
    initialPageParam: null,
    getNextPageParam: (last) => cursorOf(last),
    enabled,
    ...(calm ? { staleTime: Number.POSITIVE_INFINITY, refetchOnMount: 'always', refetchOnWindowFocus: false } : {}),
    meta: { calm },
  });
}

function withCursor<Name extends EndpointName>(given: Asked<Name>, cursor: string | null): Asked<Name> {
  if (cursor === null) return given;
  const query: unknown = Reflect.get(given, 'query');
  return { ...given, query: { ...(query ?? {}), cursor } };
}

function cursorOf(page: unknown): string | null {
  const cursor: unknown = typeof page === 'object' && page !== null ? Reflect.get(page, 'nextCursor') : null;
  return typeof cursor === 'string' ? cursor : null;
}

type Press<Name extends EndpointName> = { given: Asked<Name>; key: string };
export type Action<Name extends EndpointName> = {
  /** One press: retries of it carry the same idempotency key, the next press a new one. */
  press(given: Asked<Name>, then?: (answer: Answer<Name>) => void): void;
  busy: boolean;
  problem: Problem | null;
  mutation: UseMutationResult<Answer<Name>, Problem, Press<Name>>;
};

/**
 * A button's work. Problems are shown as a notice unless `quiet`, which is for places that show `problem` themselves; afterwards
 * everything on the page is asked anew.
 */
export function useAction<Name extends Acting>(name: Name, { quiet = false }: { quiet?: boolean } = {}): Action<Name> {
  const client = useQueryClient();
  const mutation = useMutation<Answer<Name>, Problem, Press<Name>>({
    mutationFn: ({ given, key }) => call(name, given, { key }),
    onSuccess: () => void client.invalidateQueries(),
    meta: { quiet },
  });
  return {
    press: (given, then) => mutation.mutate({ given, key: newKey() }, then === undefined ? {} : { onSuccess: then }),
    busy: mutation.isPending,
    problem: mutation.error,
    mutation,
  };
}

/** `crypto.randomUUID` is missing on plain http. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
