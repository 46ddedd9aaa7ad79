import type { SyncError } from '../../errors.ts';
import type { ChangeQuestion } from '../../ports/salesforce.ts';

/** One thing in Salesforce whose changes are read. `name` is part of the watermark's name and never changes. */
export type ChangeSource = Pick<ChangeQuestion, 'kind' | 'object' | 'stamp'> & { name: string };

/**
 * What the poller reads. What a further object takes to join is in decision 18: besides a line here a kind of its own, as its rows are neither
 * persons nor roles. Roles are read by their parent's stamp too: a stage that an opportunity reaches does not move the stamps of the roles in
 * it. That source is named after the roles: the name of an object belongs to the source that reads the object's own rows.
 */
export const changeSources: readonly ChangeSource[] = [
  { name: 'Lead', kind: 'person', object: 'Lead', stamp: 'SystemModstamp' },
  { name: 'Contact', kind: 'person', object: 'Contact', stamp: 'SystemModstamp' },
  { name: 'OpportunityContactRole', kind: 'role', object: 'OpportunityContactRole', stamp: 'SystemModstamp' },
  {
    name: 'OpportunityContactRole.byOpportunity',
    kind: 'role',
    object: 'OpportunityContactRole',
    stamp: 'Opportunity.SystemModstamp',
  },
];

/** The names of a source's watermarks in the ledger: changes read closely behind, changes read once more from far back, deletions. */
export function watermarksOf({ name }: Pick<ChangeSource, 'name'>): { fast: string; wide: string; deleted: string } {
  return { fast: `salesforce.${name}.fast`, wide: `salesforce.${name}.wide`, deleted: `salesforce.${name}.deleted` };
}

const hidden: readonly string[] = ['salesforce_unknown_field', 'salesforce_missing_right'];

/** Whether a source cannot be read as the integration user may not see opportunities: then stages follow Lead and Contact alone. */
export function areHidden(sourceName: string, { code }: Pick<SyncError, 'code'>): boolean {
  return changeSources.some(({ name, kind }) => name === sourceName && kind === 'role') && hidden.includes(code);
}
