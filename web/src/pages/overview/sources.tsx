import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { formatSpan } from '../../parts/format.ts';
import { Ago } from '../../parts/time.tsx';
import { Tag } from '../../parts/tone.tsx';
import { groupSources } from './group-sources.ts';
import classes from './overview.module.css';
import type { Overview } from './types.ts';

type Line = { name: string; at: string; everySeconds: number; late: boolean };

/** How far the sources of changes were read: each late one, the others by what they are; each of them on request. */
export function Sources({ sources }: { sources: Overview['sources'] }) {
  const each = sources.map(({ label, ...source }) => ({ ...source, name: label }));
  return (
    <Card title="Sources of changes" note="Webhooks are faster; these find what they miss">
      {sources.length === 0 ? (
        <Empty title="Nothing was read yet." text="The first round begins moments after a worker has started." />
      ) : (
        <>
          <Lines lines={groupSources(sources)} />
          <details className={classes.more}>
            <summary>Show each of the {sources.length} sources</summary>
            <Lines lines={each} />
          </details>
        </>
      )}
    </Card>
  );
}

function Lines({ lines }: { lines: readonly Line[] }) {
  return (
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
        {lines.map(({ name, at, everySeconds, late }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <Ago at={at} />
            </td>
            <td className={classes.whole}>{formatSpan(everySeconds)}</td>
            <td>{late ? <Tag tone="error">Late</Tag> : <Tag tone="ok">On time</Tag>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
