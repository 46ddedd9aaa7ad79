import { Link } from 'wouter';
import { CrmLink } from '../../parts/crm-link.tsx';
import { RecordLink } from '../../parts/record-link.tsx';
import classes from './activity.module.css';
import type { Entry } from './types.ts';

/** Where an entry leads: the record here and in its CRM, and the run. */
export function Links({ entry: { pair, system, object, recordId, runId } }: { entry: Entry }) {
  if (pair === null && recordId === null && runId === null) return null;
  return (
    <span className={classes.links}>
      {pair !== null && <RecordLink kind={pair.kind} id={pair.recordId} />}
      {system !== null && object !== null && recordId !== null && (
        <CrmLink
          system={system}
          object={object}
          id={recordId}
          text={`${object} in ${system === 'hubspot' ? 'HubSpot' : 'Salesforce'}`}
        />
      )}
      {runId !== null && <Link href={`/runs/${runId}`}>run {runId}</Link>}
    </span>
  );
}
