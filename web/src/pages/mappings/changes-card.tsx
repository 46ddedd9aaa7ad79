import { Table } from '@mantine/core';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { formatUnits } from '../../parts/format.ts';
import { ScrollTable } from '../../parts/scroll-table.tsx';
import { Tag } from '../../parts/tone.tsx';
import { changeTones, type Mapping } from './mapping-words.ts';
import classes from './mappings.module.css';

/** What this version says otherwise than the live one. */
export function ChangesCard({ changes }: Pick<Mapping, 'changes'>) {
  if (changes === null)
    return (
      <Card title="Compared with the live version">
        <p className={classes.soft}>The two cannot be compared: one of them cannot be read any more.</p>
      </Card>
    );
  const { items, against } = changes;
  return (
    <Card title={`Compared with version ${against}`} note={formatUnits(items.length, 'difference')}>
      {items.length === 0 ? (
        <Empty title="Both say the same." />
      ) : (
        <ScrollTable label="Differences" wide>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Change</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>Live version</Table.Th>
              <Table.Th>This version</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Table.Tr key={`${item.area} ${item.kind} ${item.name}`}>
                <Table.Td>
                  <Tag tone={changeTones[item.change]}>{item.change}</Tag>
                </Table.Td>
                <Table.Td>{item.text}</Table.Td>
                <Table.Td>{item.before ?? <span className={classes.soft}>nothing</span>}</Table.Td>
                <Table.Td>{item.after ?? <span className={classes.soft}>nothing</span>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </ScrollTable>
      )}
    </Card>
  );
}
