const CHECK_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const ID_SHAPE = /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/;

/** Key prefixes of the objects a person can be. */
export const personPrefixes = { Lead: '00Q', Contact: '003' } as const;
/** Key prefixes of all objects that are paired. */
export const recordPrefixes = { ...personPrefixes, Account: '001', Opportunity: '006' } as const;

function toCheckLetter(part: string): string {
  let bits = 0;
  for (let position = 0; position < part.length; position += 1) {
    if (/[A-Z]/.test(part.charAt(position))) bits |= 1 << position;
  }
  return CHECK_LETTERS.charAt(bits);
}

/**
 * The 18-character form of a Salesforce id. Each of the three last letters says which of five characters are capitals.
 * @returns null for text that has not the shape of an id
 * @see https://help.salesforce.com/s/articleView?id=000385008
 */
export function toLongId(id: string): string | null {
  const trimmed = id.trim();
  if (!ID_SHAPE.test(trimmed)) return null;
  const short = trimmed.slice(0, 15);
  return short + [0, 5, 10].map((start) => toCheckLetter(short.slice(start, start + 5))).join('');
}

/** Ids of Leads and Contacts in a text of Salesforce's, and nothing else of that text. */
export function findPersonIds(text: string): string[] {
  const found = text.match(/\b(?:00Q|003)[a-zA-Z0-9]{12}(?:[a-zA-Z0-9]{3})?\b/g) ?? [];
  return [...new Set(found.map((id) => toLongId(id)).filter((id) => id !== null))];
}
