import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useSearchParams } from 'wouter';
import { addressOf } from '../../api/client.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { readFilter, toQuery } from './filter.ts';
import { Filters } from './filters.tsx';
import { List } from './list.tsx';

/** The audit log of people and of syncs. */
export function Page() {
  const [params] = useSearchParams();
  const filter = readFilter(params);
  const query = toQuery(filter);
  return (
    <>
      <PageHeader
        title="Activity"
        sentence="What people asked for, what was written to which CRM, and which stages moved: the newest first."
        actions={
          <Button
            component="a"
            variant="default"
            href={addressOf('GET /activity.csv', { query })}
            download
            leftSection={<IconDownload size={16} stroke={1.7} aria-hidden="true" />}
          >
            Download as CSV
          </Button>
        }
      />
      <Filters filter={filter} />
      <List query={query} isNarrowed={Object.keys(filter).length > 0} />
    </>
  );
}
