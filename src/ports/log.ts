/** Facts by allowed keys: ids, codes, counts, durations. The sentence is static. */
type Write = (facts: Readonly<Record<string, unknown>>, sentence: string) => void;

export type Log = { debug: Write; info: Write; warn: Write; error: Write };

/** A log that can be told whose work is under way: all lines that are written during it, whoever writes them, carry these facts. */
export type LogContext = {
  during<Result>(facts: Readonly<Record<string, unknown>>, work: () => Result): Result;
};
