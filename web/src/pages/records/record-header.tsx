import { Copy } from '../../parts/copy.tsx';
import { CrmLink } from '../../parts/crm-link.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import type { Identity } from './identity.ts';
import classes from './records.module.css';
import { ResyncButton } from './resync-button.tsx';
import type { Told } from './told.ts';

/** The head of a record's page: its name, its ids with the ways into both CRMs, and another look. */
export function RecordHeader({ told, identity }: { told: Told; identity: Identity }) {
  const { kind, id, counterpart } = told;
  const isGone = told.outcome === 'unlinked' && told.fields.length === 0;
  return (
    <PageHeader
      title={identity.title}
      sentence={
        <span className={classes.ids}>
          {identity.detail !== null && <span>{identity.detail}</span>}
          <span>
            {isGone ? (
              `Was in HubSpot as ${id}`
            ) : (
              <CrmLink system="hubspot" object={kind} id={id} text={`HubSpot ${id}`} />
            )}
            <Copy text={id} what={`${kind} id`} />
          </span>
          {counterpart !== null && (
            <span>
              <CrmLink
                system="salesforce"
                object={counterpart.object}
                id={counterpart.id}
                text={`${counterpart.object} ${counterpart.id}`}
              />
              <Copy text={counterpart.id} what={`${counterpart.object} id`} />
            </span>
          )}
        </span>
      }
      actions={<ResyncButton kind={kind} id={id} />}
    />
  );
}
