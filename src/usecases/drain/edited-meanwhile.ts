import { stageProperty } from '../../domain/record.ts';
import type { HubSpotWriteResult } from '../../ports/hubspot.ts';
import type { ContactLook } from './look.ts';

/** A contact that HubSpot says is updated. */
export type AnsweredUpdate = { look: ContactLook; answer: Extract<HubSpotWriteResult, { ok: true }> };

type Properties = Readonly<Record<string, string | null>>;

/** Calculated by HubSpot from the stage: our own move of it changes them. */
const followsStage = /^(hs_v2_|hs_lifecyclestage_|hs_latest_)/;

/**
 * Whether the answer proves that nobody edited the contact between our read and our write. Only then may a sweep pass over the
 * modification time of our own write; where HubSpot's answer does not show every property that we read, it proves nothing.
 */
export function showsNoEdit(
  names: readonly string[],
  { contact, changes }: ContactLook,
  answered: Properties,
): boolean {
  const written = new Set(changes.map(({ field }) => field));
  return names.every((name) => written.has(name) || (answered[name] ?? null) === (contact.properties[name] ?? null));
}

/** Whether the answer shows a property that somebody else has changed since we read it. */
export function seesEdit(names: readonly string[], { contact, changes }: ContactLook, answered: Properties): boolean {
  const written = new Set(changes.map(({ field }) => field));
  return names.some((name) => {
    const now = answered[name];
    if (now === undefined || written.has(name) || (written.has(stageProperty) && followsStage.test(name))) return false;
    return (now ?? '') !== (contact.properties[name] ?? '');
  });
}
