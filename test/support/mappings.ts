import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { SalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';

/** The Salesforce user who gets what no owner mapping covers, in every test. */
export const fallbackOwner = 'fallback.owner@sandbox.example';

/** Dotted paths within a mapping file and the values to set, such as `{ 'gate.yaml': { 'limits.creates_per_run': 9 } }`. */
export type MappingChanges = Record<string, Record<string, unknown>>;

/** Companies and deals as shipped. */
export const withDeals: MappingChanges = { 'companies.yaml': { sync: true }, 'deals.yaml': { sync: true } };

/**
 * Copies the shipped mappings into the folder, with a fallback owner who exists in this org and limits that a test does not meet by
 * accident, and makes the changes.
 * @returns the path of the copy
 */
export function writeMappings(folder: string, salesforce: SalesforceSandbox, changes: MappingChanges): string {
  if (!salesforce.all('User').some(({ Email }) => Email === fallbackOwner))
    salesforce.addUser({ email: fallbackOwner });
  const target = join(folder, 'mappings');
  cpSync(resolve(import.meta.dirname, '../../mappings'), target, { recursive: true });
  const defaults: MappingChanges = {
    'owners.yaml': { fallback: fallbackOwner },
    'gate.yaml': { 'limits.creates_per_run': 100_000, 'limits.changes_per_run': 1_000_000 },
    // Tests of contacts are about contacts; `withDeals` turns the others on.
    'companies.yaml': { sync: false },
    'deals.yaml': { sync: false },
  };
  for (const [file, values] of [...Object.entries(defaults), ...Object.entries(changes)]) {
    const document = parseDocument(readFileSync(join(target, file), 'utf8'));
    for (const [path, value] of Object.entries(values)) document.setIn(path.split('.'), value);
    writeFileSync(join(target, file), document.toString());
  }
  return target;
}
