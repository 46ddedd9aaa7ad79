import { Table } from '@mantine/core';
import { CrmLink } from '../../parts/crm-link.tsx';
import { RecordLink } from '../../parts/record-link.tsx';
import { StandingBadge } from '../../parts/standing-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Tag } from '../../parts/tone.tsx';
import { type Found, foundTitle } from './found-words.ts';
import classes from './search.module.css';

/** One record of a list, with its standing. One that only Salesforce has leads there: it has no page here. */
export function FoundRow({ found }: { found: Found }) {
  const { kind, recordId, email, detail, stage, standing, failing, pending, lastChangeAt, counterpart } = found;
  const title = foundTitle(found);
  return (
    <Table.Tr>
      <Table.Td className={classes.name}>
        {recordId === null && counterpart !== null ? (
          <CrmLink system="salesforce" object={counterpart.object} id={counterpart.id} text={title} />
        ) : (
          <RecordLink kind={kind} id={recordId} name={title} />
        )}
        {email !== null && email !== title && <span className={classes.second}>{email}</span>}
      </Table.Td>
      <Table.Td>{detail}</Table.Td>
      <Table.Td>{stage}</Table.Td>
      <Table.Td>
        <span className={classes.tags}>
          <StandingBadge standing={standing} />
          {failing && <Tag tone="error">Failing</Tag>}
          {pending && <Tag tone="info">Look due</Tag>}
        </span>
      </Table.Td>
      <Table.Td>{lastChangeAt !== null && <Ago at={lastChangeAt} />}</Table.Td>
    </Table.Tr>
  );
}
