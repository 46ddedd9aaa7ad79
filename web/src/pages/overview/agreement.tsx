import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Card } from '../../parts/card.tsx';
import { formatCode, formatCount, formatUnits } from '../../parts/format.ts';
import { Ago } from '../../parts/time.tsx';
import { Tag } from '../../parts/tone.tsx';
import classes from './overview.module.css';
import type { Overview } from './types.ts';

/** The kinds of drift of `docs/comparison.md`, for people. */
const drifts: Readonly<Record<string, string>> = {
  missing: 'missing in Salesforce',
  not_backfilled: 'never looked at, wait for a backfill',
  extra: 'in Salesforce with an id that leads nowhere',
  unequal: 'changed without our notice',
  gone: 'of a link, not there any more',
  unlinked_pair: 'there again after their link ended',
  failing: 'failing',
  ended: 'wanted in Salesforce, their link has ended',
  below_gate_present: 'in Salesforce, below the gate now',
  recycled: 'in Salesforce, sent back by sales',
  held: 'with fields that a revert holds',
  frozen: 'with frozen fields',
};

/** What the last comparison of everything found, and what does not agree right now. */
export function Agreement({ overview }: { overview: Overview }) {
  const { lastComparison, lastSweep, stageDisagreements, frozenFields, mappingVersion, proposedVersion } = overview;
  return (
    <Card title="Agreement">
      <dl className={classes.facts}>
        <Fact name="Last comparison">
          {lastComparison === null ? (
            'none yet; one runs each night'
          ) : (
            <>
              <Link href={`/runs/${lastComparison.run}`}>
                <Ago at={lastComparison.endedAt} />
              </Link>
              <Drift drift={lastComparison.drift} />
            </>
          )}
        </Fact>
        <Fact name="Last sweep">
          <Ago at={lastSweep?.at ?? null} />
        </Fact>
        <Fact name="Stages that differ">
          {stageDisagreements === 0 ? 'none' : <Link href="/stages">{formatUnits(stageDisagreements, 'contact')}</Link>}
        </Fact>
        <Fact name="Frozen fields">
          {frozenFields === 0 ? 'none' : `${formatCount(frozenFields)}, as somebody kept changing them back`}
        </Fact>
        <Fact name="Mapping">
          {mappingVersion === null ? 'none is active' : <Link href="/mappings">version {mappingVersion} is live</Link>}
          {proposedVersion !== null && (
            <>
              , <Link href="/mappings/plan">version {proposedVersion} is proposed</Link>
            </>
          )}
        </Fact>
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Drift({ drift }: { drift: Readonly<Record<string, number>> }) {
  const found = Object.entries(drift).filter(([, count]) => count > 0);
  if (found.length === 0) return <Tag tone="ok">no drift</Tag>;
  return (
    <ul className={classes.drift}>
      {found.map(([code, count]) => (
        <li key={code}>
          {formatUnits(count, 'record')} {drifts[code] ?? formatCode(code).toLowerCase()}
        </li>
      ))}
    </ul>
  );
}
