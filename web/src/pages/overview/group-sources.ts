import type { Overview } from './types.ts';

type Source = Overview['sources'][number];
export type Group = { name: string; at: string; everySeconds: number; late: boolean };

/**
 * Late sources each, the others in one line for what they are (`Salesforce changes of 5 objects`), with the moment of the one that is furthest
 * behind. Late ones first.
 */
export function groupSources(sources: readonly Source[]): readonly Group[] {
  const late = sources
    .filter((source) => source.late)
    .map(({ label, at, everySeconds }) => ({ name: label, at, everySeconds, late: true }));
  const groups = Map.groupBy(
    sources.filter((source) => !source.late),
    ({ label, everySeconds }) => `${label.split(' of ')[0]} ${everySeconds}`,
  );
  const onTime = [...groups.values()].flatMap((group) => {
    const [first] = group.toSorted((one, other) => one.at.localeCompare(other.at));
    return first === undefined ? [] : [{ ...first, name: nameOf(group, first.label), late: false }];
  });
  return [...late, ...onTime];
}

function nameOf(group: readonly Source[], label: string): string {
  return group.length === 1 ? label : `${label.split(' of ')[0]} of ${group.length} objects`;
}
