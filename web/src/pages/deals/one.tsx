import { useParams } from 'wouter';
import { isRecordId, RecordFrame } from '../records/record-frame.tsx';
import { useRecordTold } from '../records/use-told.ts';
import { Deal } from './deal.tsx';

/** One deal: where both sides have it. */
export function Page() {
  const { id = '' } = useParams<{ id: string }>();
  const query = useRecordTold('deal', id, isRecordId(id));
  return (
    <RecordFrame kind="deal" id={id} query={query}>
      {(answer, readAtMs) => <Deal answer={answer} readAtMs={readAtMs} />}
    </RecordFrame>
  );
}
