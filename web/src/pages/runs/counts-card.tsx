import { Table } from '@mantine/core';
import { Link } from 'wouter';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { formatCount } from '../../parts/format.ts';
import parts from '../../parts/parts.module.css';
import { RecordLink } from '../../parts/record-link.tsx';
import { codeWords, countGroups, isOver, type Run } from './run-words.ts';
import classes from './runs.module.css';

/** Samples that are shown of each count. */
const mostShown = 5;

/** How many records came to what, with some of them to look at. */
export function CountsCard({ run }: { run: Run }) {
  const groups = countGroups(run);
  const actions = run.dryRun ? null : (
    <Link href={`/activity?run=${run.id}`} className={parts.link}>
      Every change of this run
    </Link>
  );
  return (
    <Card title={run.dryRun ? 'What would become of the records' : 'What became of the records'} actions={actions}>
      {groups.length === 0 && (
        <Empty
          title="Nothing counted yet."
          text={isOver(run) ? 'It found no record.' : 'The first page is being read.'}
        />
      )}
      {groups.map(({ kind, title, note, counts }) => (
        <section key={kind} aria-label={title}>
          <h3 className={classes.group}>{title}</h3>
          <p>{note}</p>
          <Table className={parts.table}>
            <Table.Tbody>
              {counts.map((count) => (
                <Table.Tr key={count.code}>
                  <Table.Td>
                    {codeWords(count)}
                    <Samples run={run} samples={count.samples} />
                  </Table.Td>
                  <Table.Td className={classes.number}>{formatCount(count.count)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      ))}
    </Card>
  );
}

const ofHubspot = { contacts: 'contact', companies: 'company', deals: 'deal' } as const;

/** Ids of HubSpot lead to their records; those of Salesforce are searched for. */
function Samples({ run: { object }, samples }: { run: Run; samples: readonly string[] }) {
  if (samples.length === 0) return null;
  const kind = object === null ? undefined : ofHubspot[object as keyof typeof ofHubspot];
  return (
    <div className={classes.samples}>
      {samples.slice(0, mostShown).map((id) =>
        kind !== undefined && /^\d+$/.test(id) ? (
          <RecordLink key={id} kind={kind} id={id} name={id} />
        ) : (
          <Link key={id} href={`/contacts?query=${encodeURIComponent(id)}`} className={parts.link}>
            {id}
          </Link>
        ),
      )}
      {samples.length > mostShown && <span className={parts.dim}>and more</span>}
    </div>
  );
}
