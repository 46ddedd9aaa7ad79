/** What a field of a record can hold; dates and times are kept as the text the REST API answers with. */
export type FieldValue = string | number | boolean | null;

/** A stored record. `Id` is always there and 18 characters long; an absent key reads as null. */
export type SfRecord = { Id: string; [field: string]: FieldValue };

export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'email'
  | 'phone'
  | 'url'
  | 'picklist'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'double'
  | 'currency'
  | 'percent'
  | 'int'
  | 'reference';

export type PicklistValue = { value: string; label: string; active: boolean; defaultValue: boolean };

/**
 * One field of an object. `access`: `all` = everyone, `none` = hidden by field-level security, `permission-sets` = only who is given it by
 * an assigned permission set (the state of a field that the Metadata API has just created).
 */
export type FieldDefinition = {
  name: string;
  label: string;
  type: FieldType;
  length: number;
  /** Digits in all, and behind the point; of numbers only. */
  precision?: number;
  scale?: number;
  isRequired: boolean;
  isCreateable: boolean;
  isUpdateable: boolean;
  isUnique: boolean;
  isExternalId: boolean;
  isCaseSensitive: boolean;
  isCustom: boolean;
  hasDefault: boolean;
  access: 'all' | 'none' | 'permission-sets';
  picklist?: PicklistValue[];
  isRestricted?: boolean;
  referenceTo?: string[];
  relationshipName?: string;
  /** Name of the way back, from the parent to its children, in subqueries. */
  childRelationship?: string;
  /** False for long text and the values of a history: SOQL refuses them in WHERE. */
  isFilterable: boolean;
};

/** One error of one record, as the collections resources answer it (`statusCode`, unlike `errorCode` at the top level). */
export type RecordError = { statusCode: string; message: string; fields: string[]; duplicateResult?: DuplicateResult };

/** The detail that comes with DUPLICATES_DETECTED on single-record answers. */
type DuplicateResult = {
  allowSave: boolean;
  duplicateRule: string;
  duplicateRuleEntityType: string;
  errorMessage: string;
  matchResults: {
    entityType: string;
    errors: never[];
    matchEngine: string;
    matchRecords: { additionalInformation: never[]; fieldDiffs: never[]; matchConfidence: number; record: unknown }[];
    rule: string;
    size: number;
    success: boolean;
  }[];
};

/** Who writes, and the request headers that change how. */
export type WriteContext = {
  userId: string;
  /** `Sforce-Auto-Assign`: false only when the header says FALSE (the default of REST is TRUE), or for a human's edit. */
  assigns: boolean;
  /** `Sforce-Duplicate-Rule-Header: allowSave=true`. */
  savesDuplicates: boolean;
  /** `includeRecordDetails=true` of the same header. */
  showsDuplicateRecords: boolean;
  /** A human in the browser sees every field and is not stopped by field-level security of the integration user. */
  isHuman: boolean;
};

export type SaveResult = { ok: true; id: string; created: boolean } | { ok: false; errors: RecordError[] };

/**
 * Automation of the org on one object: looks at a record that is about to be saved and answers the values it changes. `before` is undefined
 * for a new record.
 */
export type Flow = (
  record: SfRecord,
  saved: { before: SfRecord | undefined; userId: string },
) => Record<string, FieldValue> | undefined;

/** Rows of a query in order, and how one of them is written into the answer. */
export type QueryRun = { isCount: boolean; rows: SfRecord[]; write: (record: SfRecord) => Record<string, unknown> };
