const SECOND_MS = 1000;
const COMPARED_LENGTH = 'YYYY-MM-DDTHH:MM:SS'.length;

/** Epoch milliseconds as the REST API writes a dateTime; the platform keeps whole seconds. */
export function toSfDateTime(epochMs: number): string {
  return `${new Date(Math.floor(epochMs / SECOND_MS) * SECOND_MS).toISOString().slice(0, -1)}+0000`;
}

/** Epoch milliseconds as a date. */
export function toSfDate(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** An ISO date-time in any zone as the platform stores it, or undefined. */
export function parseSfDateTime(text: string): string | undefined {
  const isLiteral = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(text);
  if (!isLiteral) return undefined;
  const epochMs = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(epochMs) ? undefined : toSfDateTime(epochMs);
}

/** Milliseconds are ignored in comparisons (salesforce.stackexchange 234824), so compare this. */
export function toComparable(dateTime: string): string {
  return dateTime.slice(0, COMPARED_LENGTH);
}
