import type { Answer } from '../../../../src/http/contract/index.ts';

export type Overview = Answer<'GET /overview'>;
export type Incidents = Answer<'GET /incidents'>;
export type Incident = Incidents['items'][number];
