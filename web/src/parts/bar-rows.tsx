import classes from './bar-rows.module.css';
import { formatCount } from './format.ts';

type BarRow = {
  name: string;
  /** Of this row, in one sentence: its sum, its peak. */
  note: string;
  /** One for each column. */
  values: readonly number[];
  colour: string;
  /** In rem. */
  height: number;
  /** The value of a bar of full height. */
  top: number;
};

type Props = {
  /** What the figure shows, for readers of the screen and as the table's name. */
  label: string;
  /** The heading of the first column, and one name for each column of bars. */
  columns: { heading: string; names: readonly string[] };
  /** Names below the bars, as many as there is room for. */
  ticks: readonly { column: number; text: string }[];
  rows: readonly BarRow[];
};

/** Rows of bars over one axis. The same numbers stand in a table below, for whoever wants them exactly or cannot see the bars. */
export function BarRows({ label, columns, ticks, rows }: Props) {
  return (
    <figure className={classes.figure}>
      <div aria-hidden="true">
        {rows.map((row) => (
          <div key={row.name} className={classes.row}>
            <div className={classes.name}>
              <strong>{row.name}</strong>
              <span>{row.note}</span>
            </div>
            <Bars row={row} names={columns.names} />
          </div>
        ))}
        <div className={classes.row}>
          <span />
          <Ticks ticks={ticks} columns={columns.names.length} />
        </div>
      </div>
      <Numbers label={label} columns={columns} rows={rows} />
    </figure>
  );
}

function Bars({ row, names }: { row: BarRow; names: readonly string[] }) {
  const { values, colour, height, top } = row;
  return (
    <svg
      className={classes.bars}
      style={{ height: `${height}rem` }}
      viewBox={`0 0 ${Math.max(values.length, 1)} 100`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {values.map((value, column) => (
        <g key={names[column]}>
          <rect className={classes.back} x={column} y={0} width={1} height={100}>
            <title>{`${names[column]}: ${formatCount(value)} ${row.name.toLowerCase()}`}</title>
          </rect>
          <rect {...barAt(column, value, top)} fill={colour} pointerEvents="none" />
        </g>
      ))}
    </svg>
  );
}

/** A value above zero is always seen, however small it is. */
function barAt(column: number, value: number, top: number) {
  const height = value === 0 || top === 0 ? 0 : Math.max(3, (value / top) * 100);
  return { x: column + 0.12, width: 0.76, y: 100 - height, height };
}

function Ticks({ ticks, columns }: Pick<Props, 'ticks'> & { columns: number }) {
  return (
    <div className={classes.ticks}>
      {ticks.map(({ column, text }) => (
        <span key={column} style={{ left: `${((column + 0.5) / columns) * 100}%` }}>
          {text}
        </span>
      ))}
    </div>
  );
}

function Numbers({ label, columns, rows }: Omit<Props, 'ticks'>) {
  return (
    <details className={classes.numbers}>
      <summary>Show as a table</summary>
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{columns.heading}</th>
            {rows.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.names.map((name, column) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {rows.map((row) => (
                <td key={row.name}>{formatCount(row.values[column] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
