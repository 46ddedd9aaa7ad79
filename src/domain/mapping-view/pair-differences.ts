import type { ValuePair } from './types.ts';

/** Which lines of a value map only one of two versions has, as one text each; null: none. Their order means nothing. */
export function describePairs(
  before: readonly ValuePair[],
  after: readonly ValuePair[],
): { before: string | null; after: string | null } {
  return { before: onlyIn(before, after), after: onlyIn(after, before) };
}

function onlyIn(own: readonly ValuePair[], other: readonly ValuePair[]): string | null {
  const known = new Set(other.map(textOf));
  const lines = own.map(textOf).filter((text) => !known.has(text));
  return lines.length === 0 ? null : lines.join('; ');
}

function textOf({ hubspot, salesforce }: ValuePair): string {
  return `${hubspot} = ${salesforce}`;
}
