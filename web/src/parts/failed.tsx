import { Button, Code } from '@mantine/core';
import { IconAlertCircle, IconRefresh } from '@tabler/icons-react';
import type { Problem } from '../api/problem.ts';
import classes from './parts.module.css';

type Props = {
  problem: Problem;
  /** What it was that failed; by default, that something could not be shown. */
  title?: string;
  retry?: () => void;
};

/** What went wrong in the service's own words, its code for those who look further, and another try where one may help. */
export function Failed({ problem, title, retry }: Props) {
  return (
    <div className={classes.failed} role="alert">
      <IconAlertCircle size={22} stroke={1.7} aria-hidden="true" />
      <div className={classes.failedText}>
        <strong>{title ?? headline(problem.status)}</strong>
        <p>{problem.message}</p>
        <p className={classes.failedCode}>
          Code: <Code>{problem.code}</Code>
        </p>
        {retry !== undefined && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden="true" />}
            onClick={() => retry()}
          >
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

type More = { error: Problem | null; isFetchNextPageError: boolean; fetchNextPage: () => unknown };

/** The next page of a list, where it was asked for and did not come. */
export function FailedMore({ list: { error, isFetchNextPageError, fetchNextPage } }: { list: More }) {
  if (error === null || !isFetchNextPageError) return null;
  return <Failed problem={error} retry={() => void fetchNextPage()} />;
}

function headline(status: number): string {
  if (status === 404) return 'Not found';
  if (status === 403) return 'Your role does not allow this';
  return 'This could not be shown';
}
