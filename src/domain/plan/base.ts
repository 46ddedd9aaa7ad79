import { stageFactsKey } from '../lifecycle/types.ts';
import { baseAfterHubSpot, baseAfterWrite } from '../merge/base.ts';
import { type FieldValues, stageProperty } from '../record.ts';
import type { Base, Plan } from './types.ts';

/** The base to store after a contact's plan was carried out in Salesforce. @param held what Salesforce held when read back, by field */
export function baseAfter({ write, agreed, blanks }: Plan, held: FieldValues): Base | null {
  const { operation, changes } = write ?? { operation: null, changes: [] };
  return baseAfterWrite({ operation, changes, agreed, blanks }, held);
}

/** The base to store after the contact was written. @param answered what HubSpot holds by its answer, by property */
export function baseAfterContact({ contact }: Plan, answered: FieldValues): Base | null {
  return baseAfterHubSpot(contact, answered);
}

/** The base of the stage once a decision about it was carried out; null: it stays as it is. */
export function baseOfStage({ stage }: Plan): Base | null {
  if (stage.agreed === null) return null;
  return {
    hubspot: { [stageProperty]: stage.agreed.hubspot },
    salesforce: { [stageFactsKey]: stage.agreed.facts },
  };
}
