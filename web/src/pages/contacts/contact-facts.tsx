import { Card } from '../../parts/card.tsx';
import { CounterpartFact } from '../records/counterpart-fact.tsx';
import { LastLook } from '../records/last-look.tsx';
import classes from '../records/records.module.css';
import { Related } from '../records/related.tsx';
import type { ContactTold, Told } from '../records/told.ts';
import { StageFacts } from './stage-facts.tsx';

/** Where both sides have a contact, and what belongs to it. */
export function ContactFacts({ told, answer }: { told: Told; answer: ContactTold }) {
  const { company, deals } = answer;
  return (
    <Card title="Where it stands">
      <dl className={classes.facts}>
        <StageFacts answer={answer} />
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
