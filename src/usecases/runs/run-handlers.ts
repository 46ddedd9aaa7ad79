import { comparison } from '../compare-both/comparison.ts';
import { applyMapping } from '../preview/apply-mapping.ts';
import { rebuild } from '../rebuild/rebuild.ts';
import { revertRun } from '../revert/revert-run.ts';
import { backfill } from './backfill/backfill.ts';
import type { RunHandlers } from './run-handler.ts';

/** What each kind of run does: a new kind is one line here. */
export const runHandlers: RunHandlers = { apply: applyMapping, backfill, comparison, rebuild, revert: revertRun };
