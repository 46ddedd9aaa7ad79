import { Link } from 'wouter';
import classes from './parts.module.css';

export type RecordKind = 'contact' | 'company' | 'deal';

const folders: Readonly<Record<RecordKind, string>> = { contact: 'contacts', company: 'companies', deal: 'deals' };

/** The address of a record's page here. */
export function recordPath(kind: RecordKind, id: string): string {
  return `/${folders[kind]}/${encodeURIComponent(id)}`;
}

type Props = {
  kind: RecordKind;
  /** Of the HubSpot record; null: only Salesforce has it, so there is no page. */
  id: string | null;
  /** Null or empty: the id is shown instead. */
  name?: string | null;
};

/** Leads to a record's page here. The name is a record's own text and is shown as text. */
export function RecordLink({ kind, id, name }: Props) {
  const text = name === undefined || name === null || name.trim() === '' ? null : name;
  if (id === null) return <span className={classes.text}>{text ?? 'No name'}</span>;
  return (
    <Link href={recordPath(kind, id)} className={classes.link}>
      {text ?? `${kind} ${id}`}
    </Link>
  );
}
