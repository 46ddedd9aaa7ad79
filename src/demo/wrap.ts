import { renderTable } from '../cli/table.ts';

/** As wide as a terminal that nobody has made wider. */
const columns = 100;

/** A text in lines of at most 100 columns, each with this indent; a word that is longer stays whole. */
export function wrap(text: string, indent = '', width = columns - indent.length): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => indent + line);
}

/** A table whose last column goes on in further lines where it would pass 100 columns. */
export function wrapLastColumn(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const fixed = header.length - 1;
  const taken = Array.from({ length: fixed }, (_, column) =>
    Math.max(...[header, ...rows].map((row) => (row[column] ?? '').length + 2)),
  ).reduce((sum, width) => sum + width, 0);
  const lines = rows.flatMap((row) =>
    wrap(row[fixed] ?? '', '', columns - taken).map((line, place) => [
      ...row.slice(0, fixed).map((cell) => (place === 0 ? cell : '')),
      line,
    ]),
  );
  return renderTable(header, lines);
}
