import type { Org } from './org.ts';
import { nameOfRule } from './rule-rows.ts';
import type { DuplicateRule } from './rules.ts';
import type { RecordError, SfRecord, WriteContext } from './types.ts';

const MESSAGE = 'Use one of these records?';

const MATCHED: Readonly<Record<DuplicateRule['match'], string>> = {
  email: 'Email',
  'last-name-and-company': 'LastName',
  name: 'Name',
  website: 'Website',
};

/**
 * The DUPLICATES_DETECTED error of the first rule that stops this save, or undefined. A rule of action "alert" stops an API write too unless
 * the header allows the save; "block" always does. Source: REST API guide, "Duplicate Rules Header".
 */
export function findDuplicateError(
  org: Org,
  type: string,
  record: SfRecord,
  before: SfRecord | undefined,
  context: WriteContext,
): RecordError | undefined {
  for (const rule of org.rules.duplicates) {
    if (rule.object !== type || (rule.action === 'alert' && context.savesDuplicates)) continue;
    if (before !== undefined && !touchesMatch(rule, before, record)) continue;
    for (const other of rule.against ?? [rule.object]) {
      const matches = findMatches(org, rule, other, record);
      if (matches.length > 0) return toError(rule, type, other, matches, context);
    }
  }
  return undefined;
}

function touchesMatch(rule: DuplicateRule, before: SfRecord, after: SfRecord): boolean {
  const more = rule.match === 'last-name-and-company' ? ['Company', 'AccountId'] : [];
  return [MATCHED[rule.match], ...more].some((field) => (before[field] ?? null) !== (after[field] ?? null));
}

function companyOf(org: Org, type: string, record: SfRecord): string {
  const value = type === 'Lead' ? record.Company : accountName(org, record);
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function accountName(org: Org, record: SfRecord): unknown {
  return typeof record.AccountId === 'string' ? org.store.get('Account', record.AccountId)?.Name : undefined;
}

function* candidatesOf(org: Org, type: string, field: string, value: string): Generator<SfRecord> {
  const ids = org.store.idsBy(type, field, [value]);
  for (const id of ids ?? []) {
    const row = org.store.get(type, id);
    if (row !== undefined) yield row;
  }
  if (ids !== undefined) return;
  for (const row of org.store.all(type)) {
    const held = row[field];
    if (typeof held === 'string' && held.toLowerCase() === value.toLowerCase()) yield row;
  }
}

function findMatches(org: Org, rule: DuplicateRule, other: string, record: SfRecord): SfRecord[] {
  const field = MATCHED[rule.match];
  const value = record[field];
  if (typeof value !== 'string') return [];
  const company = companyOf(org, rule.object, record);
  const found: SfRecord[] = [];
  for (const candidate of candidatesOf(org, other, field, value)) {
    if (candidate.Id === record.Id || candidate.IsDeleted || candidate.IsConverted) continue;
    if (rule.match !== 'last-name-and-company' || (company !== '' && companyOf(org, other, candidate) === company))
      found.push(candidate);
  }
  return found;
}

function toError(
  rule: DuplicateRule,
  type: string,
  other: string,
  matches: readonly SfRecord[],
  context: WriteContext,
): RecordError {
  const name = nameOfRule(rule);
  const matchRecords = matches.map((match) => ({
    additionalInformation: [],
    fieldDiffs: [],
    matchConfidence: 100,
    record: { attributes: { type: other }, Id: match.Id, ...(context.showsDuplicateRecords ? match : {}) },
  }));
  return {
    statusCode: 'DUPLICATES_DETECTED',
    message: MESSAGE,
    fields: [],
    duplicateResult: {
      allowSave: rule.action === 'alert',
      duplicateRule: name,
      duplicateRuleEntityType: type,
      errorMessage: MESSAGE,
      matchResults: [
        {
          entityType: other,
          errors: [],
          matchEngine: 'ExactMatchEngine',
          matchRecords,
          rule: `${name}_Match`,
          size: matchRecords.length,
          success: true,
        },
      ],
    },
  };
}
