import { Table } from '@mantine/core';
import { Tag } from '../../parts/tone.tsx';
import { type Mapping, type Move, returnsOf } from './mapping-words.ts';
import classes from './mappings.module.css';

type Props = { stages: Mapping['stages']; moves: readonly Move[] };

/** The lifecycle as boxes in order, returns as arcs under them; the table below tells the same in words. */
export function StageDiagram({ stages, moves }: Props) {
  const labels = new Map(stages.map(({ stage, label }) => [stage, label]));
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard. */}
      <section className={classes.diagram} tabIndex={0} aria-label="Diagram of the stages">
        <div style={{ minWidth: `${stages.length * 7.5}rem` }}>
          <ol className={classes.boxes} style={{ gridTemplateColumns: `repeat(${stages.length}, minmax(0, 1fr))` }}>
            {stages.map(({ stage, label, owner, opensGate, salesforce }, index) => (
              <li
                key={stage}
                className={classes.box}
                data-open={opensGate || undefined}
                data-last={index === stages.length - 1 || undefined}
              >
                <strong>{label}</strong>
                <span className={classes.soft}>{owner}</span>
                {opensGate && <Tag tone="ok">in Salesforce</Tag>}
                {salesforce.map((line) => (
                  <span key={line} className={classes.line}>
                    {line}
                  </span>
                ))}
              </li>
            ))}
          </ol>
          <Arcs stages={stages} moves={returnsOf(moves)} />
        </div>
      </section>
      <MovesTable moves={moves} labelOf={(stage) => labels.get(stage) ?? stage} />
    </>
  );
}

/** Columns of the drawing are 100 wide. */
const width = 100;
const height = 54;

function Arcs({ stages, moves }: Props) {
  const places = new Map(stages.map(({ stage }, index) => [stage, (index + 0.5) * width]));
  const arcs = moves.flatMap(({ from, to }) => {
    const [start, end] = [places.get(from), places.get(to)];
    return start === undefined || end === undefined || start === end ? [] : [{ key: `${from} ${to}`, start, end }];
  });
  if (arcs.length === 0) return null;
  return (
    <svg className={classes.arcs} viewBox={`0 0 ${stages.length * width} ${height}`} aria-hidden="true">
      {arcs.map(({ key, start, end }) => (
        <g key={key}>
          <path d={`M ${start} 2 C ${start} ${height}, ${end} ${height}, ${end} 8`} />
          <path className={classes.head} d={`M ${end - 4} 9 L ${end} 1 L ${end + 4} 9 Z`} />
        </g>
      ))}
    </svg>
  );
}

function MovesTable({ moves, labelOf }: { moves: readonly Move[]; labelOf(stage: string): string }) {
  return (
    <details className={classes.moves}>
      <summary>All moves in words</summary>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>From</Table.Th>
            <Table.Th>To</Table.Th>
            <Table.Th>When</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {moves.map(({ from, to, kind, handoff, when, values }) => (
            <Table.Tr key={`${from} ${to} ${kind} ${when}`}>
              <Table.Td>{labelOf(from)}</Table.Td>
              <Table.Td>
                {labelOf(to)} {handoff && <Tag tone="ok">handoff</Tag>}{' '}
                {kind === 'recycle' && <Tag tone="warning">return</Tag>}
              </Table.Td>
              <Table.Td>
                {when}
                {values.length > 0 && <div className={classes.soft}>{values.join(', ')}</div>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}
