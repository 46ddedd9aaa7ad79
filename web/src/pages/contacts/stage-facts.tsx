import { Tag } from '../../parts/tone.tsx';
import classes from '../records/records.module.css';
import type { ContactTold } from '../records/told.ts';

/** Where both sides have the lifecycle stage, and why they differ: entries of a list of facts. */
export function StageFacts({ answer: { stages, person } }: { answer: ContactTold }) {
  const { hubspot, salesforce, cause, labels, recycles } = stages;
  const label = (stage: string | null) => (stage === null ? null : (labels[stage] ?? stage));
  return (
    <>
      <dt>Stage in HubSpot</dt>
      <dd>
        {label(hubspot) ?? <span className={classes.soft}>None</span>}{' '}
        {recycles > 0 && <Tag>Returned by sales {recycles === 1 ? 'once' : `${recycles} times`}</Tag>}
      </dd>
      {(person !== null || salesforce !== null) && (
        <>
          <dt>As Salesforce sees it</dt>
          <dd>
            {label(salesforce) ?? <span className={classes.soft}>Says nothing of the stage</span>}
            {cause !== null && (
              <p className={classes.small}>
                <Tag tone="warning">Differs</Tag> {cause}
              </p>
            )}
          </dd>
        </>
      )}
    </>
  );
}
