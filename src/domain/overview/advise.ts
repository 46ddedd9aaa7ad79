import { countText } from '../health/words.ts';
import { adviseOnFlow } from './advise-on-flow.ts';
import { adviseOnIncidents } from './advise-on-incidents.ts';
import { adviseOnMapping } from './advise-on-mapping.ts';
import { adviseOnRecords } from './advise-on-records.ts';
import { adviseOnRuns } from './advise-on-runs.ts';
import type { Advice, Health, Situation } from './types.ts';

const urgency: Readonly<Record<Advice['severity'], number>> = { error: 0, warning: 1, info: 2 };

/** What a person should know or do, the most urgent first: errors before warnings, and of each what stops most before the rest. Pure. */
export function advise(situation: Situation): readonly Advice[] {
  const all = [
    ...adviseOnFlow(situation),
    ...adviseOnRuns(situation),
    ...adviseOnRecords(situation),
    ...adviseOnMapping(situation),
  ];
  return adviseOnIncidents(all, situation).toSorted((one, other) => urgency[one.severity] - urgency[other.severity]);
}

/** Whether it is healthy, in one word and one sentence. @param advice as `advise` orders it */
export function judgeHealth({ today }: Pick<Situation, 'today'>, advice: readonly Advice[]): Health {
  const [first, ...others] = advice.filter(({ severity }) => severity !== 'info');
  if (first === undefined) {
    const done = `${countText(today.handoffs, 'handoff')} and ${countText(today.changes, 'changed field')} today (UTC)`;
    return { level: 'ok', sentence: `All is well: ${done}.` };
  }
  const more =
    others.length === 0 ? '' : ` ${countText(others.length, 'more thing needs', 'more things need')} a look.`;
  return { level: first.severity === 'error' ? 'error' : 'warning', sentence: `${first.text}${more}` };
}
