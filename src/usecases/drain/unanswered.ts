import { SyncError } from '../../errors.ts';

/** What counts as the answer to a write of a contact where HubSpot left it out: it may have been carried out. */
export const hubSpotUnanswered = new SyncError(
  'retryable',
  'hubspot_no_answer',
  'HubSpot did not answer for this contact; it will be asked again.',
  { mayHaveHappened: true },
);

/** The same for a write of a person in Salesforce. */
export const salesforceUnanswered = new SyncError(
  'retryable',
  'salesforce_no_answer',
  'Salesforce did not answer for this person; it will be asked again.',
  { mayHaveHappened: true },
);
