import { Link } from 'wouter';
import { Card } from '../../parts/card.tsx';
import { formatUnits } from '../../parts/format.ts';
import classes from './records.module.css';
import { Related } from './related.tsx';
import type { RecordTold } from './told.ts';

const shownContacts = 4;

/** The first contacts of a company or deal; the section below tells all of them. */
export function ContactsCard({ told: { kind, contacts, contactCount } }: { told: RecordTold }) {
  return (
    <Card
      title="Contacts"
      note={formatUnits(contactCount, 'contact')}
      actions={contactCount > shownContacts && <Link href="?tab=contacts">All of them</Link>}
    >
      {contacts.length === 0 ? (
        <p className={classes.soft}>This {kind} has no contacts in HubSpot.</p>
      ) : (
        <ul className={classes.plain}>
          {contacts.slice(0, shownContacts).map(({ contactId, name, person, failure, text }) => (
            <li key={contactId}>
              <Related kind="contact" id={contactId} name={name} counterpart={person} failure={failure} text={text} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
