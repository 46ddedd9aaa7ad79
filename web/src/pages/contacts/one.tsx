import { useParams } from 'wouter';
import { isRecordId, RecordFrame } from '../records/record-frame.tsx';
import { useContactTold } from '../records/use-told.ts';
import { Contact } from './contact.tsx';

/** One contact: why it is, or is not, in Salesforce. */
export function Page() {
  const { id = '' } = useParams<{ id: string }>();
  const query = useContactTold(id, isRecordId(id));
  return (
    <RecordFrame kind="contact" id={id} query={query}>
      {(answer, readAtMs) => <Contact asked={id} answer={answer} readAtMs={readAtMs} />}
    </RecordFrame>
  );
}
