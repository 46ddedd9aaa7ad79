import { Card } from '../../parts/card.tsx';
import { Tag } from '../../parts/tone.tsx';
import { CounterpartFact } from '../records/counterpart-fact.tsx';
import { LastLook } from '../records/last-look.tsx';
import classes from '../records/records.module.css';
import { Related } from '../records/related.tsx';
import type { ContactTold, Told } from '../records/told.ts';

/** Where both sides have a contact, and what belongs to it. */
export function ContactFacts({ told, answer }: { told: Told; answer: ContactTold }) {
  const { company, deals } = answer;
  return (
    <Card title="Where it stands">
      <dl className={classes.facts}>
        <Stages answer={answer} />
        <CounterpartFact told={told} />
        {company !== null && (
          <>
            <dt>Company</dt>
            <dd>
              {company.companyId === null ? (
                <span className={classes.soft}>{company.text}</span>
              ) : (
                <Related {...company} kind="company" id={company.companyId} counterpart={company.account} />
              )}
            </dd>
          </>
        )}
        {deals.length > 0 && (
          <>
            <dt>Deals</dt>
            <dd>
              <ul className={classes.plain}>
                {deals.map((deal) => (
                  <li key={deal.dealId}>
                    <Related {...deal} kind="deal" id={deal.dealId} counterpart={deal.opportunity} />
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
        <LastLook told={told} />
      </dl>
    </Card>
  );
}

function Stages({ answer: { stages } }: { answer: ContactTold }) {
  const { hubspot, salesforce, cause, labels, recycles } = stages;
  const label = (stage: string | null) => (stage === null ? null : (labels[stage] ?? stage));
  return (
    <>
      <dt>Stage in HubSpot</dt>
      <dd>
        {label(hubspot) ?? <span className={classes.soft}>None</span>}{' '}
        {recycles > 0 && <Tag>Returned by sales {recycles === 1 ? 'once' : `${recycles} times`}</Tag>}
      </dd>
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
  );
}
