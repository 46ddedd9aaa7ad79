import type { Org } from './org.ts';
import type { DuplicateRule } from './rules.ts';
import type { RecordError, SfRecord, WriteContext } from './types.ts';

const MESSAGE = 'Use one of these records?';

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
  const fields = rule.match === 'email' ? ['Email'] : ['LastName', 'Company', 'AccountId'];
  return fields.some((field) => (before[field] ?? null) !== (after[field] ?? null));
}

function companyOf(org: Org, type: string, record: SfRecord): string {
  const value = type === 'Lead' ? record.Company : accountName(org, record);
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function accountName(org: Org, record: SfRecord): unknown {
  return typeof record.AccountId === 'string' ? org.store.get('Account', record.AccountId)?.Name : undefined;
}

function findMatches(org: Org, rule: DuplicateRule, other: string, record: SfRecord): SfRecord[] {
  const field = rule.match === 'email' ? 'Email' : 'LastName';
  const value = record[field];
  if (typeof value !== 'string') return [];
  const company = companyOf(org, rule.object, record);
  const found: SfRecord[] = [];
  for (const id of org.store.idsBy(other, field, [value]) ?? []) {
    const candidate = org.store.get(other, id);
    if (candidate === undefined || candidate.Id === record.Id || candidate.IsDeleted || candidate.IsConverted) continue;
    if (rule.match === 'email' || (company !== '' && companyOf(org, other, candidate) === company))
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
  const name = rule.name ?? `Standard_${type}_Duplicate_Rule`;
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
