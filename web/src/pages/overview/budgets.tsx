import { Card } from '../../parts/card.tsx';
import { formatCount, formatShare } from '../../parts/format.ts';
import { Meter } from '../../parts/meter.tsx';
import classes from './overview.module.css';
import type { Overview } from './types.ts';

type Budget = Overview['budgets'][number];

const names = { hubspot: 'HubSpot', salesforce: 'Salesforce' };
/** Shares of what may be used from which a meter changes its colour. */
const nearlySpent = 0.8;

/** How many calls each API has had in a day, and how many are left. */
export function Budgets({ budgets }: { budgets: Overview['budgets'] }) {
  return (
    <Card title="API calls in 24 hours">
      <ul className={classes.budgets}>
        {budgets.map((budget) => (
          <li key={budget.system}>
            <One budget={budget} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function One({ budget }: { budget: Budget }) {
  const { system, ours, everybody, limit, allowed } = budget;
  const most = limit ?? allowed;
  const mayUse = allowed ?? limit;
  const share = mayUse === null || mayUse === 0 ? null : ours / mayUse;
  return (
    <>
      <div className={classes.budgetHead}>
        <strong>{names[system]}</strong>
        <span>
          {formatCount(ours)} by Handoff{share !== null && `, ${formatShare(share)} of what it may use`}
        </span>
      </div>
      {most !== null && (
        <Meter
          label={`API calls of ${names[system]} in 24 hours`}
          value={ours}
          others={Math.max(0, (everybody ?? ours) - ours)}
          most={most}
          mark={allowed}
          tone={toneOf(share)}
          text={`${formatCount(ours)} of ${formatCount(most)} calls`}
        />
      )}
      <span className={classes.dim}>{describe({ everybody, limit, allowed })}</span>
    </>
  );
}

function toneOf(share: number | null): 'info' | 'warning' | 'error' {
  if (share === null || share < nearlySpent) return 'info';
  return share < 1 ? 'warning' : 'error';
}

function describe({ everybody, limit, allowed }: Omit<Budget, 'system' | 'ours'>): string {
  const parts = [
    everybody === null ? null : `All applications: ${formatCount(everybody)}`,
    limit === null ? 'No daily limit is known' : `limit ${formatCount(limit)}`,
    allowed === null ? null : `Handoff may use ${formatCount(allowed)}`,
  ].filter((part) => part !== null);
  const text = parts.join(' · ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
