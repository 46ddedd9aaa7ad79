import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { defaultCurrency } from './currencies.ts';
import type { Org } from './org.ts';
import { readSoap, soapAnswer, soapFault } from './soap.ts';
import type { XmlValue } from './xml.ts';

const NAMESPACE = 'urn:partner.soap.sforce.com';
const SYMBOLS: Readonly<Record<string, string>> = { EUR: '€', USD: '$', GBP: '£', JPY: '¥' };

/** `POST /services/Soap/u/{version}`: getUserInfo only. Source: SOAP API guide, getUserInfo and getUserInfoResult. */
export function answerPartnerSoap(org: Org, request: SandboxRequest): SandboxAnswer {
  const read = readSoap(org, request);
  if ('status' in read) return read;
  if (read.call?.name !== 'getUserInfo') {
    return soapFault('soapenv:Client', `No operation available for request ${read.call?.name ?? ''}`);
  }
  return soapAnswer(NAMESPACE, 'getUserInfo', describeSessionUser(org, read.userId));
}

/** The symbol and the org's currency are there only without multiple currencies, the user's only with them. */
function describeSessionUser(org: Org, userId: string): XmlValue {
  const user = org.store.get('User', userId);
  const nil = { '@xsi:nil': 'true' };
  const { isMulti, isoCode } = org.currency;
  return {
    accessibilityMode: false,
    chatterExternal: false,
    currencySymbol: isMulti ? nil : (SYMBOLS[isoCode] ?? isoCode),
    orgAttachmentFileSizeLimit: 26_214_400,
    orgDefaultCurrencyIsoCode: isMulti ? nil : isoCode,
    orgDefaultCurrencyLocale: nil,
    orgDisallowHtmlAttachments: false,
    orgHasPersonAccounts: false,
    organizationId: org.id,
    organizationMultiCurrency: isMulti,
    organizationName: String(org.store.get('Organization', org.id)?.Name ?? ''),
    profileId: '00e000000000001AAA',
    roleId: nil,
    sessionSecondsValid: Math.floor(org.sessionLifetimeMs / 1000),
    userDefaultCurrencyIsoCode: isMulti ? defaultCurrency(org, userId) : nil,
    userEmail: String(user?.Email ?? ''),
    userFullName: String(user?.Name ?? ''),
    userId,
    userLanguage: 'en_US',
    userLocale: 'en_US',
    userName: String(user?.Username ?? ''),
    userTimeZone: String(user?.TimeZoneSidKey ?? ''),
    userType: String(user?.UserType ?? ''),
    userUiSkin: 'Theme3',
  };
}
