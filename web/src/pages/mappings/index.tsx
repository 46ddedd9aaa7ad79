import { Button, Table } from '@mantine/core';
import { keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { useApi } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import parts from '../../parts/parts.module.css';
import { Ago } from '../../parts/time.tsx';
import { Tag } from '../../parts/tone.tsx';
import { Unread } from '../../parts/unread.tsx';
import { MappingTold } from './mapping-told.tsx';
import { type Mapping, versionState } from './mapping-words.ts';
import classes from './mappings.module.css';

/** What is live, and which versions there were. Mappings are edited in files and reviewed in git: nothing is edited here. */
export function Page() {
  const can = useCan();
  const [limit, setLimit] = useState(5);
  const list = useApi('GET /mappings', { query: { limit } }, { placeholderData: keepPreviousData });
  const live = useApi('GET /mappings/{version}', { params: { version: 'active' } });
  return (
    <>
      <PageHeader
        title="Mappings"
        sentence="Who may pass, which field owns what, and how stages move. Edited in files and reviewed in git; this page shows what is live."
        actions={
          can('operator') && (
            <Button component={Link} href="/mappings/plan" variant="default">
              Plan a change
            </Button>
          )
        }
      />
      <div className={classes.stack}>
        {list.data === undefined && <Unread query={list} waiting={<Loading rows={2} height={44} />} />}
        {list.data !== undefined && (
          <Versions
            versions={list.data.history.items}
            more={list.data.history.nextCursor !== null && limit < 100 ? () => setLimit(100) : null}
          />
        )}
        {live.data !== undefined && <MappingTold mapping={live.data} />}
        {live.data === undefined &&
          (live.error?.status === 404 ? (
            <NothingLive />
          ) : (
            <Unread query={live} waiting={<Loading rows={8} height={44} />} />
          ))}
      </div>
    </>
  );
}

function NothingLive() {
  return (
    <Empty
      title="No mapping is live yet."
      text="The service makes the files in MAPPINGS_DIR the first version when it starts."
    />
  );
}

type Version = Pick<
  Mapping,
  'version' | 'active' | 'proposed' | 'proposedAt' | 'proposedBy' | 'activatedAt' | 'activatedBy'
>;

function Versions({ versions, more }: { versions: readonly Version[]; more: (() => void) | null }) {
  const proposed = versions.find((one) => one.proposed);
  return (
    <>
      {proposed !== undefined && (
        <div className={classes.notice} role="status">
          <p>
            Version {proposed.version} is proposed and waits for somebody to activate it.{' '}
            <Link href={`/mappings/${proposed.version}`} className={parts.link}>
              What it changes
            </Link>{' '}
            ·{' '}
            <Link href={`/mappings/plan?version=${proposed.version}`} className={parts.link}>
              What it would do to live records
            </Link>
          </p>
        </div>
      )}
      <Card title="Versions">
        <Table className={parts.table}>
          <Table.Tbody>
            {versions.map((one) => (
              <Table.Tr key={one.version}>
                <Table.Td>
                  <Link href={`/mappings/${one.version}`} className={parts.link}>
                    Version {one.version}
                  </Link>
                </Table.Td>
                <Table.Td>
                  <Tag tone={versionState(one).tone}>{versionState(one).text}</Tag>
                </Table.Td>
                <Table.Td>
                  {one.activatedAt !== null ? (
                    <>
                      activated <Ago at={one.activatedAt} /> by{' '}
                      {one.activatedBy === null || one.activatedBy === 'start'
                        ? 'the start of the service'
                        : one.activatedBy}
                    </>
                  ) : (
                    <>
                      proposed <Ago at={one.proposedAt} /> by {one.proposedBy ?? 'the service'}
                    </>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {more !== null && (
          <Button size="xs" variant="default" onClick={more}>
            Show older versions
          </Button>
        )}
      </Card>
    </>
  );
}
