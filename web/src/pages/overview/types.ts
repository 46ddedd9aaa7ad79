import type { Answer } from '../../../../src/http/contract/index.ts';

export type Overview = Answer<'GET /overview'>;
