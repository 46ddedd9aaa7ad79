import { Link } from 'wouter';
import { Card } from '../../parts/card.tsx';
import { Count } from '../../parts/count.tsx';
import { formatCode } from '../../parts/format.ts';
import classes from './overview.module.css';
import type { Overview } from './types.ts';

/** As many causes as fit; the rest stands on the page of the failures. */
const shown = 5;

/** Why records fail, the most frequent cause first. Nothing where none does. */
export function Causes({ failures }: { failures: Overview['failures'] }) {
  if (failures.causes.length === 0) return null;
  return (
    <Card title="Failing, by cause" actions={<Link href="/failures">See all</Link>}>
      <ul className={classes.list}>
        {failures.causes.slice(0, shown).map(({ code, count, newInDay }) => (
          <li key={code} className={classes.item}>
            <Link href={`/failures?code=${encodeURIComponent(code)}`}>{formatCode(code)}</Link>
            <span>
              <strong>
                <Count value={count} />
              </strong>{' '}
              {newInDay > 0 && (
                <span className={classes.dim}>
                  <Count value={newInDay} /> new in a day
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
