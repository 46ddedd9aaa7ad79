import type { TimelineEntry } from './stage.ts';
import { wrap } from './wrap.ts';

/** One changed field as a line: before, after, the rule, and whose value lost where both sides had changed it. */
export function tellChange({ field, before, after, rule, conflict }: TimelineEntry['changes'][number]): string {
  const lost = conflict === null ? '' : `; both sides had changed it, and ${conflict} won`;
  return `${field}: ${JSON.stringify(before)} -> ${JSON.stringify(after)} (${rule}${lost})`;
}

/** One entry with its fields, in lines of at most 100 columns. */
export function tellEntry({ at, system, text, changes }: TimelineEntry): string[] {
  const [first = '', ...more] = wrap(`${system === null ? '' : `${system}: `}${text}`, ' '.repeat(15));
  const fields = changes.flatMap((change) => wrap(tellChange(change), ' '.repeat(17)));
  return [`  ${at.slice(11, 19)} UTC ${first.trimStart()}`, ...more, ...fields];
}

/** What the last look at the contact came to. */
export function tellDecision(timeline: readonly TimelineEntry[]): string {
  return timeline.find(({ kind }) => kind === 'decision')?.text ?? '';
}
