import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { SalesforceObject } from '../../domain/record.ts';
import { type SyncError, toSyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { HubSpotPort, HubSpotUsage } from '../../ports/hubspot.ts';
import type {
  ActiveDuplicateRule,
  AssignmentRule,
  ObjectRights,
  SalesforcePort,
  SalesforceUsage,
} from '../../ports/salesforce.ts';

export type SurroundingsPorts = {
  hubspot: Pick<HubSpotPort, 'tokenScopes' | 'usage'>;
  salesforce: Pick<SalesforcePort, 'objectRights' | 'duplicateRules' | 'assignmentRules' | 'usage'>;
};

/** What was answered, or why it could not be asked. */
type Told<Answer> = { answer: Answer } | { fault: SyncError };

/** What decides about a sync and stands in no schema: rights, rules, limits. */
export type Surroundings = {
  scopes: Told<ReadonlySet<string> | null>;
  rights: ReadonlyMap<string, Told<ObjectRights>>;
  duplicateRules: Told<readonly ActiveDuplicateRule[] | null>;
  /** An empty list where the mapping names no rule: nobody was asked. */
  assignmentRules: Told<readonly AssignmentRule[] | null>;
  usage: { hubspot: Told<HubSpotUsage | null>; salesforce: Told<SalesforceUsage> };
};

/** Objects that the mapping may create. */
export function createdObjects({ contact, company, deal }: CompiledMapping): readonly SalesforceObject[] {
  return [
    contact.create,
    ...(company.isOn && company.createInSalesforce !== 'never' ? (['Account'] as const) : []),
    ...(deal.isOn && deal.createInSalesforce !== 'never' ? (['Opportunity'] as const) : []),
  ];
}

/** Objects that the sync reads. */
export function usedObjects({ company, deal }: CompiledMapping): readonly string[] {
  return [
    'Lead',
    'Contact',
    ...(company.isOn ? ['Account'] : []),
    ...(deal.isOn ? ['Opportunity', 'OpportunityContactRole'] : []),
  ];
}

/** Asks both CRMs. Never throws: a fault stands in the place of its answer. */
export async function readSurroundings(
  { hubspot, salesforce }: SurroundingsPorts,
  mapping: CompiledMapping,
  spend: Spend,
): Promise<Surroundings> {
  const objects = usedObjects(mapping);
  const [scopes, duplicateRules, assignmentRules, hubspotUsage, salesforceUsage, ...rights] = await Promise.all([
    told(hubspot.tokenScopes(spend)),
    told(salesforce.duplicateRules(createdObjects(mapping), spend)),
    mapping.contact.assignmentRule === false ? { answer: [] } : told(salesforce.assignmentRules(spend)),
    told(hubspot.usage(spend)),
    told(salesforce.usage(spend)),
    ...objects.map((object) => told(salesforce.objectRights(object, spend))),
  ]);
  const rightsOf = new Map(objects.flatMap((object, at) => (rights[at] === undefined ? [] : [[object, rights[at]]])));
  return {
    scopes,
    rights: rightsOf,
    duplicateRules,
    assignmentRules,
    usage: { hubspot: hubspotUsage, salesforce: salesforceUsage },
  };
}

async function told<Answer>(asking: Promise<Answer>): Promise<Told<Answer>> {
  try {
    return { answer: await asking };
  } catch (thrown) {
    return { fault: toSyncError(thrown) };
  }
}
