import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { recordError } from './fault.ts';
import { METADATA_TYPES } from './metadata-types.ts';
import type { Org } from './org.ts';
import { readSoap, soapAnswer, soapFault } from './soap.ts';
import type { RecordError } from './types.ts';
import { childrenOf, childText, type XmlElement, type XmlValue } from './xml.ts';

const MAX_COMPONENTS = 10;
const NAMESPACE = 'http://soap.sforce.com/2006/04/metadata';

type Verb = 'create' | 'update' | 'upsert';

/**
 * `POST /services/Soap/m/{version}`: createMetadata, updateMetadata, upsertMetadata, readMetadata. The session stands in the SOAP header.
 * Source: Metadata API guide, "CRUD-Based Metadata Development".
 */
export function answerMetadata(org: Org, request: SandboxRequest): SandboxAnswer {
  const read = readSoap(org, request);
  if ('status' in read) return read;
  if (!org.canModifyMetadata) {
    const message = 'use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions';
    return soapFault('sf:INSUFFICIENT_ACCESS', `INSUFFICIENT_ACCESS: ${message}`);
  }
  return answerCall(org, read.call);
}

function answerCall(org: Org, call: XmlElement | undefined): SandboxAnswer {
  switch (call?.name) {
    case 'readMetadata':
      return respond('readMetadata', { records: readAll(org, call) });
    case 'createMetadata':
      return saveAll(org, call, 'create');
    case 'updateMetadata':
      return saveAll(org, call, 'update');
    case 'upsertMetadata':
      return saveAll(org, call, 'upsert');
    default:
      return soapFault('soapenv:Client', `No operation available for request ${call?.name ?? ''}`);
  }
}

function respond(verb: string, result: XmlValue): SandboxAnswer {
  return soapAnswer(NAMESPACE, verb, result);
}

function readAll(org: Org, call: XmlElement): XmlValue[] {
  const type = childText(call, 'type') ?? '';
  return childrenOf(call, 'fullNames').map((item) => {
    const record = METADATA_TYPES[type]?.read(org, item.text.trim());
    return record === undefined ? { '@xsi:nil': 'true' } : { '@xsi:type': type, ...record };
  });
}

function saveAll(org: Org, call: XmlElement, verb: Verb): SandboxAnswer {
  const components = childrenOf(call, 'metadata');
  if (components.length > MAX_COMPONENTS) {
    return soapFault(
      'sf:LIMIT_EXCEEDED',
      `LIMIT_EXCEEDED: record limit reached. cannot submit more than ${MAX_COMPONENTS} records into this call`,
    );
  }
  return respond(
    `${verb}Metadata`,
    components.map((component) => saveOne(org, component, verb)),
  );
}

function saveOne(org: Org, component: XmlElement, verb: Verb): XmlValue {
  const typeName = component.attributes.type ?? '';
  const fullName = childText(component, 'fullName') ?? '';
  const type = METADATA_TYPES[typeName];
  if (type === undefined) {
    return toResult(fullName, [recordError('INVALID_TYPE', `Unknown metadata type ${typeName}`)], undefined);
  }
  const existed = type.exists(org, fullName);
  if (existed && verb === 'create') {
    const message = `There is already a component named ${fullName} in this org`;
    return toResult(fullName, [recordError('DUPLICATE_DEVELOPER_NAME', message)], undefined);
  }
  if (!existed && verb === 'update') {
    return toResult(
      fullName,
      [recordError('INVALID_CROSS_REFERENCE_KEY', `no ${typeName} named ${fullName} found`)],
      undefined,
    );
  }
  const errors = type.save(org, fullName, component);
  return toResult(fullName, errors, verb === 'upsert' ? !existed && errors.length === 0 : undefined);
}

function toResult(fullName: string, errors: readonly RecordError[], created: boolean | undefined): XmlValue {
  const written = errors.map(({ statusCode, message, fields }) => ({ fields, message, statusCode }));
  return { created, errors: written, fullName, success: errors.length === 0 };
}
