import type { MergeInput } from '../merge/types.ts';
import type { SalesforcePerson } from '../record.ts';
import type { PlanInput } from './types.ts';

/** A contact and its person as the merge of their fields wants them. @param sendsToSalesforce false: handed over and below the gate */
export function mergeInputOf(input: PlanInput, person: SalesforcePerson, sendsToSalesforce: boolean): MergeInput {
  const { now, contact, pair, histories, mapping, ourUserId, fieldFacts } = input;
  return {
    now,
    hubspot: { object: 'contact', id: contact.id, properties: contact.properties, updatedAtMs: contact.updatedAtMs },
    salesforce: person,
    pair,
    histories,
    fights: mapping.fights,
    ourUserId,
    sendsToSalesforce,
    fieldFacts,
  };
}
