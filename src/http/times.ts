/** Epoch milliseconds as ISO 8601 in UTC. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** The same of a moment that may not have come. */
export function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : isoTime(atMs);
}
