import { contactIdField } from '../domain/record.ts';
import type { PersonWriteRequest } from '../ports/salesforce.ts';
import { type Collection, type CollectionRow, toCollections } from './collections.ts';

export type PersonRow = CollectionRow & { write: PersonWriteRequest };

function toRow(write: PersonWriteRequest): PersonRow {
  const { object, fields, contactId } = write;
  if (write.operation === 'update') return { operation: 'update', object, id: write.id, body: fields, write };
  return { operation: 'upsert', object, id: null, body: { ...fields, [contactIdField]: contactId }, write };
}

/**
 * Creates per object (an upsert has one type), updates together with Leads first: at most two runs of a type. Records with a text that a
 * composite call would misread come last, apart.
 */
export function toPersonCollections(writes: readonly PersonWriteRequest[]): Collection<PersonRow>[] {
  const rows = writes.map(toRow);
  const pick = (operation: PersonRow['operation'], object: string) =>
    rows.filter((row) => row.operation === operation && row.object === object);
  const parted = [
    toCollections({ operation: 'upsert', object: 'Lead', idField: contactIdField }, pick('upsert', 'Lead')),
    toCollections({ operation: 'upsert', object: 'Contact', idField: contactIdField }, pick('upsert', 'Contact')),
    toCollections({ operation: 'update', object: 'Lead' }, [...pick('update', 'Lead'), ...pick('update', 'Contact')]),
  ];
  return [...parted.flatMap(({ together }) => together), ...parted.flatMap(({ alone }) => alone)];
}
