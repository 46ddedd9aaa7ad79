/** Key prefixes of the objects (Salesforce, "Object Key Prefixes"); a queue is a Group. */
export const ID_PREFIXES: Readonly<Record<string, string>> = {
  Lead: '00Q',
  Contact: '003',
  Account: '001',
  Opportunity: '006',
  OpportunityContactRole: '00K',
  LeadHistory: '017',
  User: '005',
  Group: '00G',
  Organization: '00D',
  LeadStatus: '01J',
  PermissionSet: '0PS',
  PermissionSetAssignment: '0Pa',
  FieldPermissions: '01k',
  RecordType: '012',
  CurrencyType: '01L',
  OpportunityHistory: '008',
  DuplicateRule: '0Bm',
  AssignmentRule: '01Q',
};

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECK_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const SHORT_LENGTH = 15;
const LONG_LENGTH = 18;
const CHUNK = 5;
const NUMBER_LENGTH = 9;

/**
 * The case-safe 18-character form of a 15-character id: three check digits, each made of the upper-case flags of five characters.
 * Source: Salesforce help, "ID Field Type" (the suffix only encodes the case).
 */
export function toId18(id15: string): string {
  let suffix = '';
  for (let start = 0; start < SHORT_LENGTH; start += CHUNK) {
    let flags = 0;
    for (let offset = 0; offset < CHUNK; offset += 1) {
      const code = id15.charCodeAt(start + offset);
      if (code >= 65 && code <= 90) flags |= 1 << offset;
    }
    suffix += CHECK_DIGITS.charAt(flags);
  }
  return id15 + suffix;
}

/** The 18-character form of either form, or undefined for what is no id. The check digits of an 18-character id are not repaired. */
export function normaliseId(value: string): string | undefined {
  if (value.length !== SHORT_LENGTH && value.length !== LONG_LENGTH) return undefined;
  for (let index = 0; index < value.length; index += 1) {
    if (!isAlphanumeric(value.charCodeAt(index))) return undefined;
  }
  return toId18(value.slice(0, SHORT_LENGTH));
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** The n-th id of a prefix, 18 characters. */
export function makeId(prefix: string, n: number): string {
  let rest = n;
  let text = '';
  while (rest > 0) {
    text = DIGITS.charAt(rest % DIGITS.length) + text;
    rest = Math.floor(rest / DIGITS.length);
  }
  return toId18(`${prefix}000${text.padStart(NUMBER_LENGTH, '0')}`);
}
