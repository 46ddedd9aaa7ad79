/** Why the two sides may disagree on the stage, by code: a sentence for revops, and what to do about it where something can be done. */
export const stageCauses = {
  hubspot_ahead: {
    text: 'HubSpot is further along than what Salesforce says, and only a recycle moves a stage backward.',
    advice: 'Bring Salesforce up to date, or return the person with a status that lifecycle.yaml lists under recycle.',
  },
  hubspot_only: {
    text: 'HubSpot is in a later stage that lifecycle.yaml gives no counterpart in Salesforce.',
    advice: 'Nothing is to be done.',
  },
  opportunity_lost: {
    text: 'All opportunities of the person are closed and none is won; the contact keeps its stage until sales returns the person.',
    advice:
      'Return the person with a status that lifecycle.yaml lists under recycle, or give a stage `opportunity: lost` there.',
  },
  recycled: {
    text: 'Sales has returned the person, or all its deals are lost; since then marketing decides the stage in HubSpot.',
    advice: 'Nothing is to be done: the contact is reopened in Salesforce when it qualifies again.',
  },
  recycle_overtaken: {
    text: 'The contact has moved on since sales returned the person, but the person in Salesforce still says that it was returned.',
    advice: 'Change the status in Salesforce, or name under reopen in lifecycle.yaml what it becomes.',
  },
  moved_back_accepted: {
    text: 'Somebody moved the stage backward in HubSpot, and lifecycle.yaml accepts it. The next change in Salesforce decides anew.',
    advice: 'Nothing is to be done.',
  },
  stage_moved_back: {
    text: 'Somebody moved the stage backward in HubSpot after the handoff, and lifecycle.yaml asks a person to decide.',
    advice:
      'Move the stage forward again in HubSpot, or return the person in Salesforce with a status that lifecycle.yaml lists under recycle. To decide it for all contacts, set moved_back to restore or accept.',
  },
  stage_unknown: {
    text: 'The lifecycle stage in HubSpot is not in lifecycle.yaml.',
    advice: 'Add the stage to lifecycle.yaml at its place in the funnel, or give the contact another stage in HubSpot.',
  },
  status_unknown: {
    text: 'The status of the person in Salesforce is not in lifecycle.yaml.',
    advice:
      'Name the status in lifecycle.yaml, under a stage or under recycle, or give the person another status in Salesforce.',
  },
  field_frozen: {
    text: 'The stage in HubSpot kept being changed back and is left alone until a person thaws it.',
    advice: 'Find out who else writes the lifecycle stage, then thaw it.',
  },
  move_under_way: {
    text: 'A move of the stage was begun, and HubSpot has not been seen to hold it yet.',
    advice: 'Nothing is to be done: the next look finishes it.',
  },
  look_pending: {
    text: 'Something has changed since both sides were looked at last, and the next look is due.',
    advice: 'Nothing is to be done: the look decides. If it stays, see why it waits with handoff explain.',
  },
} as const satisfies Record<string, { text: string; advice: string }>;

export type StageCause = keyof typeof stageCauses;

/** Why a pair disagrees, and what to do about it. @param cause as the list of disagreements tells it: a cause, or the code of a failure */
export function describeCause(cause: string): { text: string; advice: string } {
  const known = Object.entries(stageCauses).find(([code]) => code === cause);
  if (known !== undefined) return known[1];
  if (cause === 'unexplained') {
    return { text: 'This is a fault of Handoff.', advice: 'Report it with the output of handoff explain <id>.' };
  }
  return { text: 'The contact failed with this code.', advice: 'See handoff failures.' };
}
