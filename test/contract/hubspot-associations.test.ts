import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Association } from '../../src/domain/record.ts';
import { SyncError } from '../../src/errors.ts';
import type { AssociationWrite } from '../../src/ports/hubspot.ts';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { openHubSpot, spend } from '../support/hubspot-adapter.ts';

describe.each(['v3', '2026-03'] as const)('associations in the local HubSpot, with the paths of %s', (apiPaths) => {
  let sandbox: HubSpotSandbox;
  let opened: ReturnType<typeof openHubSpot>;
  beforeEach(async () => {
    sandbox = await startHubSpotSandbox({ rateLimitPer10s: 0, keepBodies: true });
    opened = openHubSpot({ baseUrl: sandbox.url, accessToken: sandbox.accessToken, apiPaths });
  });
  afterEach(() => sandbox.close());

  const contact = (id: string) => ({ type: 'contacts' as const, id });
  const company = (id: string) => ({ type: 'companies' as const, id });
  const deal = (id: string) => ({ type: 'deals' as const, id });
  const newContact = () => sandbox.createContact({ email: `person.${sandbox.contactCount()}@example.com` });
  const newCompany = (name = 'Muster') => sandbox.createCompany({ name });
  const newDeal = () =>
    sandbox.createDeal({ dealname: 'Order', dealstage: 'appointmentscheduled', pipeline: 'default' });

  function write(
    from: AssociationWrite['from'],
    to: AssociationWrite['to'],
    more: Partial<AssociationWrite> = {},
  ): AssociationWrite {
    return { from, to, operation: 'set', labels: [], isPrimary: false, ...more };
  }

  function listOf(answer: readonly Association[] | SyncError | undefined): readonly Association[] {
    if (answer === undefined || answer instanceof SyncError) throw new Error('no answer');
    return answer;
  }

  it('are read with the labels that people gave and the primary company, both by the numbers of their direction', async () => {
    sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker', inverseLabel: 'Decides' });
    const [dealId, one, two] = [newDeal(), newContact(), newContact()];
    const [main, other] = [newCompany(), newCompany('Other')];
    sandbox.associate(deal(dealId), contact(one), { labels: ['Decision maker'] });
    sandbox.associate(deal(dealId), contact(two));
    sandbox.associate(deal(dealId), company(other));
    sandbox.setPrimaryCompany('deals', dealId, main);

    const contacts = await opened.hubspot.associations('deals', [dealId], 'contacts', spend);
    const companies = await opened.hubspot.associations('deals', [dealId], 'companies', spend);
    const deals = await opened.hubspot.associations('companies', [main, other], 'deals', spend);

    expect(listOf(contacts.get(dealId))).toEqual([
      { toObject: 'contact', toId: one, labels: ['Decision maker'], isPrimary: false },
      { toObject: 'contact', toId: two, labels: [], isPrimary: false },
    ]);
    expect(new Set(listOf(companies.get(dealId)))).toEqual(
      new Set([
        { toObject: 'company', toId: main, labels: [], isPrimary: true },
        { toObject: 'company', toId: other, labels: [], isPrimary: false },
      ]),
    );
    expect([main, other].map((id) => listOf(deals.get(id))[0]?.isPrimary)).toEqual([true, false]);
    expect(opened.recorded.taken).toHaveLength(3);
  });

  it('of records without any are empty lists, of more than 1,000 records two calls', async () => {
    const associated = newDeal();
    sandbox.associate(deal(associated), contact(newContact()));
    const ids = [associated, ...Array.from({ length: 1_100 }, (_, n) => String(900_000 + n))];

    const answers = await opened.hubspot.associations('deals', ids, 'contacts', spend);

    expect(answers.size).toBe(1_101);
    expect(listOf(answers.get(associated))).toHaveLength(1);
    expect([...answers.values()].filter((answer) => Array.isArray(answer) && answer.length === 0)).toHaveLength(1_100);
    expect(opened.recorded.taken).toHaveLength(2);
  });

  it('are read to their last page, for the records that have one only', async () => {
    sandbox.configure({ associationPageSize: 2 });
    const [many, few] = [newDeal(), newDeal()];
    const ids = Array.from({ length: 5 }, newContact);
    for (const id of ids) sandbox.associate(deal(many), contact(id));
    sandbox.associate(deal(few), contact(ids[0] ?? ''));

    const answers = await opened.hubspot.associations('deals', [many, few], 'contacts', spend);

    expect(listOf(answers.get(many)).map(({ toId }) => toId)).toEqual(ids);
    expect(listOf(answers.get(few))).toHaveLength(1);
    expect(opened.recorded.taken).toHaveLength(3);
  });

  it('are set with all their labels at once: what the pair had is replaced', async () => {
    for (const label of ['Buyer', 'User', 'Sponsor']) sandbox.defineAssociationLabel('deals', 'contacts', { label });
    const [dealId, contactId] = [newDeal(), newContact()];
    sandbox.associate(deal(dealId), contact(contactId), { labels: ['Sponsor'] });

    const results = await opened.hubspot.associate(
      [write(deal(dealId), contact(contactId), { labels: ['Buyer', 'User'] })],
      spend,
    );

    expect(results).toEqual([null]);
    const answers = await opened.hubspot.associations('deals', [dealId], 'contacts', spend);
    expect(listOf(answers.get(dealId))[0]?.labels).toEqual(['Buyer', 'User']);
  });

  it('make another company the primary one, and the one before stays an ordinary one', async () => {
    const contactId = newContact();
    const [before, after] = [newCompany(), newCompany('After')];
    sandbox.setPrimaryCompany('contacts', contactId, before);

    const results = await opened.hubspot.associate(
      [write(contact(contactId), company(after), { isPrimary: true })],
      spend,
    );

    expect(results).toEqual([null]);
    expect(sandbox.getPrimaryCompany('contacts', contactId)).toBe(after);
    expect(sandbox.getAssociations(contact(contactId), 'companies')).toHaveLength(2);
  });

  it('keep the labels of a company that becomes the primary one, where that is asked for', async () => {
    sandbox.defineAssociationLabel('contacts', 'companies', { label: 'Billing' });
    const [one, two] = [newContact(), newContact()];
    const companyId = newCompany();
    sandbox.associate(contact(one), company(companyId), { labels: ['Billing'] });

    const results = await opened.hubspot.associate(
      [one, two].map((id) => write(contact(id), company(companyId), { labels: 'kept', isPrimary: true })),
      spend,
    );

    expect(results).toEqual([null, null]);
    const answers = await opened.hubspot.associations('contacts', [one, two], 'companies', spend);
    expect([one, two].map((id) => listOf(answers.get(id))[0])).toMatchObject([
      { toId: companyId, labels: ['Billing'], isPrimary: true },
      { toId: companyId, labels: [], isPrimary: true },
    ]);
    // Associations, labels, the write; and the read above.
    expect(opened.recorded.taken).toHaveLength(4);
  });

  it('are removed with every label; one that is not there counts as removed', async () => {
    sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Buyer' });
    const [dealId, one, two] = [newDeal(), newContact(), newContact()];
    sandbox.associate(deal(dealId), contact(one), { labels: ['Buyer'] });

    const results = await opened.hubspot.associate(
      [one, two].map((id) => write(deal(dealId), contact(id), { operation: 'remove' })),
      spend,
    );

    expect(results).toEqual([null, null]);
    expect(sandbox.getAssociations(deal(dealId), 'contacts')).toEqual([]);
    expect(opened.recorded.taken).toHaveLength(1);
  });

  it('of several directions go in a call each, removals first, and of two writes of a pair the later one counts', async () => {
    const [dealId, contactId, companyId] = [newDeal(), newContact(), newCompany()];
    const old = newCompany('Old');
    sandbox.setPrimaryCompany('deals', dealId, old);

    const results = await opened.hubspot.associate(
      [
        write(deal(dealId), company(companyId), { isPrimary: true }),
        write(deal(dealId), contact(contactId), { operation: 'remove' }),
        write(deal(dealId), company(old), { operation: 'remove' }),
        write(deal(dealId), contact(contactId)),
      ],
      spend,
    );

    expect(results).toEqual([null, null, null, null]);
    expect(sandbox.getPrimaryCompany('deals', dealId)).toBe(companyId);
    expect(sandbox.getAssociations(deal(dealId), 'companies').map(({ toId }) => toId)).toEqual([companyId]);
    expect(sandbox.getAssociations(deal(dealId), 'contacts').map(({ toId }) => toId)).toEqual([contactId]);
    expect(opened.recorded.taken).toHaveLength(3);
    expect(sandbox.requests.map(({ path }) => path.includes('archive'))).toEqual([true, false, false]);
  });

  it('with an unknown label are a person’s business; the others are written, and the labels are asked for once more', async () => {
    sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Buyer' });
    const [dealId, one, two] = [newDeal(), newContact(), newContact()];
    const { hubspot, recorded } = opened;
    await hubspot.associate([write(deal(dealId), contact(one), { labels: ['Buyer'] })], spend);
    recorded.taken.length = 0;

    const results = await hubspot.associate(
      [
        write(deal(dealId), contact(one), { labels: ['Buyer'] }),
        write(deal(dealId), contact(two), { labels: ['Buyer', 'Nobody'] }),
      ],
      spend,
    );

    expect(results[0]).toBeNull();
    expect(results[1]).toMatchObject({
      kind: 'needs-human',
      code: 'association_label_unknown',
      detail: { fields: ['Nobody'] },
    });
    expect(recorded.taken).toHaveLength(2);
    expect(sandbox.getAssociations(deal(dealId), 'contacts').map(({ toId }) => toId)).toEqual([one]);
  });

  it('with a label made a moment ago find it; known labels are not asked for again', async () => {
    sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Buyer' });
    const [dealId, contactId] = [newDeal(), newContact()];
    const set = (label: string) =>
      opened.hubspot.associate([write(deal(dealId), contact(contactId), { labels: [label] })], spend);

    await set('Buyer');
    await set('Buyer');
    expect(opened.recorded.taken).toHaveLength(3);
    sandbox.defineAssociationLabel('deals', 'contacts', { label: 'User' });

    expect(await set('User')).toEqual([null]);
    expect(opened.recorded.taken).toHaveLength(5);
  });

  it('with a record that is gone fail alone: one call more for each, whatever else is in the batch', async () => {
    const dealId = newDeal();
    const ids = Array.from({ length: 20 }, newContact);
    const gone = [ids[3] ?? '', ids[15] ?? ''];
    for (const id of gone) sandbox.deleteContact(id);

    const results = await opened.hubspot.associate(
      ids.map((id) => write(deal(dealId), contact(id))),
      spend,
    );

    const failed = results.flatMap((error, n) => (error === null ? [] : [{ id: ids[n], code: error.code }]));
    expect(failed).toEqual(gone.map((id) => ({ id, code: 'record_missing_in_answer' })));
    expect(sandbox.getAssociations(deal(dealId), 'contacts')).toHaveLength(18);
    expect(opened.recorded.taken.length).toBeLessThanOrEqual(5);
  });

  it('have labels that people made, by direction; HubSpot’s own are none', async () => {
    sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker', inverseLabel: 'Decides' });

    expect(await opened.hubspot.associationLabels('deals', 'contacts', spend)).toEqual(['Decision maker']);
    expect(await opened.hubspot.associationLabels('contacts', 'deals', spend)).toEqual(['Decides']);
    expect(await opened.hubspot.associationLabels('contacts', 'companies', spend)).toEqual([]);
  });

  it('that nobody wants cost no call', async () => {
    expect(await opened.hubspot.associate([], spend)).toEqual([]);
    expect(await opened.hubspot.associations('deals', [], 'contacts', spend)).toEqual(new Map());
    expect(opened.recorded.taken).toEqual([]);
  });

  it('belong to pipelines that are read with their stages in order, and the probability as it is', async () => {
    sandbox.addPipeline({
      label: 'Renewals',
      stages: [
        { label: 'Open', probability: '0.5' },
        { label: 'Renewed', probability: '1.0' },
        { label: 'Gone', probability: '0.0' },
      ],
    });

    const [first, second] = await opened.hubspot.dealPipelines(spend);

    expect(first?.id).toBe('default');
    expect(first?.stages.map(({ id }) => id)).toContain('closedwon');
    expect(first?.stages.find(({ id }) => id === 'closedwon')?.probability).toBe('1.0');
    expect(second?.label).toBe('Renewals');
    expect(second?.stages.map(({ label, probability }) => [label, probability])).toEqual([
      ['Open', '0.5'],
      ['Renewed', '1.0'],
      ['Gone', '0.0'],
    ]);
  });
});
