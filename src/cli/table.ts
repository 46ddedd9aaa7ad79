/** Rows under a header, in columns as wide as their widest cell; two blanks between them. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const toLine = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [toLine(header), toLine(widths.map((width) => '-'.repeat(width))), ...rows.map(toLine)];
}

/** Epoch milliseconds for a person: to the second, with its zone. */
export function readableTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The records that a failure names, as a sentence behind its message; nothing where it names none. */
export function renderRecordIds(recordIds: readonly string[]): string {
  return recordIds.length === 0 ? '' : ` Records: ${recordIds.join(', ')}.`;
}

/** A count with its noun: `1 contact`, `3 contacts`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? noun : plural}`;
}
