import { Link } from 'wouter';
import { CrmLink } from '../../parts/crm-link.tsx';
import { RecordLink } from '../../parts/record-link.tsx';
import classes from './activity.module.css';
import type { Entry } from './types.ts';

/** Where an entry leads: the record here and in its CRM, and the run. */
export function Links({ entry: { kind, pair, system, object, recordId, runId } }: { entry: Entry }) {
  if (pair === null && recordId === null && runId === null) return null;
  // Of a move of the stage `system` is the side that it came from, and not where the record is.
  const isWritten = kind === 'write' && object !== null && recordId !== null;
  return (
    <span className={classes.links}>
      {pair !== null && <RecordLink kind={pair.kind} id={pair.recordId} />}
      {isWritten && system !== null && (
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
