import { toDealFacts } from './deals.ts';
import { isPrimary, linksOf } from './links.ts';
import { CALCULATED, type RecordState, remember, type SandboxRecord } from './model.ts';
import type { Portal } from './portal.ts';

/** What HubSpot works out for a record from its values and associations; `''` for empty. */
function toCalculated(portal: Portal, { type, id, state }: SandboxRecord): Record<string, string> {
  const count = (to: 'contacts' | 'deals') => String(linksOf(portal, type, id, to).length);
  if (type === 'companies') return { num_associated_contacts: count('contacts'), num_associated_deals: count('deals') };
  const company = linksOf(portal, type, id, 'companies').find(isPrimary)?.toId ?? '';
  if (type === 'contacts') return { associatedcompanyid: company };
  return {
    ...toDealFacts(portal, state.values),
    hs_primary_associated_company: company,
    num_associated_contacts: count('contacts'),
  };
}

/**
 * Brings the calculated properties of a record up to date. Each one that changed is told by a propertyChange of source `CALCULATED`
 * and stands in the history; the modification time stays (a known drift of calculated properties) unless the portal is set otherwise.
 *
 * @param at epoch milliseconds; @param silent no webhooks, for seeded data
 */
export function refreshCalculated(
  portal: Portal,
  record: SandboxRecord | undefined,
  at: number,
  silent: boolean,
): void {
  if (record === undefined) return;
  const wanted = Object.entries(toCalculated(portal, record));
  const changes = wanted.filter(([name, value]) => (record.state.values[name] ?? '') !== value);
  if (changes.length === 0) return;
  const values: Record<string, string> = { ...record.state.values };
  for (const [name, value] of changes) {
    remember(record, name, { value, at, author: CALCULATED });
    if (value === '') delete values[name];
    else values[name] = value;
  }
  const updatedAt = portal.settings.associationsMoveModified
    ? Math.max(at, record.state.updatedAt)
    : record.state.updatedAt;
  const state: RecordState = { ...record.state, values, updatedAt };
  portal.stores[record.type].setState(record, state, at);
  if (silent || state.archived) return;
  for (const [property, value] of changes) {
    portal.emit({
      kind: 'propertyChange',
      type: record.type,
      recordId: record.id,
      at,
      author: CALCULATED,
      property,
      value,
    });
  }
}
