import { IconExternalLink } from '@tabler/icons-react';
import { type Session, useSession } from '../api/session.tsx';
import classes from './parts.module.css';

type System = 'hubspot' | 'salesforce';
type Props = {
  system: System;
  /** As the CRM calls it: `contacts`, `contact`, `Lead`, `Account`, … */
  object: string;
  id: string;
  /** What the link shows; the id by default. */
  text?: string;
};

const names: Readonly<Record<System, string>> = { hubspot: 'HubSpot', salesforce: 'Salesforce' };

/** HubSpot's number of an object type in the addresses of its records. */
const hubspotTypes: Readonly<Record<string, string>> = {
  contact: '0-1',
  contacts: '0-1',
  company: '0-2',
  companies: '0-2',
  deal: '0-3',
  deals: '0-3',
};

/** Opens a record in its CRM in a new tab. Plain text while the session does not know where the CRM is. */
export function CrmLink({ system, object, id, text }: Props) {
  const address = crmAddress(useSession(), { system, object, id });
  const shown = text ?? id;
  if (address === null) return <span className={classes.text}>{shown}</span>;
  return (
    <a
      className={classes.link}
      href={address}
      target="_blank"
      rel="noopener noreferrer"
      title={`Open in ${names[system]}`}
    >
      {shown}
      <IconExternalLink size={13} stroke={1.7} role="img" aria-label={`opens in ${names[system]}`} />
    </a>
  );
}

/** Null: where the CRM is, or what the object is, is not known. */
function crmAddress(session: Session, { system, object, id }: Omit<Props, 'text'>): string | null {
  const record = encodeURIComponent(id);
  if (system === 'salesforce') {
    const base = session.salesforce?.url.replace(/\/$/, '');
    return base === undefined ? null : `${base}/lightning/r/${encodeURIComponent(object)}/${record}/view`;
  }
  const type = hubspotTypes[object.toLowerCase()];
  if (session.hubspot === null || type === undefined) return null;
  const { url, portalId } = session.hubspot;
  return `${url.replace(/\/$/, '')}/contacts/${encodeURIComponent(portalId)}/record/${type}/${record}`;
}
