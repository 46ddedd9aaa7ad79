import { Button } from '@mantine/core';
import { useAction } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { showDone } from '../../layout/notices.ts';
import type { RecordKind } from '../../parts/record-link.tsx';

const names = {
  contact: 'POST /contacts/{id}/thaw',
  company: 'POST /companies/{id}/thaw',
  deal: 'POST /deals/{id}/thaw',
} as const;

/** Lets a frozen field be written again. For operators; others see nothing. */
export function ThawButton({ kind, id, field }: { kind: RecordKind; id: string; field: string | null }) {
  const can = useCan();
  const thaw = useAction(names[kind]);
  if (field === null || !can('operator')) return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={thaw.busy}
      onClick={() => thaw.press({ params: { id }, body: { field } }, () => showDone(`${field} is written again.`))}
    >
      Thaw {field}
    </Button>
  );
}
