import type { PlanProblem } from './types.ts';

/** What a person must answer before a contact may be paired, whoever it is about. */
export type Question = Pick<PlanProblem, 'code' | 'message' | 'advice'>;

/** The question about these records. */
export function toProblem(question: Question, recordIds: readonly string[]): PlanProblem {
  return { ...question, fields: [], recordIds: [...new Set(recordIds)] };
}

export const severalPersons: Question = {
  code: 'several_persons',
  message: 'Several persons in Salesforce could be this contact.',
  advice:
    'Merge them in Salesforce, or put the id of the right one into salesforce_person_id of the contact in HubSpot.',
};

export const personTaken: Question = {
  code: 'person_taken',
  message: 'The person found in Salesforce already belongs to another HubSpot contact.',
  advice:
    'Merge the two contacts in HubSpot, or give one of them another email address. Where the other contact no longer exists, clear HubSpot_Contact_Id__c of the person in Salesforce.',
};

export const personDeleted: Question = {
  code: 'person_deleted',
  message: 'This contact had a person in Salesforce who was deleted; nobody is created in its place.',
  advice:
    'Restore the person from the Salesforce recycle bin, or put the id of the right one into salesforce_person_id.',
};

export const personUnlinked: Question = {
  code: 'person_unlinked',
  message: 'The person of this contact was deleted on purpose and both were unlinked; nobody is created in its place.',
  advice:
    'If that was intended, nothing needs doing. Else restore the person in Salesforce, or put the id of the right one into salesforce_person_id.',
};

export const personRestored: Question = {
  code: 'person_restored',
  message: 'The person of this contact had been deleted in Salesforce and is there again.',
  advice:
    'Delete the person again, or set "restored_in_salesforce: relink" under "events" in contacts.yaml to link both anew.',
};

export const personMerged: Question = {
  code: 'person_merged',
  message: 'The person of this contact was merged into another one in Salesforce.',
  advice: 'Put the id of the person that is left into salesforce_person_id of the contact, if it is the same human.',
};

export const contactErased: Question = {
  code: 'contact_erased',
  message: 'This contact was erased for privacy; nobody is created or linked for it again.',
  advice: 'Nothing needs doing. Somebody who comes back of their own accord is a new contact in HubSpot.',
};
