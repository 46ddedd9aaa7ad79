import type { HubSpotObject, SalesforceObject } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Preview } from './types.ts';

/** The preview of a record of which nothing can be planned. */
function nothingPlanned(object: HubSpotObject | SalesforceObject, recordId: string, outcome: string): Preview {
  const isHubSpot = object === 'contact' || object === 'company' || object === 'deal';
  return {
    system: isHubSpot ? 'hubspot' : 'salesforce',
    object,
    recordId,
    outcome,
    passesGate: null,
    counterpart: null,
    creates: false,
    changes: [],
    reasons: [],
    problem: null,
  };
}

/** HubSpot or Salesforce has no such record, or could not be asked for it. */
export function previewOfEnded(
  object: HubSpotObject | SalesforceObject,
  recordId: string,
  how: 'gone' | SyncError,
): Preview {
  if (!(how instanceof SyncError)) {
    const text = 'The CRM has no such record any more; the next look at it ends its pair.';
    return { ...nothingPlanned(object, recordId, 'gone'), reasons: [{ code: 'record_gone', text }] };
  }
  const { code, message, detail } = how;
  return previewUnread(object, recordId, { code, text: message, ...detail });
}

/** A record whose plan a CRM's fault kept from being made. */
export function previewOfFailed(object: HubSpotObject | SalesforceObject, recordId: string, result: RecordResult) {
  const { code = 'unexpected', text = 'It could not be planned.' } = result.decision ?? {};
  return previewUnread(object, recordId, { code, text, ...result.failure });
}

type Told = { code: string; text: string; advice?: string };

function previewUnread(
  object: HubSpotObject | SalesforceObject,
  recordId: string,
  { code, text, advice = 'Nothing to do: ask again. See docs/errors.md for this code.' }: Told,
): Preview {
  const problem = { code, message: text, advice, fields: [], recordIds: [] };
  return { ...nothingPlanned(object, recordId, 'unread'), problem };
}

/** The mapping has this kind off: it is left alone on both sides. */
export function previewOfOff(object: HubSpotObject | SalesforceObject, recordId: string): Preview {
  const file = object === 'company' || object === 'Account' ? 'companies.yaml' : 'deals.yaml';
  const text = `${file} has them switched off: they are left alone on both sides.`;
  return { ...nothingPlanned(object, recordId, 'not_wanted'), reasons: [{ code: 'sync_off', text }] };
}
