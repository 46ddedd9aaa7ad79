import { BarRows } from '../../parts/bar-rows.tsx';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { formatCount } from '../../parts/format.ts';
import type { Funnel } from './types.ts';

/** At most so many names of weeks stand below the bars. */
const mostTicks = 6;
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Handoffs and recycles week by week. */
export function Weeks({ weeks }: { weeks: Funnel['weeks'] }) {
  const names = weeks.map(({ week }) => day.format(new Date(week)));
  const handoffs = weeks.map((week) => week.handoffs);
  const recycles = weeks.map((week) => week.recycles);
  const top = Math.max(...handoffs, ...recycles, 1);
  const every = Math.ceil(weeks.length / mostTicks);
  return (
    <Card title="Handoffs and recycles per week" note="Weeks begin on Monday, UTC">
      {weeks.length === 0 ? (
        <Empty title="No full week lies in this period." text="Choose a longer one." />
      ) : (
        <BarRows
          label="Handoffs and recycles in each week"
          columns={{ heading: 'Week from', names }}
          ticks={names.flatMap((text, column) => (column % every === 0 ? [{ column, text }] : []))}
          rows={[
            {
              name: 'Handoffs',
              note: noteOf(handoffs),
              values: handoffs,
              colour: 'var(--tone-ok-solid)',
              height: 3.75,
              top,
            },
            {
              name: 'Recycles',
              note: noteOf(recycles),
              values: recycles,
              colour: 'var(--tone-warning-solid)',
              height: 3.75,
              top,
            },
          ]}
        />
      )}
    </Card>
  );
}

function noteOf(values: readonly number[]): string {
  const sum = values.reduce((total, value) => total + value, 0);
  return sum === 0 ? 'none' : `${formatCount(sum)}, at most ${formatCount(Math.max(...values))} a week`;
}
