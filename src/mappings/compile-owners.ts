import type { OwnerMapping } from '../domain/mapping/types.ts';
import { bothRules } from './field-entry.ts';
import { type MappingFiles, mappingSchemas } from './schema.ts';

/**
 * Without a readable owners.yaml only the fields of contacts.yaml are worth compiling: for the faults in them.
 *
 * @param rule of companies and deals, whose files have one of their own
 */
export function compileOwners(
  file: MappingFiles['owners'] = mappingSchemas.owners.parse({}),
  rule: MappingFiles['owners']['rule'] = file.rule,
): OwnerMapping {
  return {
    rule: bothRules(rule),
    fallbackEmail: file.fallback?.toLowerCase() ?? null,
    emails: inLowerCase(file.emails),
    fallbackByTeam: inLowerCase(file.fallback_by_team),
  };
}

function inLowerCase(pairs: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(pairs).map(([from, to]) => [from.toLowerCase(), to.toLowerCase()]));
}
