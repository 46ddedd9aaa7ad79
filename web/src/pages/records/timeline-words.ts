export type EntryKind = 'write' | 'stage' | 'link' | 'frozen' | 'thawed' | 'erased' | 'decision' | 'failure';

/** What one can choose to see of a timeline: one or more kinds of entries under one word. */
export const timelineFilters = [
  { value: 'all', label: 'Everything', kinds: null },
  { value: 'write', label: 'Changes', kinds: ['write'] },
  { value: 'stage', label: 'Stage', kinds: ['stage'] },
  { value: 'link', label: 'Pairing', kinds: ['link', 'erased'] },
  { value: 'decision', label: 'Decisions', kinds: ['decision'] },
  { value: 'failure', label: 'Failures', kinds: ['failure'] },
  { value: 'frozen', label: 'Frozen', kinds: ['frozen', 'thawed'] },
] as const satisfies readonly { value: string; label: string; kinds: readonly EntryKind[] | null }[];

export type TimelineFilter = (typeof timelineFilters)[number]['value'];

/** The filter that an address names; everything where it names none that there is. */
export function filterOf(value: string | null): TimelineFilter {
  return timelineFilters.find((filter) => filter.value === value)?.value ?? 'all';
}

/** Whether an entry is let through. */
export function isShown(filter: TimelineFilter, kind: EntryKind): boolean {
  const kinds: readonly EntryKind[] | null = timelineFilters.find(({ value }) => value === filter)?.kinds ?? null;
  return kinds === null || kinds.includes(kind);
}

const words: Readonly<Record<EntryKind, string>> = {
  write: 'Change',
  stage: 'Stage',
  link: 'Pairing',
  frozen: 'Frozen',
  thawed: 'Thawed',
  erased: 'Erased',
  decision: 'Decision',
  failure: 'Failure',
};

/** What kind of entry it is, in one word. */
export function kindWord(kind: EntryKind): string {
  return words[kind];
}

/** An entry was refused or is not known to have happened. */
export function isRefused(code: string): boolean {
  return code.endsWith('_refused') || code.endsWith('_failed');
}
