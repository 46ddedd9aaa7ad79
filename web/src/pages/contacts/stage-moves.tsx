import { Table } from '@mantine/core';
import { Empty } from '../../parts/empty.tsx';
import { ScrollTable } from '../../parts/scroll-table.tsx';
import { Ago } from '../../parts/time.tsx';
import { Tag } from '../../parts/tone.tsx';
import { systemWord } from '../records/field-words.ts';
import classes from '../records/records.module.css';
import type { ContactTold } from '../records/told.ts';
import { moveWord } from './move-words.ts';

/** Each move of the lifecycle stage that was seen or made, the newest first, with the reason. */
export function StageMoves({ stages: { transitions, labels } }: { stages: ContactTold['stages'] }) {
  if (transitions.length === 0) {
    return <Empty title="No move of the stage is known." text="The first stage that Handoff sees is told here." />;
  }
  const label = (stage: string) => labels[stage] ?? stage;
  return (
    <ScrollTable label="Moves of the stage" wide>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">When</Table.Th>
          <Table.Th scope="col">Move</Table.Th>
          <Table.Th scope="col">Kind</Table.Th>
          <Table.Th scope="col">Came from</Table.Th>
          <Table.Th scope="col">Why</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {transitions.map(({ at, from, to, source, kind, code, text }) => (
          <Table.Tr key={`${at} ${to} ${code}`}>
            <Table.Td>
              <Ago at={at} />
            </Table.Td>
            <Table.Td>
              {from === null ? '' : `${label(from)} → `}
              <strong>{label(to)}</strong>
            </Table.Td>
            <Table.Td>
              <Tag tone={kind === 'recycle' ? 'warning' : 'quiet'}>{moveWord(kind)}</Tag>
            </Table.Td>
            <Table.Td>{systemWord(source)}</Table.Td>
            <Table.Td>
              {text} <span className={classes.code}>{code}</span>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}
