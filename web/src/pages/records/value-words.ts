/** How people call what stands in a record as an id or a code. Keys: the id of an owner or user; the value of a lifecycle stage. */
export type ValueWords = { owners: Readonly<Record<string, string>>; stages: Readonly<Record<string, string>> };

/** A value by its name, and the value itself where it tells more: an owner's id. */
export type ShownValue = { text: string; id: string | null };

const ownerFields: ReadonlySet<string> = new Set(['hubspot_owner_id', 'OwnerId']);
const stageFields: ReadonlySet<string> = new Set(['lifecyclestage']);

/** What a field's value is called; null: it stands for itself. Pure. */
export function shownValue(field: string | null, value: unknown, { owners, stages }: ValueWords): ShownValue | null {
  if (field === null || typeof value !== 'string') return null;
  if (ownerFields.has(field)) {
    const text = wordOf(owners, value);
    return text === null ? null : { text, id: value };
  }
  const text = stageFields.has(field) ? wordOf(stages, value) : null;
  return text === null ? null : { text, id: null };
}

/** The end of a stored sentence names stages by their values: `Stage: lead to salesqualifiedlead.` */
const stageEnd = /(?<=(?:^|\s)Stage: )(?:(\S+) to )?(\S+)(?=\.$)/;

/** The sentence with the stages as people call them. Pure. */
export function stageSentence(text: string, { stages }: Pick<ValueWords, 'stages'>): string {
  const word = (stage: string) => wordOf(stages, stage) ?? stage;
  return text.replace(stageEnd, (_whole, from: string | undefined, to: string) =>
    from === undefined ? word(to) : `${word(from)} to ${word(to)}`,
  );
}

/** Keys come from records: what every object has is no word of ours. */
function wordOf(words: Readonly<Record<string, string>>, key: string): string | null {
  return Object.hasOwn(words, key) ? (words[key] ?? null) : null;
}
