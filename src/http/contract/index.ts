import type { z } from 'zod';
import { activityEndpoints } from './activity.ts';
import type { Endpoint } from './endpoint.ts';
import { erasuresEndpoints } from './erasures.ts';
import { failuresEndpoints } from './failures.ts';
import { funnelEndpoints } from './funnel.ts';
import { incidentEndpoints } from './incidents.ts';
import { mappingEndpoints } from './mappings.ts';
import { overviewEndpoints } from './overview.ts';
import { planEndpoints } from './plan.ts';
import { recordsEndpoints } from './records.ts';
import { referenceEndpoints } from './reference.ts';
import { runsEndpoints } from './runs.ts';
import { searchEndpoints } from './search.ts';
import { sessionEndpoints } from './session.ts';
import { statusEndpoints } from './status.ts';

/** All of `/api/v1`, by method and path. */
export const endpoints = {
  ...sessionEndpoints,
  ...overviewEndpoints,
  ...statusEndpoints,
  ...incidentEndpoints,
  ...searchEndpoints,
  ...recordsEndpoints,
  ...failuresEndpoints,
  ...erasuresEndpoints,
  ...funnelEndpoints,
  ...activityEndpoints,
  ...mappingEndpoints,
  ...planEndpoints,
  ...runsEndpoints,
  ...referenceEndpoints,
} satisfies Record<`${'GET' | 'POST' | 'DELETE'} /${string}`, Endpoint>;

type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;

type Part<Name extends EndpointName, Key extends keyof Endpoint> =
  Endpoints[Name] extends Record<Key, infer Schema> ? Schema : undefined;

/** What an endpoint answers, as JSON. */
export type Answer<Name extends EndpointName> = Part<Name, 'answer'> extends z.ZodType<infer Told> ? Told : undefined;

/** What a caller gives, before defaults are filled in. */
export type Given<Name extends EndpointName, Key extends 'params' | 'query' | 'body'> =
  Part<Name, Key> extends z.ZodType ? z.input<Part<Name, Key>> : undefined;

/** What a handler is given: parsed, with defaults. */
export type Read<Name extends EndpointName, Key extends 'params' | 'query' | 'body'> =
  Part<Name, Key> extends z.ZodType ? z.output<Part<Name, Key>> : undefined;
