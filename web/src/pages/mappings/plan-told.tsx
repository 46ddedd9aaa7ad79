import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Answer } from '../../../../src/http/contract/index.ts';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { formatCount, formatUnits } from '../../parts/format.ts';
import { RecordLink } from '../../parts/record-link.tsx';
import { ScrollTable } from '../../parts/scroll-table.tsx';
import { Tag } from '../../parts/tone.tsx';
import { Value } from '../../parts/value.tsx';
import { objectName } from './mapping-words.ts';
import classes from './mappings.module.css';

type Plan = Answer<'POST /plan'>;
type ObjectPlan = Plan['objects'][number];

/** A plan: per kind of record what would change, grouped by field and rule, with records to look at. */
export function PlanTold({ plan, activate }: { plan: Plan; activate: ReactNode }) {
  if (plan.isSame)
    return (
      <Empty
        title="Both are the same mapping."
        text="Change the files and send the service SIGHUP: it proposes what they say. Then plan it here."
      />
    );
  return (
    <>
      <Card
        title={`Version ${plan.proposed.version ?? 'in the files'} instead of ${plan.active.version ?? 'none'}`}
        note={`applying it would cost about ${formatUnits(plan.calls.hubspot, 'call')} to HubSpot and ${formatUnits(plan.calls.salesforce, 'call')} to Salesforce`}
        actions={activate}
      >
        <p className={classes.soft}>Nothing was written. The numbers are of this moment.</p>
      </Card>
      {plan.objects.map((object) => (
        <ObjectCard key={object.object} object={object} />
      ))}
    </>
  );
}

const tallies = [
  ['differing', 'would be written otherwise'],
  ['newlyPassing', 'newly pass the gate'],
  ['newlyFailing', 'no longer pass it'],
  ['newlyCreated', 'newly created in Salesforce'],
  ['noLongerCreated', 'no longer created'],
  ['unread', 'could not be read'],
] as const;

function ObjectCard({ object }: { object: ObjectPlan }) {
  const looked = object.isSample
    ? `${formatUnits(object.looked, 'record')} looked at, of ${formatCount(object.total)}`
    : `${formatUnits(object.looked, 'record')} looked at, all there are`;
  const shown = tallies.filter(([name]) => object[name].count > 0);
  return (
    <Card title={objectName(object.object)} note={looked}>
      {shown.length === 0 && <p className={classes.soft}>Nothing would be different.</p>}
      <dl className={classes.numbers}>
        {shown.map(([name, words]) => (
          <div key={name}>
            <dt>{words}</dt>
            <dd>{formatCount(object[name].count)}</dd>
          </div>
        ))}
      </dl>
      <Problems title="New problems" problems={object.problemsNew} />
      <Problems title="Problems that would be gone" problems={object.problemsGone} />
      {object.groups.length > 0 && (
        <ScrollTable label="Changes by field and rule" wide>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Field</Table.Th>
              <Table.Th>Rule</Table.Th>
              <Table.Th>Records</Table.Th>
              <Table.Th>For example</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {object.groups.map((group) => (
              <Table.Tr key={`${group.system} ${group.target} ${group.field} ${group.rule} ${group.kind}`}>
                <Table.Td>
                  <span className={classes.name}>{group.field}</span>
                  <div className={classes.soft}>in {group.target}</div>
                </Table.Td>
                <Table.Td>
                  <Tag>{group.rule}</Tag>
                </Table.Td>
                <Table.Td>{formatCount(group.count)}</Table.Td>
                <Table.Td>
                  {group.samples.slice(0, 3).map((sample) => (
                    <div key={sample.recordId}>
                      <RecordLink kind={object.object} id={sample.recordId} name={sample.recordId} />:{' '}
                      <Value value={sample.before} /> <span aria-hidden="true">→</span>
                      <span className={classes.unseen}> becomes </span> <Value value={sample.after} />
                      <span className={classes.soft}>
                        {' '}
                        (live mapping: <Value value={sample.instead} />)
                      </span>
                    </div>
                  ))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </ScrollTable>
      )}
    </Card>
  );
}

function Problems({ title, problems }: { title: string; problems: ObjectPlan['problemsNew'] }) {
  if (problems.length === 0) return null;
  return (
    <section aria-label={title}>
      <strong>{title}</strong>
      <ul>
        {problems.map(({ code, message, count }) => (
          <li key={code}>
            {formatUnits(count, 'record')}: {message}
          </li>
        ))}
      </ul>
    </section>
  );
}
