import { IconBellRinging, IconChevronRight } from '@tabler/icons-react';
import { Link } from 'wouter';
import { Card } from '../../parts/card.tsx';
import { formatUnits } from '../../parts/format.ts';
import { Prose } from '../../parts/prose.tsx';
import { Ago } from '../../parts/time.tsx';
import classes from './overview.module.css';
import type { Incident, Incidents } from './types.ts';

/** What the alerts are about right now, who was told of it, and what keeps the messages from being sent. Nothing where all is quiet. */
export function OpenIncidents({ incidents }: { incidents: Incidents | undefined }) {
  if (incidents === undefined) return null;
  const open = incidents.items.filter(({ endedAt }) => endedAt === null);
  const trouble = webhookTrouble(incidents.webhook);
  if (open.length === 0 && trouble === null) return null;
  return (
    <Card title="Open alerts" note={formatUnits(open.length, 'alert')}>
      {trouble !== null && <p className={classes.lead}>{trouble}</p>}
      <ul className={classes.advice}>
        {open.map((incident) => (
          <li key={incident.id} data-level={incident.severity}>
            <One incident={incident} hasWebhook={incidents.webhook.state !== 'none'} />
          </li>
        ))}
      </ul>
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
            hasWebhook && 'The message is not sent yet.'
          )}
        </span>
      </div>
      <div className={classes.adviceEnd}>
        <span className={classes.dim}>
          since <Ago at={since} />
        </span>
        {link !== '/' && (
          <Link href={link} className={classes.go}>
            Look
            <IconChevronRight size={14} stroke={2} aria-hidden="true" />
          </Link>
        )}
      </div>
    </>
  );
}

function webhookTrouble({ state }: Incidents['webhook']): string | null {
  if (state === 'gone') {
    return 'Nobody is told: the webhook takes no message any more. Set another ALERT_WEBHOOK_URL and restart; what waits is sent then.';
  }
  return state === 'retrying' ? 'The webhook does not answer at the moment. Messages wait and are sent again.' : null;
}
