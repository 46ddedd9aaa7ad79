import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';

type Props = {
  /** Read in calm: a change of what it holds only makes it old. */
  list: { isStale: boolean; isRefetching: boolean; refetch: () => unknown };
  label?: string;
};

/** Reads a list again when somebody wants it, and not under their eyes. */
export function Newer({ list: { isStale, isRefetching, refetch }, label = 'Show what is newer' }: Props) {
  if (!isStale) return null;
  return (
    <Button
      size="compact-sm"
      variant="light"
      loading={isRefetching}
      leftSection={<IconRefresh size={14} aria-hidden="true" />}
      onClick={() => void refetch()}
    >
      {label}
    </Button>
  );
}
