import { Empty } from '../../parts/empty.tsx';
import { ScrollTable } from '../../parts/scroll-table.tsx';
import { Ago } from '../../parts/time.tsx';
import { Tag } from '../../parts/tone.tsx';
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
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Move</th>
          <th scope="col">Kind</th>
          <th scope="col">Came from</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {transitions.map(({ at, from, to, source, kind, code, text }) => (
          <tr key={`${at} ${to} ${code}`}>
            <td>
              <Ago at={at} />
            </td>
            <td>
              {from === null ? '' : `${label(from)} → `}
              <strong>{label(to)}</strong>
            </td>
            <td>
              <Tag tone={kind === 'recycle' ? 'warning' : 'quiet'}>{moveWord(kind)}</Tag>
            </td>
            <td>{source === 'hubspot' ? 'HubSpot' : 'Salesforce'}</td>
            <td>
              {text} <span className={classes.code}>{code}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
