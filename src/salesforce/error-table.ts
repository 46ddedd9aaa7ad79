import type { ErrorKind } from '../errors.ts';

/** What one vendor code means to us. `pause`: the whole connection waits that many minutes. */
export type ErrorRow = {
  codes: readonly string[];
  /** The row speaks for its codes only where the error stands at this field, and goes before others then. */
  field?: string;
  kind: ErrorKind;
  code: string;
  message: string;
  advice: string;
  pauseMinutes?: number;
  /** The vendor's own text is static, written by the org's admin, and may be shown. */
  showVendorMessage?: true;
};

const retrying = 'Nothing: it is tried again by itself. If it repeats for hours, look at the status page of the org.';

/**
 * The codes of Salesforce and what becomes of each. Which code is which kind is our judgement; the codes are those of the partner WSDL
 * (StatusCode, ExceptionCode) and of the OAuth endpoint.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
 */
export const errorTable: readonly ErrorRow[] = [
  {
    codes: ['INVALID_SESSION_ID'],
    kind: 'needs-human',
    code: 'salesforce_unauthorised',
    message: 'Salesforce does not accept the session, even after a new login.',
    advice:
      'Check that the integration user is active, may use the API, and that its IP and login-hour rules let Handoff in.',
    pauseMinutes: 5,
  },
  {
    codes: ['invalid_client', 'invalid_client_id', 'unauthorized_client'],
    kind: 'needs-human',
    code: 'salesforce_invalid_client',
    message: 'Salesforce does not know the external client app, or its secret is wrong.',
    advice:
      'Compare SALESFORCE_CLIENT_ID and the secret or certificate with the external client app, and check that its flow is enabled.',
    pauseMinutes: 5,
  },
  {
    codes: ['invalid_grant'],
    kind: 'needs-human',
    code: 'salesforce_invalid_grant',
    message: 'Salesforce refused the login of the integration user.',
    advice:
      'Client credentials: use the My Domain URL and name a run-as user. JWT: pre-authorise the app for the user (permission set or profile), upload the certificate that belongs to the key, and let SALESFORCE_JWT_AUDIENCE be login.salesforce.com, or test.salesforce.com for a sandbox.',
    pauseMinutes: 5,
  },
  {
    codes: [
      'inactive_user',
      'inactive_org',
      'org_locked',
      'invalid_app_access',
      'unsupported_grant_type',
      'invalid_request',
      'invalid_scope',
      'access_denied',
    ],
    kind: 'needs-human',
    code: 'salesforce_login_refused',
    message: 'Salesforce refused the login.',
    advice:
      'Check that the org and the integration user are active, that the app may be used by that user, and that the flow is enabled for it.',
    pauseMinutes: 5,
  },
  {
    codes: [
      'INVALID_LOGIN',
      'CLIENT_NOT_ACCESSIBLE_FOR_USER',
      'LOGIN_DURING_RESTRICTED_DOMAIN',
      'LOGIN_DURING_RESTRICTED_TIME',
      'PASSWORD_LOCKOUT',
      'TRIAL_EXPIRED',
      'ORG_LOCKED',
      'TXN_SECURITY_APEX_ERROR',
      'TXN_SECURITY_METERING_ERROR',
      'TXN_SECURITY_NO_ACCESS',
      'TXN_SECURITY_RUNTIME_EXCEPTION',
      'TXN_SECURITY_END_SESSION',
      'TXN_SECURITY_FORCE_LOGOUT',
    ],
    kind: 'needs-human',
    code: 'salesforce_access_blocked',
    message: 'The org blocks the integration user.',
    advice:
      'Check login hours, IP ranges, transaction security policies, the lock state of the user and whether the org is active.',
    pauseMinutes: 5,
  },
  {
    codes: [
      'API_DISABLED_FOR_ORG',
      'INSUFFICIENT_ACCESS',
      'INSUFFICIENT_ACCESS_OR_READONLY',
      'FUNCTIONALITY_NOT_ENABLED',
      'TRANSFER_REQUIRES_READ',
    ],
    kind: 'needs-human',
    code: 'salesforce_missing_right',
    message: 'The integration user may not do this in Salesforce.',
    advice:
      'Give the integration user API access, read and edit rights on the object and its fields, and the right to transfer the record.',
  },
  {
    codes: ['REQUEST_LIMIT_EXCEEDED'],
    kind: 'wait',
    code: 'salesforce_request_limit',
    message: 'The org has used up its API calls (per day or at the same time); Handoff waits.',
    advice:
      'If this repeats, see Setup, Company Information, API Requests, and lower SALESFORCE_DAILY_BUDGET or another integration.',
    pauseMinutes: 15,
  },
  {
    codes: ['UNABLE_TO_LOCK_ROW'],
    kind: 'retryable',
    code: 'salesforce_row_locked',
    message: 'Somebody else was changing the same record or its account.',
    advice: retrying,
  },
  {
    codes: [
      'SERVER_UNAVAILABLE',
      'ERROR_HTTP_420',
      'ERROR_HTTP_500',
      'ERROR_HTTP_502',
      'ERROR_HTTP_503',
      'ERROR_HTTP_504',
      'ERROR_HTTP_429',
    ],
    kind: 'retryable',
    code: 'salesforce_unavailable',
    message: 'Salesforce could not answer.',
    advice: retrying,
  },
  {
    codes: [
      'UNKNOWN_EXCEPTION',
      'INTERNAL_ERROR',
      'COLLISION_DETECTED',
      'ALREADY_IN_PROCESS',
      'TERRITORY_REALIGN_IN_PROGRESS',
      'RECORD_IN_USE_BY_WORKFLOW',
    ],
    kind: 'retryable',
    code: 'salesforce_busy',
    message: 'Salesforce failed inside or was busy with the record.',
    advice: retrying,
  },
  {
    codes: ['QUERY_TIMEOUT', 'REQUEST_RUNNING_TOO_LONG', 'EXCEEDED_ID_LIMIT'],
    kind: 'retryable',
    code: 'salesforce_too_slow',
    message: 'Salesforce took too long over the request.',
    advice: 'It is tried again. If it repeats, look for slow triggers or flows on the object.',
  },
  {
    codes: ['INVALID_QUERY_LOCATOR'],
    kind: 'retryable',
    code: 'salesforce_query_expired',
    message: 'A query that was being read page by page has expired.',
    advice: retrying,
  },
  {
    codes: ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'PROCESSING_HALTED', 'BATCH_PROCESSING_HALTED'],
    kind: 'retryable',
    code: 'salesforce_rolled_back',
    message: 'Salesforce did not write this record because another one in the same call failed.',
    advice: retrying,
  },
  {
    codes: ['ENTITY_IS_DELETED', 'NOT_FOUND'],
    kind: 'retryable',
    code: 'salesforce_person_gone',
    message: 'The record was deleted or merged between reading and writing.',
    advice: 'Nothing: Handoff looks again and follows the merge.',
  },
  {
    codes: ['CANNOT_UPDATE_CONVERTED_LEAD'],
    kind: 'retryable',
    code: 'salesforce_lead_converted',
    message: 'The lead was converted between reading and writing.',
    advice: 'Nothing: Handoff looks again and finds the contact.',
  },
  {
    codes: ['ENTITY_IS_LOCKED'],
    kind: 'needs-human',
    code: 'salesforce_record_locked',
    message: 'The record is locked, most often by an approval process.',
    advice: 'Finish or recall the approval, or let the integration user edit locked records.',
  },
  {
    codes: ['DUPLICATE_VALUE'],
    kind: 'retryable',
    code: 'salesforce_duplicate_external_id',
    message: 'Another record already holds a value that must be unique.',
    advice: 'Handoff looks again. If it repeats, open the record named here and see whose HubSpot id it carries.',
  },
  {
    codes: ['DUPLICATE_EXTERNAL_ID', 'MULTIPLE_CHOICES'],
    kind: 'needs-human',
    code: 'salesforce_ambiguous_external_id',
    message: 'More than one record carries the same HubSpot id.',
    advice: 'Merge the records or clear the id on the wrong one, and make the field unique (run handoff setup).',
  },
  {
    codes: ['DUPLICATES_DETECTED', 'DUPLICATE_SENDER_DISPLAY_NAME', 'DUPLICATE_DETECTED'],
    kind: 'needs-human',
    code: 'salesforce_duplicate_rule',
    message: 'A duplicate rule of the org stopped the record.',
    advice:
      'Merge the records, or link the right one by writing the HubSpot id into it, or let the mapping allow duplicates.',
  },
  {
    codes: ['REQUIRED_FIELD_MISSING'],
    kind: 'needs-human',
    code: 'salesforce_required_field',
    message: 'A field that Salesforce requires is empty.',
    advice: 'Fill the field in HubSpot, or give it a default in the mapping.',
  },
  {
    codes: ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'FIELD_FILTER_VALIDATION_EXCEPTION'],
    kind: 'needs-human',
    code: 'salesforce_validation_rule',
    message: 'A validation rule or lookup filter of the org refused the record.',
    advice: 'Correct the record in HubSpot as the rule asks, or exempt the integration user from the rule.',
    showVendorMessage: true,
  },
  {
    codes: ['STRING_TOO_LONG'],
    kind: 'permanent',
    code: 'salesforce_text_too_long',
    message: 'A text is longer than the Salesforce field.',
    advice: 'Shorten it in HubSpot, or set too_long in the mapping.',
  },
  {
    codes: [
      'INVALID_EMAIL_ADDRESS',
      'TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET',
      'JSON_PARSER_ERROR',
      'INVALID_TYPE_ON_FIELD_IN_RECORD',
    ],
    kind: 'permanent',
    code: 'salesforce_bad_value',
    message: 'A value does not fit the Salesforce field.',
    advice: 'Correct the value in HubSpot, or convert it in the mapping.',
  },
  {
    codes: ['NUMBER_OUTSIDE_VALID_RANGE'],
    kind: 'permanent',
    code: 'salesforce_number_too_large',
    message: 'A number has more digits before the point than the Salesforce field holds.',
    advice: 'Correct the number in HubSpot, or give the field more digits in Salesforce.',
  },
  {
    codes: ['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
    field: 'StageName',
    kind: 'needs-human',
    code: 'salesforce_stage_not_offered',
    message: 'The stage is inactive, or not in the sales process of the record type of the opportunity.',
    advice: 'Add the stage to the sales process of the record type in Salesforce, or map it otherwise in deals.yaml.',
  },
  {
    codes: ['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
    field: 'CurrencyIsoCode',
    kind: 'needs-human',
    code: 'salesforce_currency',
    message: 'The currency is not active in the org.',
    advice: 'Activate it in Salesforce under Setup, Manage Currencies, or give the deal another currency in HubSpot.',
  },
  {
    codes: ['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'INVALID_STATUS'],
    kind: 'needs-human',
    code: 'salesforce_unknown_picklist_value',
    message: 'A value is not in the picklist of the Salesforce field.',
    advice: 'Add it to the values in the mapping, or to the picklist in Salesforce.',
  },
  {
    codes: ['INVALID_CROSS_REFERENCE_KEY', 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', 'MALFORMED_ID'],
    field: 'RecordTypeId',
    kind: 'needs-human',
    code: 'salesforce_record_type',
    message: 'The integration user may not use the record type, or it is inactive.',
    advice:
      'Assign the record type to the integration user by its profile or a permission set, or map the pipeline to another one in deals.yaml.',
  },
  {
    codes: [
      'INVALID_CROSS_REFERENCE_KEY',
      'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
      'MALFORMED_ID',
      'INVALID_ID_FIELD',
      'INVALID_CROSS_REFERENCE_TYPE_FOR_FIELD',
    ],
    kind: 'needs-human',
    code: 'salesforce_bad_reference',
    message: 'The record points to another record that is gone or that the integration user may not see.',
    advice:
      'Check the owner, the account, the contacts and the record type of the record and the rights of the integration user on them.',
  },
  {
    codes: ['INACTIVE_OWNER_OR_USER'],
    kind: 'needs-human',
    code: 'salesforce_inactive_owner',
    message: 'The owner is an inactive user of Salesforce.',
    advice: 'Give the record another owner in HubSpot, or set the fallback owner in owners.yaml to an active user.',
  },
  {
    codes: ['INVALID_FIELD', 'INVALID_FIELD_FOR_INSERT_UPDATE', 'FIELD_NOT_UPDATABLE', 'INVALID_TYPE'],
    kind: 'needs-human',
    code: 'salesforce_unknown_field',
    message:
      'Salesforce does not know a mapped field, hides it from the integration user, or does not let it be written.',
    advice:
      'Run handoff setup and handoff check: create the field or grant the integration user access to it, or take it out of the mapping.',
  },
  {
    codes: [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      'APEX_ERROR',
      'CANNOT_EXECUTE_FLOW_TRIGGER',
      'FLOW_EXCEPTION',
      'TOO_MANY_APEX_REQUESTS',
      'APEX_FAILED',
      'CANNOT_POST_TO_ARCHIVED_GROUP',
      'TRANSACTION_LIMIT_EXCEEDED',
    ],
    kind: 'retryable',
    code: 'salesforce_automation_failed',
    message: 'A trigger or flow of the org failed while the record was saved.',
    advice: 'Ask the Salesforce admin to look at the triggers and flows of the object; Handoff tries again by itself.',
  },
  {
    codes: ['FIELD_INTEGRITY_EXCEPTION', 'DEPENDENCY_EXISTS', 'DELETE_FAILED', 'CANNOT_REPARENT_RECORD'],
    kind: 'needs-human',
    code: 'salesforce_data_rule',
    message: 'The record would break a rule between Salesforce records or fields.',
    advice:
      'Compare the fields named here with what Salesforce allows (states and countries, record types, relations).',
  },
  {
    codes: ['INVALID_CURRENCY_ISO'],
    kind: 'needs-human',
    code: 'salesforce_currency',
    message: 'The currency is not active in the org.',
    advice: 'Activate it in Salesforce under Setup, Manage Currencies, or give the deal another currency in HubSpot.',
  },
  {
    codes: ['INVALID_PERSON_ACCOUNT_OPERATION', 'UNAVAILABLE_RECORDTYPE_EXCEPTION', 'INVALID_ASSIGNMENT_RULE'],
    kind: 'needs-human',
    code: 'salesforce_configuration',
    message: 'The mapping does not fit the settings of the org.',
    advice: 'Check record types, person accounts and the assignment rule in the mapping.',
  },
  {
    codes: ['STORAGE_LIMIT_EXCEEDED', 'LICENSE_LIMIT_EXCEEDED', 'LIMIT_EXCEEDED'],
    kind: 'needs-human',
    code: 'salesforce_storage_full',
    message: 'A limit of the org (storage, licences or another) is used up.',
    advice: 'Free storage or raise the limit in Salesforce, then retry the failures.',
  },
  {
    codes: [
      'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
      'ORG_IN_MAINTENANCE',
      'API_CURRENTLY_DISABLED',
      'FUNCTIONALITY_TEMPORARILY_UNAVAILABLE',
    ],
    kind: 'wait',
    code: 'salesforce_maintenance',
    message: 'Salesforce is in maintenance; Handoff waits.',
    advice: 'Nothing: it goes on by itself.',
    pauseMinutes: 5,
  },
  {
    codes: ['UNSUPPORTED_API_VERSION', 'INVALID_VERSION'],
    kind: 'needs-human',
    code: 'salesforce_api_version',
    message: 'Salesforce does not offer the API version.',
    advice: 'Set SALESFORCE_API_VERSION to a version the org offers.',
  },
  {
    codes: [
      'MALFORMED_QUERY',
      'QUERY_TOO_COMPLICATED',
      'INVALID_REPLICATION_DATE',
      'EXCEEDED_MAX_SIZE_REQUEST',
      'OPERATION_TOO_LARGE',
    ],
    kind: 'permanent',
    code: 'salesforce_bad_request',
    message: 'Salesforce could not understand a request of Handoff.',
    advice: 'This is a fault of Handoff: report the vendor code shown here.',
  },
];
