import { describe, expect, it } from 'vitest';
import { errorTable } from '../../src/salesforce/error-table.ts';
import { rowFor, toAnswerError, toLostError, toSyncErrorOf, toVendorErrors } from '../../src/salesforce/errors.ts';

const NOW = Date.UTC(2026, 10, 22);
const SECRET = 'ann.secret@example.test';

function classify(body: unknown) {
  return toSyncErrorOf(toVendorErrors(body), NOW);
}

// Salesforce's codes and what becomes of each (the classes of the reference, §10.2).
const expected = {
  'needs-human': {
    salesforce_unauthorised: 'INVALID_SESSION_ID',
    salesforce_invalid_client: 'invalid_client invalid_client_id',
    salesforce_invalid_grant: 'invalid_grant',
    salesforce_login_refused: 'inactive_user',
    salesforce_access_blocked:
      'CLIENT_NOT_ACCESSIBLE_FOR_USER LOGIN_DURING_RESTRICTED_DOMAIN LOGIN_DURING_RESTRICTED_TIME PASSWORD_LOCKOUT TRIAL_EXPIRED ORG_LOCKED TXN_SECURITY_NO_ACCESS',
    salesforce_missing_right:
      'INSUFFICIENT_ACCESS_OR_READONLY INSUFFICIENT_ACCESS API_DISABLED_FOR_ORG FUNCTIONALITY_NOT_ENABLED TRANSFER_REQUIRES_READ',
    salesforce_record_locked: 'ENTITY_IS_LOCKED',
    salesforce_ambiguous_external_id: 'DUPLICATE_EXTERNAL_ID MULTIPLE_CHOICES',
    salesforce_duplicate_rule: 'DUPLICATES_DETECTED',
    salesforce_required_field: 'REQUIRED_FIELD_MISSING',
    salesforce_validation_rule: 'FIELD_CUSTOM_VALIDATION_EXCEPTION FIELD_FILTER_VALIDATION_EXCEPTION',
    salesforce_unknown_picklist_value: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST INVALID_STATUS',
    salesforce_bad_reference:
      'INVALID_CROSS_REFERENCE_KEY INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY MALFORMED_ID INVALID_ID_FIELD',
    salesforce_inactive_owner: 'INACTIVE_OWNER_OR_USER',
    salesforce_unknown_field: 'INVALID_FIELD INVALID_FIELD_FOR_INSERT_UPDATE FIELD_NOT_UPDATABLE INVALID_TYPE',
    salesforce_data_rule: 'FIELD_INTEGRITY_EXCEPTION DEPENDENCY_EXISTS DELETE_FAILED CANNOT_REPARENT_RECORD',
    salesforce_currency: 'INVALID_CURRENCY_ISO',
    salesforce_configuration:
      'INVALID_PERSON_ACCOUNT_OPERATION UNAVAILABLE_RECORDTYPE_EXCEPTION INVALID_ASSIGNMENT_RULE',
    salesforce_storage_full: 'STORAGE_LIMIT_EXCEEDED LICENSE_LIMIT_EXCEEDED LIMIT_EXCEEDED',
    salesforce_api_version: 'UNSUPPORTED_API_VERSION',
  },
  wait: {
    salesforce_request_limit: 'REQUEST_LIMIT_EXCEEDED',
    salesforce_maintenance:
      'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE ORG_IN_MAINTENANCE API_CURRENTLY_DISABLED FUNCTIONALITY_TEMPORARILY_UNAVAILABLE',
  },
  retryable: {
    salesforce_row_locked: 'UNABLE_TO_LOCK_ROW',
    salesforce_unavailable: 'SERVER_UNAVAILABLE ERROR_HTTP_420 ERROR_HTTP_500 ERROR_HTTP_502 ERROR_HTTP_503',
    salesforce_busy:
      'UNKNOWN_EXCEPTION INTERNAL_ERROR COLLISION_DETECTED ALREADY_IN_PROCESS TERRITORY_REALIGN_IN_PROGRESS RECORD_IN_USE_BY_WORKFLOW',
    salesforce_too_slow: 'QUERY_TIMEOUT REQUEST_RUNNING_TOO_LONG EXCEEDED_ID_LIMIT',
    salesforce_query_expired: 'INVALID_QUERY_LOCATOR',
    salesforce_rolled_back: 'ALL_OR_NONE_OPERATION_ROLLED_BACK PROCESSING_HALTED',
    salesforce_person_gone: 'ENTITY_IS_DELETED NOT_FOUND',
    salesforce_lead_converted: 'CANNOT_UPDATE_CONVERTED_LEAD',
    salesforce_duplicate_external_id: 'DUPLICATE_VALUE',
    salesforce_automation_failed:
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY APEX_ERROR CANNOT_EXECUTE_FLOW_TRIGGER FLOW_EXCEPTION TOO_MANY_APEX_REQUESTS',
    salesforce_unknown_error: 'SOME_CODE_OF_NEXT_YEAR',
  },
  permanent: {
    salesforce_text_too_long: 'STRING_TOO_LONG',
    salesforce_number_too_large: 'NUMBER_OUTSIDE_VALID_RANGE',
    salesforce_bad_value:
      'INVALID_EMAIL_ADDRESS TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET JSON_PARSER_ERROR INVALID_TYPE_ON_FIELD_IN_RECORD',
    salesforce_bad_request:
      'MALFORMED_QUERY QUERY_TOO_COMPLICATED INVALID_REPLICATION_DATE EXCEEDED_MAX_SIZE_REQUEST OPERATION_TOO_LARGE',
  },
} as const;

const cases = Object.entries(expected).flatMap(([kind, codes]) =>
  Object.entries(codes).flatMap(([ours, vendor]) =>
    String(vendor)
      .split(' ')
      .map((code) => ({ code, kind, ours })),
  ),
);

describe('what a code of Salesforce means', () => {
  it.each(cases)('$code is $kind $ours, in a record, in a call and at the token endpoint', ({ code, kind, ours }) => {
    const message = `bad value: ${SECRET}`;
    for (const body of [
      [{ statusCode: code, message, fields: ['Email'] }],
      [{ errorCode: code, message, fields: ['Email'] }],
      { error: code, error_description: message },
    ]) {
      const error = classify(body);
      expect(error).toMatchObject({ kind, code: ours, detail: { vendorCode: code } });
      expect(error.detail.advice).toMatch(/\w/);
    }
  });

  it.each([
    { vendor: 'INVALID_CROSS_REFERENCE_KEY', field: 'RecordTypeId', ours: 'salesforce_record_type' },
    { vendor: 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', field: 'RecordTypeId', ours: 'salesforce_record_type' },
    { vendor: 'INVALID_CROSS_REFERENCE_KEY', field: 'AccountId', ours: 'salesforce_bad_reference' },
    { vendor: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', field: 'StageName', ours: 'salesforce_stage_not_offered' },
    { vendor: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', field: 'CurrencyIsoCode', ours: 'salesforce_currency' },
    { vendor: 'INVALID_CURRENCY_ISO', field: 'CurrencyIsoCode', ours: 'salesforce_currency' },
    { vendor: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', field: 'Type', ours: 'salesforce_unknown_picklist_value' },
  ])('$vendor at $field is $ours', ({ vendor, field, ours }) => {
    const error = classify([{ statusCode: vendor, message: SECRET, fields: [field] }]);

    expect(error).toMatchObject({ kind: 'needs-human', code: ours, detail: { vendorCode: vendor, fields: [field] } });
  });

  it('names each code once, and once for a field', () => {
    const codes = errorTable.flatMap((row) => row.codes.map((code) => `${code} ${row.field ?? ''}`));

    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each(errorTable.filter((row) => row.showVendorMessage === undefined))(
    '$code shows nothing of the text that Salesforce sent',
    ({ codes: [code] }) => {
      const error = classify([{ statusCode: code, message: SECRET, fields: [] }]);

      expect(JSON.stringify([error.message, error.detail])).not.toContain(SECRET);
    },
  );

  it('shows the text that an admin wrote into a validation rule', () => {
    const error = classify([
      { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Choose a city.', fields: [] },
    ]);

    expect(error.message).toContain('Choose a city.');
  });

  it.each([
    { codes: ['STRING_TOO_LONG', 'REQUIRED_FIELD_MISSING'], speaks: 'REQUIRED_FIELD_MISSING' },
    { codes: ['SOMETHING_NEW', 'UNABLE_TO_LOCK_ROW'], speaks: 'UNABLE_TO_LOCK_ROW' },
    { codes: ['INVALID_FIELD', 'REQUEST_LIMIT_EXCEEDED'], speaks: 'REQUEST_LIMIT_EXCEEDED' },
  ])('of $codes, $speaks decides, and the fields of all are named', ({ codes, speaks }) => {
    const error = classify(codes.map((statusCode, index) => ({ statusCode, message: '', fields: [`F${index}`] })));

    expect(error.detail.vendorCode).toBe(speaks);
    expect(error.detail.fields).toEqual(['F0', 'F1']);
  });

  it('takes a trigger that failed over a locked row as a locked row', () => {
    const message =
      'Trigger: execution of AfterUpdate caused by: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access';

    const error = classify([{ statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message, fields: [] }]);

    expect(error.code).toBe('salesforce_row_locked');
  });

  it.each(['duplicateResut', 'duplicateResult'])('reads the matches of a duplicate rule out of %s', (key) => {
    const record = { attributes: { type: 'Lead' }, Id: '00Q000000000001', Email: SECRET };
    const detail = { allowSave: false, matchResults: [{ matchRecords: [{ record }] }] };

    const error = classify([{ errorCode: 'DUPLICATES_DETECTED', message: SECRET, [key]: detail }]);

    expect(error.detail.recordIds).toEqual(['00Q000000000001EAA']);
    expect(JSON.stringify([error.message, error.detail])).not.toContain(SECRET);
  });

  it.each([[[]], [null], ['<html>'], [{}], [[{ message: 'no code' }]], [undefined]])('takes %j as unknown', (body) => {
    expect(classify(body)).toMatchObject({ kind: 'retryable', code: 'salesforce_unknown_error' });
  });
});

describe('an answer that is an error as a whole', () => {
  it.each([
    { status: 503, body: '<html>', kind: 'retryable', code: 'salesforce_unavailable', mayHaveHappened: true },
    { status: 504, body: [], kind: 'retryable', code: 'salesforce_unavailable', mayHaveHappened: true },
    { status: 418, body: 'tea', kind: 'retryable', code: 'salesforce_unknown_error', mayHaveHappened: undefined },
    {
      status: 403,
      body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: '' }],
      kind: 'wait',
      code: 'salesforce_request_limit',
      mayHaveHappened: undefined,
    },
  ])('$status $body is $kind $code', ({ status, body, kind, code, mayHaveHappened }) => {
    const error = toAnswerError({ status, headers: { 'sforce-request-id': 'abc' }, body }, NOW);

    expect(error).toMatchObject({ kind, code, detail: { status, correlationId: 'abc' } });
    expect(error.detail.mayHaveHappened).toBe(mayHaveHappened);
  });

  it('waits 15 minutes with the whole connection when the calls are used up', () => {
    const error = toAnswerError({ status: 403, headers: {}, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] }, NOW);

    expect(error.detail).toMatchObject({ untilMs: NOW + 15 * 60_000, pausesConnection: true });
  });

  it('names the field that does not exist', () => {
    const message =
      "SELECT Id,Nope__c FROM Lead\n^\nERROR at Row:1:Column:11\nNo such column 'Nope__c' on entity 'Lead'.";

    const error = toAnswerError({ status: 400, headers: {}, body: [{ errorCode: 'INVALID_FIELD', message }] }, NOW);

    expect(error.detail.fields).toEqual(['Nope__c']);
  });
});

describe('an answer that was lost', () => {
  it.each([
    { code: 'ECONNREFUSED', ours: 'salesforce_unreachable', mayHaveHappened: false },
    { code: 'ENOTFOUND', ours: 'salesforce_unreachable', mayHaveHappened: false },
    { code: 'ECONNRESET', ours: 'salesforce_no_answer', mayHaveHappened: true },
    { code: 'UND_ERR_SOCKET', ours: 'salesforce_no_answer', mayHaveHappened: true },
  ])('$code: the call may have happened: $mayHaveHappened', ({ code, ours, mayHaveHappened }) => {
    const cause = Object.assign(new Error('socket'), { code });

    const error = toLostError(new TypeError('fetch failed', { cause }));

    expect(error).toMatchObject({ kind: 'retryable', code: ours, detail: { mayHaveHappened, vendorCode: code } });
  });
});

it('rows of codes that nobody knows are retryable', () => {
  expect(rowFor('NEVER_HEARD').kind).toBe('retryable');
});
