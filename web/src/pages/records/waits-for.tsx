import { RecordLink } from '../../parts/record-link.tsx';
import { Notice } from './notices.tsx';
import { isRecordKind } from './record-kind.ts';
import classes from './records.module.css';
import type { RecordTold } from './told.ts';

/** Whose landing brings a record further: nothing where it waits for nobody. */
export function WaitsFor({ told: { waitsFor, contacts } }: { told: RecordTold }) {
  if (waitsFor.length === 0) return null;
  return (
    <Notice tone="info">
      <p>It goes on as soon as {waitsFor.length === 1 ? 'this one is' : 'one of these is'} there:</p>
      <ul className={classes.plain}>
        {waitsFor.map(({ object, recordId, text }) => (
          <li key={`${object} ${recordId}`}>
            {isRecordKind(object) ? (
              <RecordLink
                kind={object}
                id={recordId}
                name={contacts.find(({ contactId }) => object === 'contact' && contactId === recordId)?.name ?? null}
              />
            ) : (
              `${object} ${recordId}`
            )}
            : {text}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
