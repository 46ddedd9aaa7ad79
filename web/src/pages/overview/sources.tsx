import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { formatSpan } from '../../parts/format.ts';
import { Ago } from '../../parts/time.tsx';
import { Tag } from '../../parts/tone.tsx';
import classes from './overview.module.css';
import type { Overview } from './types.ts';

/** How far each source of changes was read, the late ones first. */
export function Sources({ sources }: { sources: Overview['sources'] }) {
  const ordered = sources.toSorted((one, other) => Number(other.late) - Number(one.late));
  return (
    <Card title="Sources of changes" note="Webhooks only speed things up: these find what they miss">
      {ordered.length === 0 ? (
        <Empty title="Nothing was read yet." text="The first round begins moments after a worker has started." />
      ) : (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Read up to</th>
              <th scope="col">Every</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {ordered.map(({ source, label, at, everySeconds, late }) => (
              <tr key={source}>
                <th scope="row">{label}</th>
                <td>
                  <Ago at={at} />
                </td>
                <td>{formatSpan(everySeconds)}</td>
                <td>{late ? <Tag tone="error">Late</Tag> : <Tag tone="ok">On time</Tag>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
