import type { SandboxAnswer } from '../server.ts';
import type { ApiCall } from './call.ts';
import { ID_PREFIXES } from './ids.ts';
import { isNumeric, precisionOf, scaleOf } from './numbers.ts';
import { describeRecordTypes } from './record-types.ts';
import type { ObjectSchema } from './schema.ts';
import { listChildRelations } from './soql-children.ts';
import type { FieldDefinition, FieldType } from './types.ts';

/** `GET /sobjects`: every object with its urls. */
export function answerGlobalDescribe(call: ApiCall): SandboxAnswer {
  const { schema } = call.org;
  const visible = schema.objects().filter(({ name }) => !schema.isHidden(name));
  const sobjects = visible.map((object) => describeObject(call, object));
  return { status: 200, body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects } };
}

/** `GET /sobjects/{T}`: basic information and recent items. */
export function answerObject(call: ApiCall, type: string): SandboxAnswer {
  const object = call.org.schema.object(type);
  const objectDescribe = object === undefined ? {} : describeObject(call, object);
  return { status: 200, body: { objectDescribe, recentItems: [] } };
}

/** `GET /sobjects/{T}/describe` as this user sees it: fields hidden by field-level security are missing. */
export function answerDescribe(call: ApiCall, type: string): SandboxAnswer {
  const { schema } = call.org;
  const object = schema.object(type);
  if (object === undefined) return { status: 404 };
  const visible = object.fields.filter((field) => schema.canRead(type, field));
  const body = {
    ...describeObject(call, object),
    actionOverrides: [],
    childRelationships: listChildRelations(call.org, type),
    compactLayoutable: true,
    listviewable: null,
    lookupLayoutable: null,
    networkScopeFieldName: null,
    searchLayoutable: true,
    fields: visible.map((field) => describeField(field, schema.canEdit(type, field))),
    namedLayoutInfos: [],
    recordTypeInfos: describeRecordTypes(call.org, type, call.version),
    supportedScopes: [],
  };
  return { status: 200, body };
}

function describeObject(call: ApiCall, object: ObjectSchema): Record<string, unknown> {
  const { name } = object;
  const base = `/services/data/v${call.version}/sobjects/${name}`;
  const isBusiness = object.byName.has('systemmodstamp');
  const can = {
    createable: true,
    updateable: true,
    deletable: true,
    queryable: true,
    retrieveable: true,
    searchable: true,
    ...call.org.objectRights.get(name),
  };
  return {
    ...can,
    name,
    label: name,
    labelPlural: `${name}s`,
    keyPrefix: ID_PREFIXES[name] ?? null,
    activateable: false,
    custom: false,
    customSetting: false,
    deepCloneable: false,
    idEnabled: true,
    isInterface: false,
    deprecatedAndHidden: false,
    feedEnabled: false,
    hasSubtypes: false,
    isSubtype: false,
    layoutable: isBusiness,
    mergeable: name === 'Lead' || name === 'Contact' || name === 'Account',
    mruEnabled: isBusiness,
    replicateable: isBusiness,
    triggerable: isBusiness,
    // Object Reference, OpportunityContactRole: no undelete() among its calls.
    undeletable: isBusiness && name !== 'OpportunityContactRole',
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  };
}

// What no field of the sandbox ever has, in the words of the describe result.
const FIELD_CONSTANTS = {
  aggregatable: true,
  autoNumber: false,
  calculated: false,
  calculatedFormula: null,
  cascadeDelete: false,
  compoundFieldName: null,
  controllerName: null,
  defaultValueFormula: null,
  dependentPicklist: false,
  deprecatedAndHidden: false,
  displayLocationInDecimal: false,
  encrypted: false,
  extraTypeInfo: null,
  filteredLookupInfo: null,
  groupable: true,
  highScaleNumber: false,
  htmlFormatted: false,
  inlineHelpText: null,
  mask: null,
  maskType: null,
  namePointing: false,
  queryByDistance: false,
  referenceTargetField: null,
  relationshipOrder: null,
  restrictedDelete: false,
  sortable: true,
  writeRequiresMasterRead: false,
};

function describeField(field: FieldDefinition, isEditable: boolean): Record<string, unknown> {
  return {
    ...FIELD_CONSTANTS,
    ...describeType(field),
    name: field.name,
    label: field.label,
    filterable: field.isFilterable,
    nillable: !field.isRequired && field.type !== 'boolean' && field.type !== 'id' && !field.hasDefault,
    defaultedOnCreate: field.hasDefault || (!field.isCreateable && field.type !== 'reference'),
    createable: field.isCreateable && isEditable,
    updateable: field.isUpdateable && isEditable,
    permissionable: field.isCustom || (!field.isRequired && field.isCreateable),
    caseSensitive: field.isCaseSensitive,
    custom: field.isCustom,
    externalId: field.isExternalId,
    unique: field.isUnique,
    idLookup: field.type === 'id' || field.isExternalId || field.type === 'email',
    nameField: field.name === 'Name',
    polymorphicForeignKey: (field.referenceTo?.length ?? 0) > 1,
    relationshipName: field.relationshipName ?? null,
    referenceTo: field.referenceTo ?? [],
    restrictedPicklist: field.isRestricted ?? false,
    picklistValues: (field.picklist ?? []).map((item) => ({ ...item, validFor: null })),
  };
}

const SOAP_TYPES: Partial<Record<FieldType, string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
};
const INT_DIGITS = 8;

function describeType(field: FieldDefinition): Record<string, unknown> {
  return {
    type: field.type,
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    length: field.length,
    byteLength: field.length * 3,
    digits: field.type === 'int' ? INT_DIGITS : 0,
    precision: isNumeric(field) ? precisionOf(field) : 0,
    scale: isNumeric(field) ? scaleOf(field) : 0,
    defaultValue: field.type === 'boolean' ? false : null,
  };
}
