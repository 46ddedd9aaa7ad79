import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { SyncError } from '../../errors.ts';
import type { ChangeQuestion } from '../../ports/salesforce.ts';

/** One thing in Salesforce whose changes are read. `name` is part of the watermark's name and never changes. */
export type ChangeSource = Pick<ChangeQuestion, 'kind' | 'object' | 'stamp'> & { name: string };

/**
 * What the poller reads: five sources, as many as one composite call may query. Opportunities come with their roles: a stage that an
 * opportunity reaches does not move the stamps of the roles in it, but is the stage of the Contacts in them.
 */
const changeSources: readonly ChangeSource[] = [
  { name: 'Lead', kind: 'person', object: 'Lead', stamp: 'SystemModstamp' },
  { name: 'Contact', kind: 'person', object: 'Contact', stamp: 'SystemModstamp' },
  { name: 'OpportunityContactRole', kind: 'role', object: 'OpportunityContactRole', stamp: 'SystemModstamp' },
  { name: 'Opportunity', kind: 'record', object: 'Opportunity', stamp: 'SystemModstamp' },
  { name: 'Account', kind: 'record', object: 'Account', stamp: 'SystemModstamp' },
];

/** The sources that the mapping wants: Accounts only where companies are synced. */
export function sourcesOf({ company }: { company: Pick<CompiledMapping['company'], 'isOn'> }): readonly ChangeSource[] {
  return changeSources.filter(({ name }) => name !== 'Account' || company.isOn);
}

/** The names of a source's watermarks in the ledger: changes read closely behind, changes read once more from far back, deletions. */
export function watermarksOf({ name }: Pick<ChangeSource, 'name'>): { fast: string; wide: string; deleted: string } {
  return { fast: `salesforce.${name}.fast`, wide: `salesforce.${name}.wide`, deleted: `salesforce.${name}.deleted` };
}

/** Who may not see opportunities sees neither of them. */
const hidingSources: readonly string[] = ['OpportunityContactRole', 'Opportunity'];
const hidden: readonly string[] = ['salesforce_unknown_field', 'salesforce_missing_right'];

/** Whether a source cannot be read as the integration user may not see opportunities: then stages follow Lead and Contact alone. */
export function areHidden(sourceName: string, { code }: Pick<SyncError, 'code'>): boolean {
  return hidingSources.includes(sourceName) && hidden.includes(code);
}
