import { Button, Table } from '@mantine/core';
import { useApiPages } from '../../api/hooks.ts';
import { CrmLink } from '../../parts/crm-link.tsx';
import { FailedMore } from '../../parts/failed.tsx';
import { formatCount } from '../../parts/format.ts';
import { Loading } from '../../parts/loading.tsx';
import { Newer } from '../../parts/newer.tsx';
import { RecordLink } from '../../parts/record-link.tsx';
import { ScrollTable } from '../../parts/scroll-table.tsx';
import { Ago } from '../../parts/time.tsx';
import { Unread } from '../../parts/unread.tsx';
import { RetryButton } from '../records/failure-card.tsx';
import { isRecordKind } from '../records/record-kind.ts';
import type { FailureTold } from '../records/told.ts';
import classes from './failures.module.css';
import type { Group } from './words.ts';

/** So many records at a time: of 10,000, only those that somebody asks for are drawn. */
const pageSize = 50;

/** The records of one cause, page by page. */
export function FailedRecords({ group: { code, count, message } }: { group: Group }) {
  const pages = useApiPages('GET /failures', { query: { code, limit: pageSize } }, { calm: true });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  if (data === undefined) return <Unread query={pages} waiting={<Loading rows={8} height={36} />} />;
  const failures = data.pages.flatMap(({ items }) => items);
  return (
    <>
      <ScrollTable label="Records that fail" wide>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Record</Table.Th>
            <Table.Th scope="col">Cause</Table.Th>
            <Table.Th scope="col">Attempts</Table.Th>
            <Table.Th scope="col">First</Table.Th>
            <Table.Th scope="col">Last</Table.Th>
            <Table.Th scope="col">
              <span>Again</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {failures.map((failure) => (
            <Row key={`${failure.system} ${failure.object} ${failure.recordId}`} failure={failure} usual={message} />
          ))}
        </Table.Tbody>
      </ScrollTable>
      <FailedMore list={pages} />
      <div className={classes.more}>
        {hasNextPage && (
          <Button size="xs" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Load {pageSize} more
          </Button>
        )}
        <span className={classes.small} role="status">
          {formatCount(failures.length)} of {formatCount(Math.max(count, failures.length))} shown
        </span>
        <Newer list={pages} />
      </div>
    </>
  );
}

/** `usual`: the sentence of the group, which is not told again. */
function Row({ failure, usual }: { failure: FailureTold; usual: string }) {
  const { system, object, recordId, message, fields, attempts, firstAt, lastAt } = failure;
  return (
    <Table.Tr>
      <Table.Td className={classes.record}>
        {system === 'hubspot' && isRecordKind(object) ? (
          <RecordLink kind={object} id={recordId} />
        ) : (
          <CrmLink system={system} object={object} id={recordId} text={`${object} ${recordId}`} />
        )}
      </Table.Td>
      <Table.Td className={classes.cause}>
        {message === usual ? <span className={classes.small}>As above</span> : message}
        {fields.length > 0 && <div className={classes.small}>{fields.join(', ')}</div>}
      </Table.Td>
      <Table.Td>{attempts}</Table.Td>
      <Table.Td>
        <Ago at={firstAt} />
      </Table.Td>
      <Table.Td>
        <Ago at={lastAt} />
      </Table.Td>
      <Table.Td>
        <RetryButton failure={failure} />
      </Table.Td>
    </Table.Tr>
  );
}
