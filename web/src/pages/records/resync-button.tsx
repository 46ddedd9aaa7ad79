import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useAction } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { showDone } from '../../layout/notices.ts';
import type { RecordKind } from '../../parts/record-link.tsx';

const names = {
  contact: 'POST /contacts/{id}/resync',
  company: 'POST /companies/{id}/resync',
  deal: 'POST /deals/{id}/resync',
} as const;

/** Looks at a record again, at once. For operators; a viewer is told why it is not offered. */
export function ResyncButton({ kind, id }: { kind: RecordKind; id: string }) {
  const can = useCan();
  const resync = useAction(names[kind]);
  const allowed = can('operator');
  return (
    <Button
      size="xs"
      leftSection={<IconRefresh size={15} aria-hidden="true" />}
      loading={resync.busy}
      disabled={!allowed}
      title={
        allowed ? 'Compare both sides again, and write what differs' : 'Your role is viewer: an operator can do this'
      }
      onClick={() => resync.press({ params: { id } }, () => showDone('It is looked at again now.'))}
    >
      Resync
    </Button>
  );
}
