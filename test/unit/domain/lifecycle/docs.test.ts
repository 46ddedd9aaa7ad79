import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stageCauses } from '../../../../src/domain/lifecycle/causes.ts';
import { shipped } from './given.ts';

const page = readFileSync('docs/lifecycle.md', 'utf8');

describe('docs/lifecycle.md', () => {
  it.each(Object.entries(stageCauses))('tells what %s means and what to do', (code, { text, advice }) => {
    expect(page).toContain(`| \`${code}\` | ${text} | ${advice} |`);
  });

  it.each(shipped.stages)(
    'has the shipped stage $label with its owner and its statuses',
    ({ label, hubspot, owner, salesforce }) => {
      const row = page.split('\n').find((line) => line.startsWith(`| ${label} | \`${hubspot}\` |`)) ?? '';

      expect(row.toLowerCase()).toContain(`| ${owner} |`);
      for (const status of salesforce?.leadStatuses ?? []) expect(row).toContain(`*${status}*`);
      expect(row.includes('opportunity')).toBe((salesforce?.opportunity ?? null) !== null || hubspot === 'opportunity');
    },
  );
});
