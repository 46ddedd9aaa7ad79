import type { Answer } from '../../../../src/http/contract/index.ts';
import { CrmLink } from '../../parts/crm-link.tsx';
import { Prose } from '../../parts/prose.tsx';
import { RecordLink } from '../../parts/record-link.tsx';
import classes from './stages.module.css';

type Pair = Answer<'GET /stages/disagreements'>['items'][number];

/** A line per pair: both stages as people call them, why they differ, and what can be done. */
export function Pairs({ pairs }: { pairs: readonly Pair[] }) {
  return (
    <table className={classes.table} aria-label="Contacts whose stages differ">
      <thead>
        <tr>
          <th scope="col">Contact</th>
          <th scope="col">HubSpot</th>
          <th scope="col">Salesforce says</th>
          <th scope="col">Why, and what to do</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map((pair) => (
          <Row key={pair.pairId} pair={pair} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ pair }: { pair: Pair }) {
  const { contactId, name, person, hubspot, hubspotLabel, salesforce, salesforceLabel, cause, text, advice } = pair;
  return (
    <tr>
      <th scope="row">
        <RecordLink kind="contact" id={contactId} name={name} />
        {person !== null && (
          <span className={classes.second}>
            <CrmLink system="salesforce" object={person.object} id={person.id} text={`${person.object} ${person.id}`} />
          </span>
        )}
      </th>
      <td data-label="HubSpot" title={hubspot ?? undefined}>
        {hubspotLabel ?? <None text="No stage" />}
      </td>
      <td data-label="Salesforce says" title={salesforce ?? undefined}>
        {salesforceLabel ?? <None text="No stage" />}
      </td>
      <td className={classes.why}>
        {text}
        <span className={classes.advice}>
          <Prose text={advice} />
        </span>
        <span className={classes.code}>{cause}</span>
      </td>
    </tr>
  );
}

function None({ text }: { text: string }) {
  return <span className={classes.advice}>{text}</span>;
}
