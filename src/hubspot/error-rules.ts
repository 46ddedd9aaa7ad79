import type { ErrorDetail, ErrorKind } from '../errors.ts';
import { type Fault, findExistingIds, findInvalidIds, findRefusedFields } from './faults.ts';
import { nextMidnightMs } from './midnight.ts';
import type { ErrorBody } from './schemas.ts';

/** What the call was about. */
export type FaultContext = {
  /** A lost answer may mean that it was carried out. */
  isWrite: boolean;
  isSearch: boolean;
  nowMs: number;
  /** IANA name, where the account was read: the daily count ends at its midnight. */
  timeZone?: string | undefined;
};

export type Rule = {
  code: string;
  kind: ErrorKind;
  when: (fault: Fault) => boolean;
  message: string;
  advice: string;
  /** When to look again, for waits and pauses. */
  until?: (fault: Fault, context: FaultContext) => number;
  pauses?: true;
  /** No answer or a broken one: a write may have been carried out. */
  answerLost?: true;
  names?: (body: ErrorBody | undefined) => Pick<ErrorDetail, 'fields' | 'recordIds'>;
};

/** Lost connections that certainly ended before the request was sent. */
export const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
]);

const LOCK_MS = 2000;
const UNAUTHORISED_PAUSE_MS = 300_000;
const DAILY_PAUSE_MS = 3_600_000;
const WINDOW_MS = 10_000;
const SEARCH_WINDOW_MS = 1000;
const MOVE_PAUSE_MS = 60_000;

const isCode = (status: number) => (fault: Fault) => fault.nature === 'answer' && fault.status === status;
const hasFieldCode = (code: string) => (fault: Fault) => findRefusedFields(fault.body).codes.includes(code);
const hasInvalidIds = (body: ErrorBody | undefined) => body?.context?.INVALID_OBJECT_IDS !== undefined;
const hasPolicy = (policy: string) => (fault: Fault) => fault.status === 429 && fault.body?.policyName === policy;
const after = (delayMs: number) => (_fault: Fault, context: FaultContext) => context.nowMs + delayMs;

function untilNextDay(_fault: Fault, context: FaultContext): number {
  // At most an hour, so that a raised limit is noticed the same day.
  const hourMs = context.nowMs + DAILY_PAUSE_MS;
  return context.timeZone === undefined ? hourMs : Math.min(hourMs, nextMidnightMs(context.nowMs, context.timeZone));
}

function untilRetryAfter(fault: Fault, context: FaultContext): number {
  const seconds = Number(fault.headers['retry-after']);
  const isUsable = Number.isFinite(seconds) && seconds > 0;
  return context.nowMs + (isUsable ? Math.min(seconds, 86_400) * 1000 : MOVE_PAUSE_MS);
}

const fieldNames = (body: ErrorBody | undefined) => ({ fields: findRefusedFields(body).fields });

/**
 * Every way a call can fail, judged by status and stable codes alone; the first rule that fits decides. Facts: error-handling and usage
 * pages of developers.hubspot.com, read 2026-11-22.
 */
export const RULES: readonly Rule[] = [
  // No answer in time. Nothing to do unless it repeats: then look at HubSpot's status page and the network.
  {
    code: 'hubspot_timeout',
    kind: 'retryable',
    when: (fault) => fault.nature === 'timeout',
    message: 'HubSpot did not answer in time.',
    advice: 'It will be tried again. If this repeats, look at status.hubspot.com and at the network of this machine.',
    answerLost: true,
  },
  // The connection could not be made or broke. The vendor code names the socket error; check the network and HUBSPOT_BASE_URL.
  {
    code: 'hubspot_unreachable',
    kind: 'retryable',
    when: (fault) => fault.nature === 'network',
    message: 'The connection to HubSpot could not be made or broke.',
    advice: 'It will be tried again. If this repeats, check the network and HUBSPOT_BASE_URL.',
    answerLost: true,
  },
  // A success whose body cannot be read: a proxy in between, or HubSpot's fault. Nothing to do unless it repeats.
  {
    code: 'hubspot_unreadable_answer',
    kind: 'retryable',
    when: (fault) => fault.nature === 'unreadable',
    message: 'HubSpot answered something that could not be read.',
    advice:
      'It will be tried again. If this repeats, check that nothing between this machine and HubSpot alters answers.',
    answerLost: true,
  },
  // The token is wrong, revoked or expired. All HubSpot work pauses; put a valid HUBSPOT_ACCESS_TOKEN in place and restart.
  {
    code: 'hubspot_unauthorised',
    kind: 'needs-human',
    when: isCode(401),
    message: 'HubSpot does not accept the access token.',
    advice:
      'Put a valid token into HUBSPOT_ACCESS_TOKEN and restart. Until then HubSpot is asked again every five minutes.',
    until: after(UNAUTHORISED_PAUSE_MS),
    pauses: true,
  },
  // The app lacks scopes, named in the message. Grant them in the app's settings; the token may have to be rotated afterwards.
  {
    code: 'hubspot_missing_scopes',
    kind: 'needs-human',
    when: (fault) => isCode(403)(fault) && fault.body?.category === 'MISSING_SCOPES',
    message: 'The HubSpot app lacks a scope that this call needs.',
    advice: 'Grant the scopes in the settings of the HubSpot app and rotate the token if HubSpot asks for it.',
    // Every record would fail the same way: the connection waits for the person, not each record.
    until: after(UNAUTHORISED_PAUSE_MS),
    pauses: true,
  },
  // The token is fine but may not do this. Look at the app's and the record's permissions in HubSpot.
  {
    code: 'hubspot_forbidden',
    kind: 'needs-human',
    when: (fault) => isCode(403)(fault) && fault.body !== undefined,
    message: 'HubSpot forbids this call.',
    advice:
      'Check what the HubSpot app is allowed to do, and give the correlation id to HubSpot support if it should be.',
  },
  // The day's calls of the whole account are spent. Other apps count too; wait, or buy the API limit increase.
  {
    code: 'hubspot_daily_limit',
    kind: 'wait',
    when: hasPolicy('DAILY'),
    message: 'The HubSpot account has spent its API calls of today.',
    advice:
      'Work goes on after midnight of the account. All apps of the account share this limit; see its usage page in HubSpot.',
    until: untilNextDay,
    pauses: true,
  },
  // More than five searches in a second, by any app of the account. Nothing to do.
  {
    code: 'hubspot_search_limit',
    kind: 'wait',
    when: hasPolicy('SECONDLY'),
    message: 'The HubSpot account has spent its searches of this second.',
    advice: 'Nothing to do: it goes on in a moment.',
    until: after(SEARCH_WINDOW_MS),
  },
  // The app's calls of these ten seconds are spent. Lower HUBSPOT_RATE_PER_10S if another service uses the same token.
  {
    code: 'hubspot_rate_limit',
    kind: 'wait',
    when: (fault) => fault.status === 429,
    message: 'The HubSpot app has spent its API calls of these ten seconds.',
    advice: 'Nothing to do: it goes on in ten seconds. If it repeats, lower HUBSPOT_RATE_PER_10S.',
    until: after(WINDOW_MS),
    pauses: true,
  },
  // HubSpot locks a record that is written too often, for two seconds. Nothing to do.
  {
    code: 'hubspot_record_locked',
    kind: 'wait',
    when: isCode(423),
    message: 'HubSpot has locked the record for a moment because it is written too often.',
    advice: 'Nothing to do: it is tried again in two seconds.',
    until: after(LOCK_MS),
  },
  // HubSpot moves the account to another data centre, for up to a day. Nothing to do.
  {
    code: 'hubspot_account_moving',
    kind: 'wait',
    when: isCode(477),
    message: 'HubSpot is moving the account to another data centre.',
    advice: 'Nothing to do: work goes on when HubSpot says so.',
    until: untilRetryAfter,
    pauses: true,
  },
  // An email or a value of a unique property belongs to another record (its id is in the record ids). Merge the two or correct one.
  {
    code: 'hubspot_duplicate_value',
    kind: 'needs-human',
    when: (fault) => isCode(409)(fault) || hasFieldCode('CONFLICTING_UNIQUE_VALUE')(fault),
    message: 'Another HubSpot record already has this unique value.',
    advice: 'Compare the records in HubSpot, then merge them or correct the value on one of them.',
    names: (body) => ({ ...fieldNames(body), recordIds: findExistingIds(body) }),
  },
  // A property does not exist in this portal. Correct the mapping, or run `handoff setup` where it is ours.
  {
    code: 'hubspot_unknown_property',
    kind: 'needs-human',
    when: (fault) => isCode(400)(fault) && hasFieldCode('PROPERTY_DOESNT_EXIST')(fault),
    message: 'A property does not exist in HubSpot.',
    advice: 'Correct its name in the mapping, or create it (handoff setup creates those of Handoff).',
    names: fieldNames,
  },
  // The record is deleted, or was never there; or an association names such a record. Nothing to do.
  {
    code: 'hubspot_not_found',
    kind: 'permanent',
    when: (fault) =>
      (isCode(404)(fault) && fault.body !== undefined) || (isCode(400)(fault) && hasInvalidIds(fault.body)),
    message: 'HubSpot has no such record.',
    advice: 'Nothing to do, unless it should be there: then look into the recycle bin in HubSpot.',
    names: (body) => (hasInvalidIds(body) ? { recordIds: findInvalidIds(body) } : {}),
  },
  // HubSpot refuses a value: the vendor code says why (INVALID_OPTION, INVALID_EMAIL, READ_ONLY_VALUE …). Correct data or mapping.
  {
    code: 'hubspot_invalid_value',
    kind: 'needs-human',
    when: (fault) => isCode(400)(fault) && fault.body?.category === 'VALIDATION_ERROR',
    message: 'HubSpot does not accept a value for this record.',
    advice: 'Look at the named properties: correct the value, the options of the property, or the mapping.',
    names: fieldNames,
  },
  // The URL is too long, or the record took part in 250 merges. The record needs a look in HubSpot.
  {
    code: 'hubspot_request_too_long',
    kind: 'needs-human',
    when: isCode(414),
    message: 'HubSpot refuses the request as too long.',
    advice: 'Map fewer properties, or look whether the record took part in more than 250 merges.',
  },
  // HubSpot is down or overloaded. Nothing to do.
  {
    code: 'hubspot_unavailable',
    kind: 'retryable',
    when: (fault) => fault.nature === 'answer' && (fault.status ?? 0) >= 500,
    message: 'HubSpot is not available at the moment.',
    advice: 'It will be tried again. If this repeats, look at status.hubspot.com.',
    answerLost: true,
  },
];

/** Anything else: tried again with growing waits, shown among the failures from the third attempt on. Give status and correlation id to support. */
export const REFUSED: Rule = {
  code: 'hubspot_request_refused',
  kind: 'retryable',
  when: () => true,
  message: 'HubSpot refused the request for a reason that Handoff does not know.',
  advice:
    'It will be tried again. If this repeats, check HUBSPOT_BASE_URL and give the correlation id to HubSpot support.',
};
