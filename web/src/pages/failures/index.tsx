import { useSearchParams } from 'wouter';
import { useApi } from '../../api/hooks.ts';
import { formatUnits } from '../../parts/format.ts';
import { Loading } from '../../parts/loading.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { Unread } from '../../parts/unread.tsx';
import { OneCause } from './one-cause.tsx';
import { RetryGroup } from './retry-group.tsx';
import { totalOf } from './words.ts';
import { Worklist } from './worklist.tsx';

/** What could not be synced, by cause; `?code=` opens the records of one cause. */
export function Page() {
  const [params] = useSearchParams();
  const code = params.get('code');
  const groups = useApi('GET /failures/groups', {});
  const { data } = groups;
  if (data === undefined) {
    return (
      <>
        <PageHeader title="Failures" sentence={sentence} />
        <Unread query={groups} waiting={<Loading rows={4} height={136} />} />
      </>
    );
  }
  const { items } = data;
  if (code !== null) return <OneCause code={code} group={items.find((group) => group.code === code) ?? null} />;
  const total = totalOf(items);
  return (
    <>
      <PageHeader
        title="Failures"
        sentence={sentence}
        actions={total > 0 && <RetryGroup count={total} label={`Retry all ${formatUnits(total, 'record')}`} />}
      />
      <Worklist groups={items} />
    </>
  );
}

const sentence = 'Records that could not be synced, by cause. Fix the cause, then retry.';
