/** Facts by allowed keys: ids, codes, counts, durations. The sentence is static. */
type Write = (facts: Readonly<Record<string, unknown>>, sentence: string) => void;

export type Log = { debug: Write; info: Write; warn: Write; error: Write };
