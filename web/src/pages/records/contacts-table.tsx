import { CrmLink } from '../../parts/crm-link.tsx';
import { Empty } from '../../parts/empty.tsx';
import { formatUnits } from '../../parts/format.ts';
import { RecordLink } from '../../parts/record-link.tsx';
import { ScrollTable } from '../../parts/scroll-table.tsx';
import { Tag } from '../../parts/tone.tsx';
import classes from './records.module.css';
import type { RecordTold } from './told.ts';

type Person = RecordTold['contacts'][number];

/** The contacts of a company or deal, and where each of them stands; of a deal with their roles. */
export function ContactsTable({ told: { kind, contacts, contactCount } }: { told: RecordTold }) {
  if (contacts.length === 0) {
    return <Empty title={`This ${kind} has no contacts in HubSpot.`} text="Associate a contact with it there." />;
  }
  const isDeal = kind === 'deal';
  return (
    <>
      {contactCount > contacts.length && (
        <p className={classes.dim}>
          The first {contacts.length} of {formatUnits(contactCount, 'contact')} are shown.
        </p>
      )}
      <ScrollTable label={`Contacts of this ${kind}`} wide>
        <thead>
          <tr>
            <th scope="col">Contact</th>
            <th scope="col">Gate</th>
            <th scope="col">In Salesforce as</th>
            {isDeal && <th scope="col">Role</th>}
            <th scope="col">Where it stands</th>
          </tr>
        </thead>
        <tbody>
          {contacts.map((contact) => (
            <ContactRow key={contact.contactId} contact={contact} isDeal={isDeal} />
          ))}
        </tbody>
      </ScrollTable>
    </>
  );
}

function ContactRow({ contact, isDeal }: { contact: Person; isDeal: boolean }) {
  const { contactId, name, passedGate, person, isPrimary, labels, failure, text } = contact;
  return (
    <tr>
      <td>
        <RecordLink kind="contact" id={contactId} name={name} />
      </td>
      <td>
        <Tag tone={passedGate ? 'ok' : 'quiet'}>{passedGate ? 'Passed' : 'Not passed'}</Tag>
      </td>
      <td>
        {person === null ? (
          <span className={classes.soft}>Nobody</span>
        ) : (
          <CrmLink system="salesforce" object={person.object} id={person.id} text={`${person.object} ${person.id}`} />
        )}
      </td>
      {isDeal && (
        <td>
          {roleText(contact)}
          {isPrimary && (
            <>
              {' '}
              <Tag tone="info">Primary</Tag>
            </>
          )}
          {labels.length > 0 && <div className={classes.dim}>Label in HubSpot: {labels.join(', ')}</div>}
        </td>
      )}
      <td>
        {text}
        {failure !== null && (
          <>
            {' '}
            <Tag tone="error">Failing: {failure}</Tag>
          </>
        )}
      </td>
    </tr>
  );
}

/** `*` stands for a contact role without a name. */
function roleText({ role }: Person): string {
  if (role === null || role === '') return 'None';
  return role === '*' ? 'Without a name' : String(role);
}
