import { answerRecordPage } from '../record-page.ts';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { OBJECT_TYPES, type ObjectType, readValue, SINGULAR, TYPE_IDS } from './model.ts';
import type { Portal } from './portal.ts';

const PAGE = /^\/contacts\/(\d+)\/record\/(0-[123])\/(\d+)\/?$/;

/**
 * The page on which people see a record, at the address that HubSpot's own has: `/contacts/{portal}/record/{object type id}/{record id}`
 * (knowledge base, "Find a record's ID": the id is the last part of the record's URL). Ids that were merged lead to the survivor.
 * `undefined`: another address.
 */
export function findRecordPage(portal: Portal, { method, path }: SandboxRequest): SandboxAnswer | undefined {
  const [, portalId, typeId, id] = PAGE.exec(path) ?? [];
  if (method !== 'GET' || id === undefined) return undefined;
  const type = OBJECT_TYPES.find((candidate) => TYPE_IDS[candidate] === typeId);
  if (type === undefined || portalId !== String(portal.settings.portalId)) return answerRecordPage(null);
  return answerRecordPage(toPage(portal, type, id));
}

function toPage(portal: Portal, type: ObjectType, id: string) {
  const record = portal.stores[type].resolve(id);
  if (record === undefined || record.state.archived) return null;
  const names = Object.keys(record.state.values).sort();
  const fields = names.map((name) => [name, readValue(record, name) ?? ''] as const);
  return { system: 'HubSpot', kind: SINGULAR[type], id: record.id, fields };
}
