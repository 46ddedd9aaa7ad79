import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { Card } from '../../parts/card.tsx';
import { Tag } from '../../parts/tone.tsx';
import { type Condition, gateCount, heldNow } from './gate-words.ts';
import classes from './records.module.css';

type Props = { gate: { passes: boolean; text: string }; conditions: readonly Condition[] };

/** All that the gate asks of a contact: what is met, what is missing, and what HubSpot holds now. */
export function GateCard({ gate, conditions }: Props) {
  const sorted = [...conditions].sort((one, other) => Number(one.met) - Number(other.met));
  return (
    <Card
      title="The gate to Salesforce"
      note={gateCount(conditions)}
      actions={<Tag tone={gate.passes ? 'ok' : 'warning'}>{gate.passes ? 'Open' : 'Closed'}</Tag>}
    >
      <ul className={classes.conditions}>
        {sorted.map((condition) => (
          <ConditionLine key={`${condition.code} ${condition.needs}`} condition={condition} />
        ))}
      </ul>
    </Card>
  );
}

function ConditionLine({ condition }: { condition: Condition }) {
  const { met, needs } = condition;
  const Icon = met ? IconCircleCheck : IconCircleX;
  return (
    <li className={classes.condition} data-met={met ? 'yes' : 'no'}>
      <Icon className={classes.mark} size={18} stroke={1.8} aria-hidden="true" />
      <div>
        <span className={classes.needs}>{needs}</span>
        {heldNow(condition).map(({ property, text, isEmpty }) => (
          <div key={property} className={classes.held}>
            Now in HubSpot: <span className={classes.code}>{property}</span> is{' '}
            {isEmpty ? 'empty' : <strong>{text}</strong>}
          </div>
        ))}
      </div>
      <Tag tone={met ? 'ok' : 'error'}>{met ? 'Met' : 'Missing'}</Tag>
    </li>
  );
}
