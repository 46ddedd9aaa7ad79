import type { LifecycleStage } from '../mapping/types.ts';
import type { HubSpotRecord } from '../record.ts';
import { stageOf } from './effective-stage.ts';
import type { StageSeen } from './types.ts';

/** HubSpot's own note of when a stage was entered last: calculated, for custom stages too. */
export const enteredPrefix = 'hs_v2_date_entered_';
const epochShape = /^\d{9,16}$/;

/** The properties that `stagesSeen` reads; to be read with each contact. */
export function stageDateProperties(stages: readonly LifecycleStage[]): readonly string[] {
  return stages.map(({ hubspot }) => enteredPrefix + hubspot);
}

/**
 * The stages that the contact has come to without a write of ours, the earliest first. Where the previous stage is known, those entered
 * since; else all that HubSpot tells of. The present stage is `reached`, others that HubSpot has a date for are `inferred`.
 *
 * @param previous the stage when it was settled last (null: none); undefined: it never was
 * @param now epoch milliseconds: what HubSpot dates later than this is passed over
 */
export function stagesSeen(
  contact: HubSpotRecord,
  stages: readonly LifecycleStage[],
  previous: string | null | undefined,
  now: number,
): readonly StageSeen[] {
  const present = stageOf(contact);
  if (present === previous) return [];
  const entered = (stage: string) => readTime(contact.properties[enteredPrefix + stage], now);
  const since = typeof previous === 'string' ? entered(previous) : null;
  const passed = stages.flatMap(({ hubspot }): StageSeen[] => {
    const atMs = entered(hubspot);
    if (atMs === null || hubspot === present || hubspot === previous) return [];
    return since !== null && atMs <= since ? [] : [{ stage: hubspot, atMs, source: 'hubspot', code: 'inferred' }];
  });
  const presentSince = present === null ? null : (entered(present) ?? (previous === undefined ? null : now));
  const reached: StageSeen[] =
    present === null || presentSince === null
      ? []
      : [{ stage: present, atMs: presentSince, source: 'hubspot', code: 'reached' }];
  return [...passed, ...reached].sort((one, other) => one.atMs - other.atMs);
}

/** ISO 8601 or epoch milliseconds: HubSpot answers either, by API version. */
function readTime(text: string | null | undefined, now: number): number | null {
  const clean = (text ?? '').trim();
  const atMs = epochShape.test(clean) ? Number(clean) : Date.parse(clean);
  return Number.isNaN(atMs) || atMs > now ? null : atMs;
}
