import type { Answer } from '../../../../src/http/contract/index.ts';
import { formatCount, formatUnits } from '../../parts/format.ts';

export type Group = Answer<'GET /failures/groups'>['items'][number];

const kinds: Readonly<Record<Group['kind'], { text: string; title: string }>> = {
  'needs-human': { text: 'Needs a person', title: 'Somebody must change data, the mapping, or rights.' },
  retryable: { text: 'May work later', title: 'The same call may work another time: retry it once the cause is gone.' },
  wait: { text: 'Waits its turn', title: 'Nothing is wrong: it goes on by itself.' },
  permanent: { text: 'Cannot work', title: 'It will never work as it is, and nobody needs to act.' },
};

/** What kind of cause it is, in words. */
export function kindWords(kind: Group['kind']): { text: string; title: string } {
  return kinds[kind];
}

/** How a cause has grown within the last day, beside the day before. Pure. */
export function trendText({ newInDay, newInDayBefore }: Pick<Group, 'newInDay' | 'newInDayBefore'>): string {
  if (newInDay === 0 && newInDayBefore === 0) return 'None new in the last 48 h';
  const now = newInDay === 0 ? 'None' : formatCount(newInDay);
  const before = newInDayBefore === 0 ? 'none' : formatCount(newInDayBefore);
  return `${now} new in the last 24 h, ${before} the day before`;
}

/** Whether more of a cause came today than the day before. */
export function isRising({ newInDay, newInDayBefore }: Pick<Group, 'newInDay' | 'newInDayBefore'>): boolean {
  return newInDay > newInDayBefore;
}

/** `hubspot contact` → `HubSpot contact`. */
export function objectWords(object: string): string {
  return object.replace(/^hubspot /, 'HubSpot ').replace(/^salesforce /, 'Salesforce ');
}

/** What the button of a retry says, with the number of records. */
export function retryLabel(count: number): string {
  return `Retry ${formatUnits(count, 'record')}`;
}

/** How many records fail, over all causes. */
export function totalOf(groups: readonly Pick<Group, 'count'>[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}
