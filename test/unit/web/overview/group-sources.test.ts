import { describe, expect, it } from 'vitest';
import { groupSources } from '../../../../web/src/pages/overview/group-sources.ts';

const source = (label: string, minute: number, late = false) => ({
  source: label,
  label,
  system: 'salesforce' as const,
  at: `2026-11-22T10:${String(minute).padStart(2, '0')}:00.000Z`,
  lagSeconds: 60,
  everySeconds: 30,
  late,
});

describe('sources of changes, as the overview shows them', () => {
  it('tells those on time by what they are, with the moment of the one furthest behind', () => {
    const groups = groupSources([
      source('Salesforce changes of Leads', 9),
      source('Salesforce changes of Contacts', 7),
      source('HubSpot sweep of deals', 3),
    ]);

    expect(groups.map(({ name, at }) => [name, at.slice(11, 16)])).toEqual([
      ['Salesforce changes of 2 objects', '10:07'],
      ['HubSpot sweep of deals', '10:03'],
    ]);
  });

  it('names each late one, before all others', () => {
    const groups = groupSources([
      source('Salesforce changes of Leads', 9),
      source('Salesforce changes of Accounts', 1, true),
      source('Salesforce changes of Contacts', 8),
    ]);

    expect(groups.map(({ name, late }) => [name, late])).toEqual([
      ['Salesforce changes of Accounts', true],
      ['Salesforce changes of 2 objects', false],
    ]);
  });

  it('shows nothing where nothing was read', () => {
    expect(groupSources([])).toEqual([]);
  });
});
