import type { Answer } from '../../../../src/http/contract/index.ts';

export type Entry = Answer<'GET /activity'>['items'][number];
export type Change = Entry['changes'][number];
