import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectErrors, renderErrors } from '../../tools/errors-page.ts';
import { collectFindings } from '../../tools/findings-page.ts';

describe('docs/errors.md', () => {
  it('is what `npm run generate` writes from the source as it stands', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');

    expect(page).toBe(renderErrors());
  });

  it('finds codes of both tables, of the plan and of the places that throw', () => {
    const codes = collectErrors().map(({ code }) => code);

    expect(codes).toEqual(
      expect.arrayContaining([
        'hubspot_daily_limit',
        'salesforce_validation_rule',
        'several_persons',
        'salesforce_metadata_rights',
        'embedded_busy',
        // Failures that the store makes by itself.
        'born_taken',
        'ledger_rejected',
      ]),
    );
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('tells of each code what its own error says, not what another one of the file does', () => {
    const told = new Map(collectErrors().map(({ code, message }) => [code, message]));

    expect(told.get('person_taken_meanwhile')).toMatch(/^Another contact is being paired/);
    expect(told.get('run_limit')).toMatch(/^The safety limit/);
    expect(told.get('born_filter_fault')).toMatch(/^The filter/);
  });

  it('tells what to do for each fault of a record that needs a person', () => {
    const ofRecords = /^src\/(domain|usecases|hubspot|salesforce)\//;
    const silent = collectErrors().filter(
      ({ kind, advice, from }) => kind === 'needs-human' && advice === '' && ofRecords.test(from),
    );

    expect(silent.map(({ code, from }) => `${code} in ${from}`)).toEqual([]);
  });

  it('tells of each finding of the check once, in words without code, and what was found', () => {
    const findings = collectFindings();
    const codes = findings.map(({ code }) => code);

    expect(codes).toEqual(
      expect.arrayContaining([
        'unknown_property',
        'required_unmapped',
        'hubspot_scope_missing',
        'duplicate_rule_blocks',
        'no_webhooks_seen',
        'subscription_missing',
        'schema_changed_removed',
        'not_checked',
      ]),
    );
    expect(new Set(codes).size).toBe(codes.length);
    expect(findings.filter(({ what, fix }) => what === '' || /\$\{|=>/.test(`${what}${fix}`))).toEqual([]);
  });
});
