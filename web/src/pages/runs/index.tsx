import { Button, Select, Table } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { Link, useSearchParams } from 'wouter';
import { useApiPages } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { Empty } from '../../parts/empty.tsx';
import { formatCount } from '../../parts/format.ts';
import { Loading } from '../../parts/loading.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import parts from '../../parts/parts.module.css';
import { ScrollTable } from '../../parts/scroll-table.tsx';
import { Ago } from '../../parts/time.tsx';
import { Tag } from '../../parts/tone.tsx';
import { Unread } from '../../parts/unread.tsx';
import { withParam } from '../records/with-param.ts';
import { type Run, runTitle, stateOf, titleOf } from './run-words.ts';
import classes from './runs.module.css';

const kinds = ['live', 'backfill', 'comparison', 'revert', 'rebuild', 'apply'] as const;
const states = ['running', 'paused', 'stopped', 'review', 'ended', 'cancelled', 'failed'] as const;

/** Runs of every kind, the newest first. Which are shown stands in the address. */
export function Page() {
  const can = useCan();
  return (
    <>
      <PageHeader
        title="Runs"
        sentence="Every bounded piece of work: what it did, how far it is, and the way to undo it."
        actions={
          can('operator') && (
            <Button component={Link} href="/runs/new" leftSection={<IconPlayerPlay size={16} aria-hidden="true" />}>
              Start a backfill
            </Button>
          )
        }
      />
      <Filters />
      <List />
    </>
  );
}

function useFilter() {
  const [params, setParams] = useSearchParams();
  const kind = kinds.find((name) => name === params.get('kind'));
  const state = states.find((name) => name === params.get('state'));
  return { kind, state, setParams };
}

function Filters() {
  const { kind, state, setParams } = useFilter();
  const change = (name: string) => (value: string | null) =>
    setParams(withParam(name, value ?? '', ''), { replace: true });
  return (
    <div className={classes.filters}>
      <Select
        label="Kind"
        placeholder="All kinds"
        clearable
        value={kind ?? null}
        onChange={change('kind')}
        data={kinds.map((value) => ({
          value,
          label: runTitle({ kind: value, object: null, dryRun: false, reverts: null }),
        }))}
      />
      <Select
        label="State"
        placeholder="All states"
        clearable
        value={state ?? null}
        onChange={change('state')}
        data={states.map((value) => ({ value, label: stateOf({ state: value }).text }))}
      />
    </div>
  );
}

function List() {
  const { kind, state } = useFilter();
  const filter = { ...(kind === undefined ? {} : { kind }), ...(state === undefined ? {} : { state }) };
  const list = useApiPages('GET /runs', { query: { limit: 50, ...filter } });
  if (list.data === undefined) return <Unread query={list} waiting={<Loading rows={8} height={40} />} />;
  const runs = list.data.pages.flatMap(({ items }) => items);
  const isNarrowed = kind !== undefined || state !== undefined;
  if (runs.length === 0)
    return (
      <Empty
        title={isNarrowed ? 'No run fits these filters.' : 'No runs yet.'}
        text={
          isNarrowed
            ? 'Take one away.'
            : 'Live sync begins with the first contact that is handed over. A backfill takes in those that were there before.'
        }
      />
    );
  return (
    <>
      <ScrollTable label="Runs" wide>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Run</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th className={classes.number}>Records</Table.Th>
            <Table.Th className={classes.number}>Created</Table.Th>
            <Table.Th className={classes.number}>Changed</Table.Th>
            <Table.Th className={classes.number}>Failed</Table.Th>
            <Table.Th>Started</Table.Th>
            <Table.Th>By</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <Row key={run.id} run={run} />
          ))}
        </Table.Tbody>
      </ScrollTable>
      {list.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show older runs
          </Button>
        </div>
      )}
    </>
  );
}

function Row({ run }: { run: Run }) {
  const { text, tone } = stateOf(run);
  const { done, total, created, changed, failed } = run.progress;
  const of = total === null || total === done ? '' : ` of ${formatCount(total)}`;
  return (
    <Table.Tr>
      <Table.Td>
        <Link href={`/runs/${run.id}`} className={parts.link}>
          {titleOf(run)} <span className={parts.dim}>#{run.id}</span>
        </Link>
      </Table.Td>
      <Table.Td>
        <Tag tone={tone}>{text}</Tag>
      </Table.Td>
      <Table.Td className={classes.number}>{run.kind === 'live' ? '' : `${formatCount(done)}${of}`}</Table.Td>
      <Table.Td className={classes.number}>{formatCount(created)}</Table.Td>
      <Table.Td className={classes.number}>{formatCount(changed)}</Table.Td>
      <Table.Td className={classes.number}>{formatCount(failed)}</Table.Td>
      <Table.Td>
        <Ago at={run.startedAt} />
      </Table.Td>
      <Table.Td>{run.requestedBy ?? 'the service'}</Table.Td>
    </Table.Tr>
  );
}
