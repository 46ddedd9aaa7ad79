import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { isAway, type Problem } from '../../api/problem.ts';
import { Empty } from '../../parts/empty.tsx';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import type { RecordKind } from '../../parts/record-link.tsx';
import { Notice } from './notices.tsx';
import classes from './records.module.css';

const lists = {
  contact: { href: '/contacts', label: 'Contacts', one: 'Contact' },
  company: { href: '/companies', label: 'Companies', one: 'Company' },
  deal: { href: '/deals', label: 'Deals', one: 'Deal' },
} as const;

/** What the API takes for an id; anything else in the address is no record. */
const idShape = /^\d{1,32}$/;

/** Whether an address names a record at all: nobody is asked about anything else. */
export function isRecordId(id: string): boolean {
  return idShape.test(id);
}

type Props<Answer> = {
  kind: RecordKind;
  id: string;
  query: UseQueryResult<Answer, Problem>;
  /** `readAtMs`: when it was answered. */
  children: (answer: Answer, readAtMs: number) => ReactNode;
};

/** A record's page: the way back, and what is shown while it loads, where there is no such record, and where it cannot be asked. */
export function RecordFrame<Answer>({ kind, id, query, children }: Props<Answer>) {
  const { href, label } = lists[kind];
  return (
    <>
      <p className={classes.crumb}>
        <Link href={href}>{label}</Link>
      </p>
      <State kind={kind} id={id} query={query}>
        {children}
      </State>
    </>
  );
}

function State<Answer>({ kind, id, query, children }: Props<Answer>) {
  const { data, error } = query;
  const { one } = lists[kind];
  if (!isRecordId(id) || error?.status === 404) return <NoRecord kind={kind} id={id} />;
  if (data === undefined) {
    return (
      <>
        <PageHeader title={`${one} ${id}`} sentence={error === null ? 'Reading both CRMs.' : 'It could not be read.'} />
        {error === null ? <Skeletons /> : <Failed problem={error} retry={() => void query.refetch()} />}
      </>
    );
  }
  return (
    <div className={classes.stack}>
      {error !== null && !isAway(error) && (
        <Notice tone="warning">It could not be read again: {error.message} What you see may be old.</Notice>
      )}
      {children(data, query.dataUpdatedAt)}
    </div>
  );
}

function Skeletons() {
  return (
    <div className={classes.stack}>
      <Loading rows={1} height={104} />
      <div className={classes.columns}>
        <Loading rows={1} height={220} />
        <Loading rows={1} height={220} />
      </div>
      <Loading rows={8} height={36} />
    </div>
  );
}

function NoRecord({ kind, id }: { kind: RecordKind; id: string }) {
  const { href, one } = lists[kind];
  return (
    <>
      <PageHeader title={`${one} not found`} />
      <Empty
        title={`Neither HubSpot nor Handoff knows a ${kind} with the id ${id}.`}
        text="It may be mistyped, of another HubSpot account, or deleted before Handoff ever looked at it."
        action={<Link href={`${href}?query=${encodeURIComponent(id)}`}>Search for it</Link>}
      />
    </>
  );
}
