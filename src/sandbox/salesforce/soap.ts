import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { findSessionUser } from './auth.ts';
import type { Org } from './org.ts';
import { child, childText, parseXml, writeXml, type XmlElement, type XmlValue } from './xml.ts';

const XML_HEADERS = { 'content-type': 'text/xml;charset=UTF-8' };
const SCHEMAS =
  'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

/** A SOAP call of a user with a session: the first element of the body. */
export type SoapCall = { userId: string; call: XmlElement | undefined };

/** Reads a SOAP request, whose session stands in its header, and counts it. The answer is a fault where there is no such session. */
export function readSoap(org: Org, request: SandboxRequest): SoapCall | SandboxAnswer {
  let envelope: XmlElement;
  try {
    envelope = parseXml(request.body.toString('utf8'));
  } catch {
    return soapFault('soapenv:Client', 'The request is no well-formed XML');
  }
  const sessionId = childText(child(child(envelope, 'Header'), 'SessionHeader'), 'sessionId');
  const userId = findSessionUser(org, sessionId);
  if (userId === undefined) {
    return soapFault('sf:INVALID_SESSION_ID', 'INVALID_SESSION_ID: Invalid Session ID found in SessionHeader');
  }
  if (org.daily.used >= org.daily.max) return soapFault('sf:REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
  org.daily.used += 1;
  org.countedCalls += 1;
  return { userId, call: child(envelope, 'Body')?.children[0] };
}

/** The answer of a call: `<{verb}Response><result>...`. */
export function soapAnswer(namespace: string, verb: string, result: XmlValue): SandboxAnswer {
  return envelopeAnswer(200, writeXml(`${verb}Response`, { result }), namespace);
}

export function soapFault(faultcode: string, faultstring: string): SandboxAnswer {
  return envelopeAnswer(500, writeXml('soapenv:Fault', { faultcode, faultstring }), '');
}

function envelopeAnswer(status: number, body: string, namespace: string): SandboxAnswer {
  const own = namespace === '' ? '' : ` xmlns="${namespace}"`;
  const xml = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope ${SCHEMAS}${own}><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
  return { status, headers: XML_HEADERS, raw: xml };
}
