import type { Answer } from '../../../../src/http/contract/index.ts';

export type Funnel = Answer<'GET /funnel'>;
