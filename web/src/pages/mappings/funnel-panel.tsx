import { Card } from '../../parts/card.tsx';
import { formatUnits } from '../../parts/format.ts';
import { type Mapping, placeWords } from './mapping-words.ts';
import classes from './mappings.module.css';
import { SettingsList } from './settings-list.tsx';
import { StageDiagram } from './stage-diagram.tsx';

/** Who may pass, and how a contact moves. */
export function FunnelPanel({ mapping }: { mapping: Mapping }) {
  const { gate, limits, owners, lifecycle } = mapping;
  return (
    <div className={classes.stack}>
      {gate !== null && (
        <Card title="The gate">
          <p className={classes.big}>{gate.sentence}</p>
          {gate.conditions.length > 0 && (
            <ul className={classes.plain}>
              {gate.conditions.map((condition) => (
                <li key={condition.code}>
                  {condition.text} <span className={classes.place}>{placeWords(condition)}</span>
                  {condition.expression !== null && <code className={classes.code}>{condition.expression}</code>}
                </li>
              ))}
            </ul>
          )}
          <p className={classes.soft}>{gate.below}</p>
        </Card>
      )}
      <Card title="Stages" note="from left to right as a contact moves; arcs are returns by sales">
        <StageDiagram stages={mapping.stages} moves={mapping.moves} />
      </Card>
      <div className={classes.columns}>
        <Card title="How stages move">
          <SettingsList settings={lifecycle.settings} />
        </Card>
        <Card title="Owners">
          <p>{owners.sentence}</p>
          <SettingsList settings={owners.settings} />
        </Card>
        <Card title="Safety limits of a run">
          <p>
            A run stops and waits for approval at {formatUnits(limits.createsPerRun, 'create')} or{' '}
            {formatUnits(limits.changesPerRun, 'change')}, unless its forecast said more.
          </p>
        </Card>
      </div>
    </div>
  );
}
