import { Link } from 'wouter';
import { BarRows } from '../../parts/bar-rows.tsx';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { formatClock, formatCount, zoneName } from '../../parts/format.ts';
import type { Overview } from './types.ts';

/** Every so many hours the time stands below the bars. */
const tickHours = 6;

/** What went which way in the last 24 hours. */
export function Flow({ flow }: { flow: Overview['flow'] }) {
  const row = (name: string, values: readonly number[], colour: string) => ({
    name,
    values,
    colour,
    note: noteOf(values),
  });
  const toSalesforce = flow.map((hour) => hour.toSalesforce);
  const toHubspot = flow.map((hour) => hour.toHubspot);
  const handoffs = flow.map((hour) => hour.handoffs);
  const top = Math.max(...toSalesforce, ...toHubspot, 0);
  if (top === 0 && handoffs.every((value) => value === 0))
    return (
      <Card title="The last 24 hours">
        <Empty
          title="Nothing was written in the last 24 hours."
          text="Contacts that change from now on arrive by themselves. Those from before come with a backfill."
          action={<Link href="/runs/new">Start a backfill</Link>}
        />
      </Card>
    );
  return (
    <Card title="The last 24 hours" note={`Records written towards each side, and handoffs, per hour (${zoneName()})`}>
      <BarRows
        label="Records written towards each side, and handoffs, in each of the last 24 hours"
        columns={{ heading: `Hour from (${zoneName()})`, names: flow.map(({ hour }) => formatClock(hour)) }}
        ticks={flow.flatMap(({ hour }, column) =>
          new Date(hour).getHours() % tickHours === 0 ? [{ column, text: formatClock(hour) }] : [],
        )}
        rows={[
          { ...row('To Salesforce', toSalesforce, 'var(--salesforce)'), height: 4, top },
          { ...row('To HubSpot', toHubspot, 'var(--hubspot)'), height: 4, top },
          { ...row('Handoffs', handoffs, 'var(--tone-ok-solid)'), height: 2.25, top: Math.max(...handoffs, 1) },
        ]}
      />
    </Card>
  );
}

function noteOf(values: readonly number[]): string {
  const sum = values.reduce((total, value) => total + value, 0);
  return sum === 0 ? 'none' : `${formatCount(sum)}, at most ${formatCount(Math.max(...values))} an hour`;
}
