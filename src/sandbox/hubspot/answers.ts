import {
  MODIFIED_PROPERTY,
  type ObjectType,
  type PastValue,
  type RecordState,
  readHistory,
  readValue,
  type SandboxRecord,
} from './model.ts';
import type { Portal } from './portal.ts';

/** What a read answers when no properties are asked for (contacts, companies and deals guides). */
const DEFAULT_READ: Record<ObjectType, readonly string[]> = {
  contacts: ['email', 'firstname', 'lastname'],
  companies: ['name', 'domain'],
  deals: ['amount', 'closedate', 'dealname', 'dealstage', 'pipeline'],
};

/** The names to read, prepared once for a whole page: unknown ones are skipped in silence, three are always there. */
export type Selection = { names: readonly string[]; historyNames: readonly string[] };

/** @param asked names as they came in, possibly none; @param history names to read with their past */
export function select(
  portal: Portal,
  type: ObjectType,
  asked: readonly string[],
  history: readonly string[] = [],
): Selection {
  const isKnown = (name: string) => portal.properties.get(type, name) !== undefined;
  const wanted = asked.length + history.length === 0 ? DEFAULT_READ[type] : [...asked, ...history];
  const names = new Set([...wanted.filter(isKnown), 'createdate', 'hs_object_id', MODIFIED_PROPERTY[type]]);
  return { names: [...names], historyNames: history.filter(isKnown) };
}

function toHistoryEntry(past: PastValue) {
  return {
    value: past.value,
    timestamp: new Date(past.at).toISOString(),
    sourceType: past.author.changeSource,
    ...(past.author.sourceId === undefined ? {} : { sourceId: past.author.sourceId }),
    ...(past.author.sourceLabel === undefined ? {} : { sourceLabel: past.author.sourceLabel }),
    ...(past.author.userId === undefined ? {} : { updatedByUserId: past.author.userId }),
  };
}

export type ObjectAnswer = {
  id: string;
  properties: Record<string, string | null>;
  createdAt: string;
  updatedAt: string;
  archived: boolean;
  archivedAt?: string;
  propertiesWithHistory?: Record<string, ReturnType<typeof toHistoryEntry>[]>;
  objectWriteTraceId?: string;
  new?: boolean;
};

/** A record in the envelope of the SDK's `SimplePublicObject`. */
export function toObjectAnswer(
  record: SandboxRecord,
  selection: Selection,
  state: RecordState = record.state,
): ObjectAnswer {
  const properties: Record<string, string | null> = {};
  for (const name of selection.names) properties[name] = readValue(record, name, state);
  const answer: ObjectAnswer = {
    id: record.id,
    properties,
    createdAt: new Date(record.createdAt).toISOString(),
    updatedAt: new Date(state.updatedAt).toISOString(),
    archived: state.archived,
  };
  if (record.archivedAt !== undefined) answer.archivedAt = new Date(record.archivedAt).toISOString();
  if (selection.historyNames.length > 0) {
    const histories = selection.historyNames.map(
      (name) => [name, readHistory(record, name).map(toHistoryEntry)] as const,
    );
    answer.propertiesWithHistory = Object.fromEntries(histories);
  }
  return answer;
}
