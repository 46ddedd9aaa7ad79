import { Empty } from '../../parts/empty.tsx';
import { Cause } from './cause.tsx';
import classes from './failures.module.css';
import type { Group } from './words.ts';

/** All causes, the most frequent first. */
export function Worklist({ groups }: { groups: readonly Group[] }) {
  if (groups.length === 0) {
    return (
      <Empty
        title="Nothing is failing."
        text="Every record that was looked at could be synced. A new failure shows up here by itself, with what to do about it."
      />
    );
  }
  return (
    <ul className={classes.groups} aria-label="Causes, the most frequent first">
      {groups.map((group) => (
        <li key={group.code}>
          <Cause group={group} isOpen={false} />
        </li>
      ))}
    </ul>
  );
}
