/** A Salesforce id has a 15-character form, which is the beginning of the 18-character one. */
export function sameId(one: string, other: string): boolean {
  return one.slice(0, 15) === other.slice(0, 15);
}
