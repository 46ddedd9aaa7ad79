import { Code } from '@mantine/core';

/** A sentence of the service; what stands between backticks is shown as code. */
export function Prose({ text }: { text: string }) {
  return (
    text
      .split(/`([^`]+)`/)
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence have no other name, and never change places.
      .map((part, place) => (place % 2 === 1 ? <Code key={place}>{part}</Code> : part))
  );
}
