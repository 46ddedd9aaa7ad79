import type { z } from 'zod';
import { Problem } from './problems.ts';

/** Most places that a problem names, and the most characters of each: keys are the caller's own text. */
const mostNamed = 3;
const longestPlace = 40;

/** @throws Problem 400 that names what is wrong, not its value */
export function parse<Output>(schema: z.ZodType<Output>, value: unknown, what: string): Output {
  const parsed = schema.safeParse(value);
  if (parsed.success && !hasNul(parsed.data)) return parsed.data;
  if (parsed.success)
    throw new Problem(400, 'bad_request', `${what} holds a text with the character U+0000, which nothing can hold.`);
  const places = [...new Set(parsed.error.issues.flatMap(placesOf))].slice(0, mostNamed);
  const where = places.length === 0 ? '' : `: see ${places.join(', ')}`;
  throw new Problem(400, 'bad_request', `${what} is not what this endpoint takes${where}.`);
}

/** The ledger stores no text with U+0000, and neither CRM has one. Not recursive: how deep it goes is the caller's choice. */
function hasNul(value: unknown): boolean {
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string' && next.includes('\u0000')) return true;
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, inner] of Object.entries(next)) left.push(key, inner);
  }
  return false;
}

/** Where something is wrong: the key, or the keys that nobody knows. */
function placesOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.map(String);
  const keys = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
  return keys.filter((key) => key.length > 0).map((key) => key.join('.').slice(0, longestPlace));
}
