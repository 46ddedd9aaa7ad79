import { Card } from '../../parts/card.tsx';
import { CounterpartFact } from '../records/counterpart-fact.tsx';
import { LastLook } from '../records/last-look.tsx';
import classes from '../records/records.module.css';
import type { RecordTold, Told } from '../records/told.ts';

/** Where both sides have a company. */
export function CompanyFacts({ told, answer: { stages } }: { told: Told; answer: RecordTold }) {
  const stage = stages?.hubspot.stageLabel ?? stages?.hubspot.stage ?? null;
  return (
    <Card title="Where it stands">
      <dl className={classes.facts}>
        <CounterpartFact told={told} />
        <dt>Stage in HubSpot</dt>
        <dd>{stage ?? <span className={classes.soft}>None</span>}</dd>
        <LastLook told={told} />
      </dl>
    </Card>
  );
}
