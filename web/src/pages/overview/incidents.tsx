import { IconBellRinging, IconChevronRight } from '@tabler/icons-react';
import { Link } from 'wouter';
import { Card } from '../../parts/card.tsx';
import { formatUnits } from '../../parts/format.ts';
import { Prose } from '../../parts/prose.tsx';
import { Ago } from '../../parts/time.tsx';
import { goWord } from './go-word.ts';
import classes from './overview.module.css';
import type { Incident, Incidents } from './types.ts';
import { isInTrouble, webhookText } from './webhook-words.ts';

/** What the alerts are about right now, who was told of it, and what keeps the messages from being sent. Nothing where all is quiet. */
export function OpenIncidents({ incidents }: { incidents: Incidents | undefined }) {
  if (incidents === undefined) return null;
  const open = incidents.items.filter(({ endedAt }) => endedAt === null);
  const { webhook } = incidents;
  if (open.length === 0 && !isInTrouble(webhook)) return null;
  const told = webhookText(webhook);
  return (
    <Card title="Open incidents" note={open.length === 0 ? 'none' : formatUnits(open.length, 'incident')}>
      {told !== null && (
        <p className={classes.lead}>
          <Prose text={told} />
        </p>
      )}
      {open.length > 0 && (
        <ul className={classes.advice}>
          {open.map((incident) => (
            <li key={incident.id} data-level={incident.severity}>
              <One incident={incident} hasWebhook={webhook.state !== 'none'} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function One({ incident, hasWebhook }: { incident: Incident; hasWebhook: boolean }) {
  const { title, text, fix, link, since, told, severity } = incident;
  return (
    <>
      <IconBellRinging
        className={classes.adviceIcon}
        size={18}
        stroke={1.8}
        role="img"
        aria-label={severity === 'error' ? 'Now' : 'Soon'}
      />
      <div className={classes.adviceText}>
        <strong>{title}</strong>
        <span>
          <Prose text={text} />
        </span>
        <span>
          <Prose text={fix} />
        </span>
        <span className={classes.dim}>
          {told.opening !== null ? (
            <>
              The message was sent <Ago at={told.opening} />.
            </>
          ) : (
            hasWebhook && 'The message was not sent yet.'
          )}
        </span>
      </div>
      <div className={classes.adviceEnd}>
        <span className={classes.dim}>
          since <Ago at={since} />
        </span>
        {link !== '/' && (
          <Link href={link} className={classes.go}>
            {goWord(link)}
            <IconChevronRight size={14} stroke={2} aria-hidden="true" />
          </Link>
        )}
      </div>
    </>
  );
}
