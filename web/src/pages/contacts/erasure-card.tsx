import { Card } from '../../parts/card.tsx';
import { formatCount } from '../../parts/format.ts';
import { Moment } from '../../parts/time.tsx';
import classes from '../records/records.module.css';
import type { ContactTold } from '../records/told.ts';

/** The receipt of a privacy deletion: what was erased, by where it was, without a value. */
export function ErasureCard({ receipt }: { receipt: NonNullable<ContactTold['erasure']> }) {
  const erased = Object.entries(receipt.erased).filter(([, count]) => count > 0);
  return (
    <Card title="Erased for privacy" note={`Receipt ${receipt.id}`}>
      <dl className={classes.facts}>
        <dt>When</dt>
        <dd>
          <Moment at={receipt.at} />
        </dd>
        {erased.map(([place, count]) => (
          <FactOfErasure key={place} place={place} count={count} />
        ))}
        <dt>In Salesforce</dt>
        <dd>
          {receipt.personIds.length === 0
            ? 'Nobody was there.'
            : `${receipt.personIds.join(', ')}: people there decide what becomes of it.`}
        </dd>
      </dl>
    </Card>
  );
}

function FactOfErasure({ place, count }: { place: string; count: number }) {
  return (
    <>
      <dt>{`${place.charAt(0).toUpperCase()}${place.slice(1)}`}</dt>
      <dd>{formatCount(count)} erased</dd>
    </>
  );
}
