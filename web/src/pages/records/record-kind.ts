import type { RecordKind } from '../../parts/record-link.tsx';

const kinds: readonly string[] = ['contact', 'company', 'deal'] satisfies RecordKind[];

/** Whether a record of this kind has a page here. */
export function isRecordKind(object: string): object is RecordKind {
  return kinds.includes(object);
}
