import { RecordSearch } from '../records/record-search.tsx';

export function Page() {
  return <RecordSearch kind="deal" />;
}
