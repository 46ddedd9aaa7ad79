import { type ErrorDetail, type ErrorKind, SyncError } from '../errors.ts';
import { type FaultContext, NEVER_SENT, REFUSED, RULES } from './error-rules.ts';
import { type Fault, findRefusedFields, findScopes, type Seen, toFault, toItemFault } from './faults.ts';
import type { ErrorBody } from './schemas.ts';

export type { FaultContext } from './error-rules.ts';

function findCorrelationId(fault: Fault): string | undefined {
  const id = fault.body?.correlationId ?? fault.headers['x-hubspot-correlation-id'];
  return id !== undefined && /^[\w-]{1,64}$/.test(id) ? id : undefined;
}

function findVendorCode(fault: Fault): string | undefined {
  const code = findRefusedFields(fault.body).codes[0] ?? fault.body?.policyName ?? fault.body?.category;
  const found = code ?? fault.networkCode;
  return found !== undefined && /^\w{1,64}$/.test(found) ? found : undefined;
}

/** The fault as the product's error. The thrown value is not kept as cause: the client puts whole bodies into its messages. */
function judge(fault: Fault, context: FaultContext): SyncError {
  const rule = RULES.find(({ when }) => when(fault)) ?? REFUSED;
  const scopes = rule.code === 'hubspot_missing_scopes' ? findScopes(fault.body) : [];
  const isSent = !NEVER_SENT.has(fault.networkCode ?? '');
  // A search's limit is told by its policy; without one (a proxy's 429) a search must not stop everything else.
  const pauses = rule.pauses === true && !(rule.code === 'hubspot_rate_limit' && context.isSearch);
  const found: ErrorDetail = {
    advice: scopes.length > 0 ? `${rule.advice} Needed: ${scopes.join(', ')}.` : rule.advice,
    vendorCode: findVendorCode(fault),
    status: fault.status,
    correlationId: findCorrelationId(fault),
    untilMs: rule.until?.(fault, context),
    pausesConnection: pauses ? true : undefined,
    mayHaveHappened: rule.answerLost === true && context.isWrite && isSent ? true : undefined,
    ...rule.names?.(fault.body),
  };
  return new SyncError(rule.kind, rule.code, rule.message, withoutUndefined(found));
}

function withoutUndefined(detail: ErrorDetail): ErrorDetail {
  return Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== undefined));
}

/** Turns whatever a call threw into a `SyncError`; one of ours passes unchanged. */
export function toHubSpotError(thrown: unknown, context: FaultContext, seen: Seen = { headers: {} }): SyncError {
  return thrown instanceof SyncError ? thrown : judge(toFault(thrown, seen), context);
}

/** Turns one entry of `errors` in a 207 into a `SyncError`. */
export function toItemError(item: ErrorBody, context: FaultContext): SyncError {
  return judge(toItemFault(item, { headers: {} }), context);
}

/** The codes of this adapter's table, for the page that documents them. */
export const hubSpotErrorCodes: readonly { code: string; kind: ErrorKind; message: string; advice: string }[] = [
  ...RULES,
  REFUSED,
].map(({ code, kind, message, advice }) => ({ code, kind, message, advice }));
