import { IconArrowRight } from '@tabler/icons-react';
import { Value } from '../../parts/value.tsx';
import { ruleWords } from '../records/field-words.ts';
import classes from './activity.module.css';
import type { Change } from './types.ts';

/** Field by field what was there before and what is there now, and the rule that decided. */
export function Changes({ changes }: { changes: readonly Change[] }) {
  return (
    <table className={classes.changes}>
      <caption className={classes.unseen}>Changed fields</caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">
            <span className={classes.unseen}>became</span>
          </th>
          <th scope="col">After</th>
          <th scope="col">Rule</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.field}>
            <th scope="row">{change.field}</th>
            <td>{change.erased ? <Erased /> : <Value value={change.before} />}</td>
            <td>
              <IconArrowRight size={14} stroke={1.7} aria-hidden="true" />
            </td>
            <td>{change.erased ? <Erased /> : <Value value={change.after} />}</td>
            <td title={ruleWords(change.rule).long}>{whyOf(change)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Erased() {
  return <span className={classes.dim}>erased</span>;
}

function whyOf({ rule, conflict }: Change): string {
  const why = ruleWords(rule).short;
  if (conflict === null) return why;
  return `${why}; both sides had changed, ${conflict === 'hubspot' ? 'HubSpot' : 'Salesforce'} won`;
}
