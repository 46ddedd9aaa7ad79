import { describe, expect, it } from 'vitest';
import { birthChanges } from '../../../src/usecases/drain-persons/birth-changes.ts';
import { janeUser, mapping, owners, person } from '../domain/given.ts';

describe('the owner of a contact that is created for a person', () => {
  it.each([
    { what: 'the owner of the same email', emails: [], owner: '11' },
    { what: 'the one whom owners.yaml names', emails: [['nobody@example.com', 'jane@example.com']], owner: '13' },
    {
      what: 'nobody where it names two',
      emails: [
        ['nobody@example.com', 'jane@example.com'],
        ['gone@example.com', 'jane@example.com'],
      ],
      owner: undefined,
    },
    {
      what: 'the owner of the same email where whom it names is not in HubSpot',
      emails: [['stranger@example.com', 'jane@example.com']],
      owner: '11',
    },
  ] as const)('is $what, as in the merge of both sides', ({ emails, owner }) => {
    const contact = {
      ...mapping.contact,
      owner: { ...mapping.contact.owner, emails: new Map<string, string>(emails) },
    };
    const born = { ...mapping, contact };

    const changes = birthChanges(person('Lead', { fields: { OwnerId: janeUser } }), born, {
      owners,
      fieldFacts: () => undefined,
    });

    expect(changes.find(({ field }) => field === 'hubspot_owner_id')?.after).toBe(owner);
  });
});
