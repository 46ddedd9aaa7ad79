import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useSearchParams } from 'wouter';
import { formatUnits } from '../../parts/format.ts';
import { Prose } from '../../parts/prose.tsx';
import { Ago } from '../../parts/time.tsx';
import { Tag, type Tone } from '../../parts/tone.tsx';
import classes from './activity.module.css';
import { Changes } from './changes.tsx';
import { Links } from './links.tsx';
import type { Entry } from './types.ts';

/** The list; which entries are open stands in the address too. */
export function Entries({ entries }: { entries: readonly Entry[] }) {
  const [params, setParams] = useSearchParams();
  const open = params.getAll('open');
  const toggle = (id: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        next.delete('open');
        for (const each of open.includes(id) ? open.filter((other) => other !== id) : [...open, id])
          next.append('open', each);
        return next;
      },
      { replace: true },
    );
  return (
    <ul className={classes.entries}>
      {entries.map((entry) => (
        <li key={entry.id} className={classes.entry}>
          <One entry={entry} isOpen={open.includes(entry.id)} toggle={() => toggle(entry.id)} />
        </li>
      ))}
    </ul>
  );
}

function One({ entry, isOpen, toggle }: { entry: Entry; isOpen: boolean; toggle(): void }) {
  const { at, actor, text, changes } = entry;
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <>
      <div className={classes.row}>
        <span className={classes.when}>
          <Ago at={at} />
        </span>
        <span className={classes.who} data-sync={actor === 'sync' || undefined}>
          {actor === 'sync' ? 'Sync' : actor}
        </span>
        <span className={classes.what}>
          <span>
            <Prose text={text} />
          </span>
          <Links entry={entry} />
        </span>
        <span className={classes.end}>
          <Outcome entry={entry} />
          {changes.length > 0 && (
            <button className={classes.toggle} type="button" aria-expanded={isOpen} onClick={toggle}>
              {formatUnits(changes.length, 'field')}
              <Chevron size={14} stroke={2} aria-hidden="true" />
            </button>
          )}
        </span>
      </div>
      {isOpen && <Changes changes={changes} />}
    </>
  );
}

const outcomes: Readonly<Record<string, { text: string; tone: Tone }>> = {
  asked: { text: 'Not finished', tone: 'warning' },
  refused: { text: 'Refused', tone: 'warning' },
  failed: { text: 'Failed', tone: 'error' },
  sent: { text: 'Not confirmed', tone: 'warning' },
  planned: { text: 'Not sent', tone: 'warning' },
  unknown: { text: 'Not known', tone: 'warning' },
};

/** What went well needs no word. */
function Outcome({ entry: { outcome } }: { entry: Entry }) {
  const known = outcomes[outcome];
  return known === undefined ? null : <Tag tone={known.tone}>{known.text}</Tag>;
}
