import type { Connection } from 'jsforce';
import { z } from 'zod';
import type { SalesforceObject } from '../domain/record.ts';
import { SyncError } from '../errors.ts';
import type { ConversionSettings, SalesforceSetupPort, TextFieldDefinition } from '../ports/salesforce-setup.ts';
import { toLostError, toSyncErrorOf } from './errors.ts';
import * as schemas from './metadata-schemas.ts';

const rightsCodes = new Set([
  'INSUFFICIENT_ACCESS',
  'INSUFFICIENT_ACCESS_OR_READONLY',
  'API_DISABLED_FOR_ORG',
  'NO_ACCESS',
]);
/** Those that can have a field of ours. */
const objects: readonly SalesforceObject[] = ['Lead', 'Contact', 'Account', 'Opportunity'];
const settingsName = 'LeadConvertSettings';
const apiName = /^[A-Za-z][A-Za-z0-9_]*$/;
const recordId = /^[a-zA-Z0-9]{15,18}$/;

function toVendorCode(errorCode: string): string {
  return errorCode.slice(errorCode.indexOf(':') + 1);
}

function toRightsError(vendorCode: string): SyncError {
  return new SyncError(
    'needs-human',
    'salesforce_metadata_rights',
    'The integration user may not read or change metadata in Salesforce.',
    {
      vendorCode,
      advice:
        'Lend it "Modify Metadata Through Metadata API Functions" and "Manage Profiles and Permission Sets" for the moment, or let an admin deploy what `handoff setup --export DIR` writes.',
    },
  );
}

/** The SOAP endpoint states its errors as fault codes with a prefix, per component with a status code. */
function toError(vendorCode: string, cause?: unknown): SyncError {
  if (rightsCodes.has(vendorCode)) return toRightsError(vendorCode);
  const errors = [{ code: vendorCode, message: '', fields: [], recordIds: [] }];
  return toSyncErrorOf(errors, Date.now(), cause === undefined ? {} : { cause });
}

/** Up to version 67 the SOAP endpoint takes no session in the form of a JWT; jsforce refuses such a call with a bare Error. */
const firstVersionWithJwt = 68;

function requireUsableSession(connection: Connection): void {
  const isJwt = connection.accessToken?.startsWith('eyJ') === true;
  if (!isJwt || Number(connection.version) >= firstVersionWithJwt) return;
  throw new SyncError(
    'needs-human',
    'salesforce_jwt_session',
    'The external client app issues sessions that the Metadata API of this version does not take.',
    {
      advice:
        'Switch off "Issue JSON Web Token (JWT)-based access tokens" in the external client app, or let an admin deploy what `handoff setup --export DIR` writes.',
    },
  );
}

async function call<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof SyncError) throw thrown;
    const fault = schemas.soapFault.safeParse(thrown);
    throw fault.success ? toError(toVendorCode(fault.data.errorCode), thrown) : toLostError(thrown);
  }
}

function parse<T extends z.ZodType>(schema: T, answer: unknown): z.output<T> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new SyncError(
    'retryable',
    'salesforce_unexpected_answer',
    'Salesforce answered in a form that Handoff does not know.',
    {
      advice: 'If this repeats, report it together with the API version.',
    },
  );
}

function toDefinition(fullName: string, found: z.output<typeof schemas.customField>): TextFieldDefinition | null {
  const [object, name] = fullName.split('.');
  const known = objects.find((each) => each === object);
  if (known === undefined || name === undefined) return null;
  return {
    object: known,
    name,
    label: found.label ?? name,
    type: found.type ?? '',
    length: found.length ?? 0,
    externalId: found.externalId ?? false,
    unique: found.unique ?? false,
    caseSensitive: found.caseSensitive ?? false,
  };
}

function toConversion(found: z.output<typeof schemas.leadConvertSettings>): ConversionSettings {
  return {
    allowOwnerChange: found.allowOwnerChange ?? null,
    opportunityCreationOptions: found.opportunityCreationOptions ?? null,
    mappings: found.objectMapping.map((mapping) => ({
      output: mapping.outputObject,
      fields: mapping.mappingFields.map((pair) => ({ input: pair.inputField, output: pair.outputField })),
    })),
  };
}

function fromConversion(settings: ConversionSettings) {
  const { allowOwnerChange, opportunityCreationOptions } = settings;
  return {
    fullName: settingsName,
    ...(allowOwnerChange === null ? {} : { allowOwnerChange }),
    objectMapping: settings.mappings.map((mapping) => ({
      inputObject: 'Lead',
      mappingFields: mapping.fields.map((pair) => ({ inputField: pair.input, outputField: pair.output })),
      outputObject: mapping.output,
    })),
    ...(opportunityCreationOptions === null ? {} : { opportunityCreationOptions }),
  };
}

/**
 * `handoff setup`'s side of Salesforce: the Metadata API (SOAP, synchronous CRUD, with the session of the REST API) for fields,
 * permission sets and conversion settings, REST for who has which permission set.
 *
 * @param connect a logged-in connection; it keeps to the call budget and ends a hanging call by itself
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_upsertMetadata.htm
 */
export function createSalesforceSetup(connect: () => Promise<Connection>): SalesforceSetupPort {
  async function read(type: string, names: readonly string[]): Promise<readonly unknown[]> {
    const connection = await connect();
    requireUsableSession(connection);
    const records: unknown = await call(() => connection.metadata.read(type as never, [...names]));
    return parse(z.array(z.unknown()), records);
  }

  async function upsert(type: string, component: object): Promise<void> {
    const connection = await connect();
    requireUsableSession(connection);
    const answer: unknown = await call(() => connection.metadata.upsert(type, component));
    const result = parse(schemas.upsertResult, answer);
    if (!result.success) throw toError(result.errors[0]?.statusCode ?? 'UNKNOWN_EXCEPTION');
  }

  async function query(soql: string): Promise<string | null> {
    const connection = await connect();
    const answer: unknown = await call(async () => connection.query(soql));
    return parse(schemas.idRows, answer).records[0]?.Id ?? null;
  }

  async function permissionSetId(name: string): Promise<string | null> {
    if (!apiName.test(name))
      throw new SyncError('permanent', 'unexpected', 'A permission set name must be an API name.');
    return query(`SELECT Id FROM PermissionSet WHERE Name = '${name}' LIMIT 1`);
  }

  async function readPermissionSet(name: string) {
    const [found] = await read('PermissionSet', [name]);
    const set = parse(schemas.permissionSet.optional(), found);
    return typeof set?.fullName === 'string' ? set : null;
  }

  return {
    async fields(names) {
      const records = parse(z.array(schemas.customField), await read('CustomField', names));
      const byName = new Map(records.map((record) => [record.fullName ?? '', record]));
      return new Map(
        names.map((name) => {
          const found = byName.get(name);
          return [name, found === undefined ? null : toDefinition(name, found)];
        }),
      );
    },
    async described(object, names) {
      const connection = await connect();
      const path = `/services/data/v${connection.version}/sobjects/${object}/describe`;
      const answer: unknown = await call(() => connection.request(path));
      const { fields } = parse(schemas.describeAnswer, answer);
      const wanted = fields.filter((field) => names.includes(field.name));
      return new Map(
        wanted.map(({ type, ...field }) => [
          `${object}.${field.name}`,
          { ...field, object, type: type === 'string' ? 'Text' : type },
        ]),
      );
    },
    async permissionSet(name) {
      const set = await readPermissionSet(name);
      if (set === null) return null;
      const grants = set.fieldPermissions.map((grant) => ({ ...grant, readable: grant.readable ?? false }));
      return { name, label: set.label ?? name, description: set.description ?? '', grants };
    },
    async assigned(permissionSet, userId) {
      const id = await permissionSetId(permissionSet);
      if (id === null) return null;
      if (!recordId.test(userId)) throw new SyncError('permanent', 'unexpected', 'A user id must be a record id.');
      const where = `AssigneeId = '${userId}' AND PermissionSetId = '${id}'`;
      return (await query(`SELECT Id FROM PermissionSetAssignment WHERE ${where} LIMIT 1`)) !== null;
    },
    async conversion() {
      const [found] = await read(settingsName, [settingsName]);
      return toConversion(parse(schemas.leadConvertSettings.default({ objectMapping: [] }), found));
    },
    createField: ({ object, name, ...field }) =>
      upsert('CustomField', {
        fullName: `${object}.${name}`,
        caseSensitive: field.caseSensitive,
        description: field.description,
        externalId: field.externalId,
        label: field.label,
        length: field.length,
        required: false,
        type: field.type,
        unique: field.unique,
      }),
    async grant(wanted) {
      const found = await readPermissionSet(wanted.name);
      const ours = wanted.grants.map(({ field, readable, editable }) => ({ editable, field, readable }));
      const others = found?.fieldPermissions.filter((grant) => !ours.some(({ field }) => field === grant.field)) ?? [];
      // What an admin added to the set by hand is sent along: the vendor replaces the content of a set as a whole.
      await upsert('PermissionSet', {
        ...found,
        fullName: wanted.name,
        description: wanted.description,
        fieldPermissions: [...others, ...ours],
        hasActivationRequired: false,
        label: wanted.label,
      });
    },
    async assign(permissionSet, userId) {
      const id = await permissionSetId(permissionSet);
      if (id === null) throw toError('INVALID_CROSS_REFERENCE_KEY');
      const connection = await connect();
      const row = { AssigneeId: userId, PermissionSetId: id };
      const answer: unknown = await call(() => connection.sobject('PermissionSetAssignment').create(row));
      if (!parse(z.object({ success: z.boolean() }), answer).success) throw toError('UNKNOWN_EXCEPTION');
    },
    writeConversion: (settings) => upsert(settingsName, fromConversion(settings)),
  };
}
