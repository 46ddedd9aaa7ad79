import { useParams } from 'wouter';
import { isRecordId, RecordFrame } from '../records/record-frame.tsx';
import { useRecordTold } from '../records/use-told.ts';
import { Company } from './company.tsx';

/** One company: where both sides have it. */
export function Page() {
  const { id = '' } = useParams<{ id: string }>();
  const query = useRecordTold('company', id, isRecordId(id));
  return (
    <RecordFrame kind="company" id={id} query={query}>
      {(answer, readAtMs) => <Company answer={answer} readAtMs={readAtMs} />}
    </RecordFrame>
  );
}
