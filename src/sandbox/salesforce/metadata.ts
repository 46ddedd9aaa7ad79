import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { findSessionUser } from './auth.ts';
import { recordError } from './fault.ts';
import { METADATA_TYPES } from './metadata-types.ts';
import type { Org } from './org.ts';
import type { RecordError } from './types.ts';
import { child, childrenOf, childText, parseXml, writeXml, type XmlElement, type XmlValue } from './xml.ts';

const MAX_COMPONENTS = 10;
const XML_HEADERS = { 'content-type': 'text/xml;charset=UTF-8' };
const NAMESPACES =
  'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

type Verb = 'create' | 'update' | 'upsert';

/**
 * `POST /services/Soap/m/{version}`: createMetadata, updateMetadata, upsertMetadata, readMetadata. The session stands in the SOAP header.
 * Source: Metadata API guide, "CRUD-Based Metadata Development".
 */
export function answerMetadata(org: Org, request: SandboxRequest): SandboxAnswer {
  let envelope: XmlElement;
  try {
    envelope = parseXml(request.body.toString('utf8'));
  } catch {
    return fault('soapenv:Client', 'The request is no well-formed XML');
  }
  const sessionId = childText(child(child(envelope, 'Header'), 'SessionHeader'), 'sessionId');
  if (findSessionUser(org, sessionId) === undefined) {
    return fault('sf:INVALID_SESSION_ID', 'INVALID_SESSION_ID: Invalid Session ID found in SessionHeader');
  }
  if (org.daily.used >= org.daily.max) return fault('sf:REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
  org.daily.used += 1;
  org.countedCalls += 1;
  const call = child(envelope, 'Body')?.children[0];
  if (!org.canModifyMetadata) {
    const message = 'use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions';
    return fault('sf:INSUFFICIENT_ACCESS', `INSUFFICIENT_ACCESS: ${message}`);
  }
  return answerCall(org, call);
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
      return fault('soapenv:Client', `No operation available for request ${call?.name ?? ''}`);
  }
}

function respond(verb: string, result: XmlValue): SandboxAnswer {
  const body = writeXml(`${verb}Response`, { result });
  return envelopeAnswer(200, body);
}

function envelopeAnswer(status: number, body: string): SandboxAnswer {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope ${NAMESPACES}><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
  return { status, headers: XML_HEADERS, raw: xml };
}

function fault(faultcode: string, faultstring: string): SandboxAnswer {
  return envelopeAnswer(500, writeXml('soapenv:Fault', { faultcode, faultstring }));
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
    return fault(
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
