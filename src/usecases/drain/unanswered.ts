import { SyncError } from '../../errors.ts';

/** What counts as the answer to a write where HubSpot left it out: it may have been carried out. */
export const hubSpotUnanswered = new SyncError(
  'retryable',
  'hubspot_no_answer',
  'HubSpot did not answer for this record; it will be asked again.',
  { mayHaveHappened: true },
);

/** The same for a write in Salesforce. */
export const salesforceUnanswered = new SyncError(
  'retryable',
  'salesforce_no_answer',
  'Salesforce did not answer for this record; it will be asked again.',
  { mayHaveHappened: true },
);

/** A read that HubSpot left out of its answer. */
export const hubSpotSilent = new SyncError(
  'retryable',
  'hubspot_no_answer',
  'HubSpot did not answer for this record; it will be asked again.',
);

/** Without that past nobody can tell whose value is the newer one. */
export const historyUnread = new SyncError(
  'retryable',
  'history_not_read',
  'The past of a contested field could not be read; the record is looked at again.',
  {
    advice:
      'Nothing to do: it is tried again by itself. Without that past nobody can tell whose value is the newer one.',
  },
);
