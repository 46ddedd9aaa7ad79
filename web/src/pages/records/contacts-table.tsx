import { Table } from '@mantine/core';
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
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Contact</Table.Th>
            <Table.Th scope="col">Gate</Table.Th>
            <Table.Th scope="col">In Salesforce as</Table.Th>
            {isDeal && <Table.Th scope="col">Role</Table.Th>}
            <Table.Th scope="col">Where it stands</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {contacts.map((contact) => (
            <ContactRow key={contact.contactId} contact={contact} isDeal={isDeal} />
          ))}
        </Table.Tbody>
      </ScrollTable>
    </>
  );
}

function ContactRow({ contact, isDeal }: { contact: Person; isDeal: boolean }) {
  const { contactId, name, passedGate, person, isPrimary, labels, failure, text } = contact;
  return (
    <Table.Tr>
      <Table.Td>
        <RecordLink kind="contact" id={contactId} name={name} />
      </Table.Td>
      <Table.Td>
        <Tag tone={passedGate ? 'ok' : 'quiet'}>{passedGate ? 'Passed' : 'Not passed'}</Tag>
      </Table.Td>
      <Table.Td>
        {person === null ? (
          <span className={classes.soft}>Nobody</span>
        ) : (
          <CrmLink system="salesforce" object={person.object} id={person.id} text={`${person.object} ${person.id}`} />
        )}
      </Table.Td>
      {isDeal && (
        <Table.Td>
          {roleText(contact)}
          {isPrimary && (
            <>
              {' '}
              <Tag tone="info">Primary</Tag>
            </>
          )}
          {labels.length > 0 && <div className={classes.dim}>Label in HubSpot: {labels.join(', ')}</div>}
        </Table.Td>
      )}
      <Table.Td>
        {text}
        {failure !== null && (
          <>
            {' '}
            <Tag tone="error">Failing: {failure}</Tag>
          </>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** `*` stands for a contact role without a name. */
function roleText({ role }: Person): string {
  if (role === null || role === '') return 'None';
  return role === '*' ? 'Without a name' : String(role);
}
