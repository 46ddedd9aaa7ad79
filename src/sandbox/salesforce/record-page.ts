import { answerRecordPage } from '../record-page.ts';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { normaliseId } from './ids.ts';
import type { Org } from './org.ts';

const PAGE = /^\/lightning\/r\/(Lead|Contact|Account|Opportunity)\/([a-zA-Z0-9]{15,18})\/view\/?$/;

/**
 * The page on which people see a record, at the address that Lightning Experience's own has: `/lightning/r/{object}/{id}/view` (Lightning Web
 * Components guide, "standard__recordPage"). `undefined`: another address.
 */
export function findRecordPage(org: Org, { method, path }: SandboxRequest): SandboxAnswer | undefined {
  const [, object, id] = PAGE.exec(path) ?? [];
  if (method !== 'GET' || object === undefined || id === undefined) return undefined;
  const record = org.store.get(object, normaliseId(id) ?? '');
  if (record === undefined || record.IsDeleted === true) return answerRecordPage(null);
  const held = Object.entries(record).filter(([, value]) => value !== null && value !== '');
  const fields = held
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, value]) => [name, String(value)] as const);
  return answerRecordPage({ system: 'Salesforce', kind: object, id: record.Id, fields });
}
