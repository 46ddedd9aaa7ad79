/**
 * What a test wants to go wrong on a sandbox's wire.
 *
 * - `status`: answer this status instead of processing; `body` is sent as JSON, `raw` as it stands (an HTML error page).
 * - `cut-before`: destroy the socket before anything is processed.
 * - `cut-during`: process, send the headers and half of the body, destroy the socket.
 * - `cut-after`: process fully, destroy the socket without an answer.
 * - `delay`: process, answer `delayMs` later than usual.
 * - `hang`: process, never answer (the client's own timeout must end it; `close` frees the socket).
 */
export type FaultKind =
  | { kind: 'status'; status: number; body?: unknown; raw?: string; headers?: Record<string, string> }
  | { kind: 'cut-before' }
  | { kind: 'cut-during' }
  | { kind: 'cut-after' }
  | { kind: 'delay'; delayMs: number }
  | { kind: 'hang' };

/**
 * `match` is looked for in `METHOD /path?query` (a substring or a regular expression; left out: every request). `times` is how often the
 * fault strikes (default 1, `Infinity` allowed), `skip` how many matching requests pass before the first strike.
 */
export type FaultRule = FaultKind & {
  match?: string | RegExp;
  /** Looked for in the raw request body, for faults that strike one record or one sub-request. */
  bodyMatch?: string | RegExp;
  times?: number;
  skip?: number;
};

export type Faults = {
  /** Adds a rule; the first rule that matches strikes. The answer removes the rule again. */
  add(rule: FaultRule): () => void;
  clear(): void;
  /** How many strikes are still to come (`Infinity` possible). */
  left(): number;
  /** The fault for this request, used up by the call. */
  take(line: string, body: string): FaultKind | undefined;
};

function matches(pattern: string | RegExp | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  return typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0;
}

/** An empty set of faults. */
export function createFaults(): Faults {
  let active: { rule: FaultRule; left: number; skip: number }[] = [];
  return {
    add(rule) {
      const entry = { rule, left: rule.times ?? 1, skip: rule.skip ?? 0 };
      active.push(entry);
      return () => {
        active = active.filter((other) => other !== entry);
      };
    },
    clear() {
      active = [];
    },
    left: () => active.reduce((sum, entry) => sum + entry.left, 0),
    take(line, body) {
      for (const entry of active) {
        if (!matches(entry.rule.match, line) || !matches(entry.rule.bodyMatch, body)) continue;
        if (entry.skip > 0) {
          entry.skip -= 1;
          continue;
        }
        entry.left -= 1;
        if (entry.left <= 0) active = active.filter((other) => other !== entry);
        return entry.rule;
      }
      return undefined;
    },
  };
}
