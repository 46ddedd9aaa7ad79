/** A condition of the gate, as the explanation tells it. */
export type Condition = {
  code: string;
  met: boolean;
  needs: string;
  now: readonly { property: string; value: string | null; label: string | null }[];
};

/** What HubSpot holds of one property of a condition. */
export type Held = { property: string; text: string; isEmpty: boolean };

/** What HubSpot holds now of all that a condition looks at; a stage by its label. Empty second emails say nothing. Pure. */
export function heldNow({ now }: Condition): Held[] {
  return now
    .map(({ property, value, label }) => {
      const text = label ?? value ?? '';
      return { property, text, isEmpty: text.trim() === '' };
    })
    .filter(({ property, isEmpty }) => !isEmpty || property !== 'hs_additional_emails');
}

/** How many of the conditions hold, in words. */
export function gateCount(conditions: readonly Condition[]): string {
  const met = conditions.filter((condition) => condition.met).length;
  return `${met} of ${conditions.length} conditions met`;
}

/** What must become true for a handoff, as one sentence; null: nothing is missing. Pure. */
export function asSoonAs(conditions: readonly Condition[]): string | null {
  const missing = conditions.filter(({ met }) => !met);
  // Whoever leaves an excluded stage for one that opens the gate meets both: the second one says nothing new.
  const told = missing.some(({ code }) => code === 'stage_below_gate')
    ? missing.filter(({ code }) => code !== 'excluded_stage')
    : missing;
  const [only] = told;
  if (only === undefined) return null;
  if (told.length > 1) return `It is handed over as soon as all ${told.length} missing conditions below are met.`;
  return `It is handed over as soon as ${lowerFirst(only.needs)}.`;
}

/** `The lifecycle stage …` goes on in a sentence; what the mapping says may begin with a name. */
function lowerFirst(text: string): string {
  return /^(?:The|There|No) /.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}
