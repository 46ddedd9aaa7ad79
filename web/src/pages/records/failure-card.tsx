import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { useAction } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { showDone } from '../../layout/notices.ts';
import { Card } from '../../parts/card.tsx';
import { formatUnits } from '../../parts/format.ts';
import { Ago } from '../../parts/time.tsx';
import classes from './records.module.css';
import type { FailureTold } from './told.ts';

/** What is known of a failure besides its cause and what to do, which stand above it; and another try. `isTold`: the cause does stand there. */
export function FailureCard({ failure, isTold }: { failure: FailureTold; isTold: boolean }) {
  const { message, fields, code, vendorCode, attempts, firstAt, lastAt } = failure;
  return (
    <Card title="It could not be synced" actions={<RetryButton failure={failure} />}>
      <dl className={classes.facts}>
        {!isTold && (
          <>
            <dt>Cause</dt>
            <dd>{message}</dd>
          </>
        )}
        {fields.length > 0 && (
          <>
            <dt>Fields</dt>
            <dd className={classes.code}>{fields.join(', ')}</dd>
          </>
        )}
        <dt>How often</dt>
        <dd>
          {formatUnits(attempts, 'attempt')}, first <Ago at={firstAt} />, last <Ago at={lastAt} />
        </dd>
        <dt>Others like it</dt>
        <dd>
          <Link href={`/failures?code=${encodeURIComponent(code)}`}>All failures of this cause</Link>{' '}
          <span className={classes.code}>
            {code}
            {vendorCode !== undefined && ` (${vendorCode})`}
          </span>
        </dd>
      </dl>
    </Card>
  );
}

/** Looks again at one record that failed. */
export function RetryButton({ failure: { system, object, recordId } }: { failure: FailureTold }) {
  const can = useCan();
  const retry = useAction('POST /failures/retry');
  const allowed = can('operator');
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={retry.busy}
      disabled={!allowed}
      title={allowed ? undefined : 'Your role is viewer: an operator can do this'}
      onClick={() => retry.press({ body: { system, object, recordId } }, () => showDone('It is tried again now.'))}
    >
      Retry
    </Button>
  );
}
