import { CrmLink } from '../../parts/crm-link.tsx';
import { type RecordKind, RecordLink } from '../../parts/record-link.tsx';
import { Tag } from '../../parts/tone.tsx';
import classes from './records.module.css';

type Props = {
  kind: RecordKind;
  id: string;
  name: string | null;
  counterpart: { object: string; id: string } | null;
  /** Where it stands, one sentence. */
  text: string;
  /** Code of the failure that holds it up. */
  failure?: string | null;
};

/** Another record that belongs to this one, and where that one stands. */
export function Related({ kind, id, name, counterpart, text, failure = null }: Props) {
  return (
    <>
      <RecordLink kind={kind} id={id} name={name} />
      {counterpart !== null && (
        <span className={classes.small}>
          {' '}
          · <CrmLink system="salesforce" object={counterpart.object} id={counterpart.id} text={counterpart.object} />
        </span>
      )}
      {failure !== null && (
        <>
          {' '}
          <Tag tone="error">Failing: {failure}</Tag>
        </>
      )}
      <p className={classes.dim}>{text}</p>
    </>
  );
}
