import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { createSdk } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;

beforeEach(async () => {
  sandbox = await startHubSpotSandbox({
    stageAutomation: { dealCreated: true, dealWon: true, companyToContacts: true },
  });
  sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker' });
});
afterEach(() => sandbox.close());

type Type = 'contacts' | 'companies' | 'deals';
const TYPES: Type[] = ['contacts', 'companies', 'deals'];
const STAGES = ['appointmentscheduled', 'contractsent', 'closedwon', 'closedlost'];

/** The same numbers for the same seed, below one. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function createCrowd(seed: number) {
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const living = (type: Type) => sandbox.records(type).filter(({ archived }) => !archived);
  const someId = (type: Type) => pick(living(type))?.id;
  let count = 0;

  const actions: (() => void)[] = [
    () => sandbox.createContact({ email: `p${count++}@x.example` }),
    () => sandbox.createCompany({ name: `C${count++}` }),
    () => sandbox.createDeal({ dealname: `D${count++}`, dealstage: pick(STAGES) ?? '' }),
    () => sandbox.editDeal(someId('deals') ?? '', { dealstage: pick(STAGES) ?? '', amount: String(count) }),
    () => {
      const type = pick(['contacts', 'deals'] as const) ?? 'deals';
      sandbox.setPrimaryCompany(type, someId(type) ?? '', someId('companies') ?? '');
    },
    () => {
      const labels = random() < 0.5 ? ['Decision maker'] : [];
      const ends = [someId('deals') ?? '', someId('contacts') ?? ''] as const;
      sandbox.associate({ type: 'deals', id: ends[0] }, { type: 'contacts', id: ends[1] }, { labels });
    },
    () => {
      const from = { type: 'companies', id: someId('companies') ?? '' } as const;
      const to = pick(['contacts', 'deals'] as const) ?? 'deals';
      const linked = pick(sandbox.getAssociations(from, to));
      if (linked !== undefined) sandbox.dissociate(from, { type: to, id: linked.toId });
    },
    () => {
      const type = pick(TYPES) ?? 'deals';
      if (random() < 0.3) sandbox.deleteRecord(type, someId(type) ?? '');
    },
    () => {
      const type = pick(TYPES) ?? 'deals';
      const gone = pick(sandbox.records(type).filter(({ archived }) => archived));
      if (gone !== undefined) sandbox.restoreRecord(type, gone.id);
    },
    () => {
      const type = pick(TYPES) ?? 'deals';
      const [one, other] = [someId(type), someId(type)];
      if (random() < 0.2 && one !== undefined && other !== undefined && one !== other)
        sandbox.mergeRecords(type, one, other);
    },
  ];
  return {
    living,
    act(): void {
      const hasAll = TYPES.every((type) => living(type).length > 1);
      (hasAll ? pick(actions) : pick(actions.slice(0, 3)))?.();
    },
  };
}

describe('whatever people do', () => {
  it.each([1, 2, 3, 4, 5])('associations stay whole and what is calculated stays right (seed %i)', async (seed) => {
    const crowd = createCrowd(seed);
    for (let turn = 0; turn < 400; turn += 1) crowd.act();
    const seen = (type: Type, id: string, to: Type) =>
      sandbox
        .getAssociations({ type, id }, to)
        .map(({ toId, types }) => ({ toId, numbers: types.map((t) => t.typeId) }));

    for (const type of TYPES) {
      for (const { id, properties } of crowd.living(type)) {
        for (const to of TYPES.filter((other) => other !== type)) {
          for (const { toId, numbers } of seen(type, id, to)) {
            const back = seen(to, toId, type).find((link) => link.toId === id);
            expect(back?.numbers).toHaveLength(numbers.length);
          }
        }
        if (type === 'companies') {
          expect(properties.num_associated_deals).toBe(String(seen('companies', id, 'deals').length));
          continue;
        }
        const primaries = seen(type, id, 'companies').filter(({ numbers }) => numbers.some((n) => n === 1 || n === 5));
        const own = type === 'contacts' ? properties.associatedcompanyid : properties.hs_primary_associated_company;
        expect(primaries.length).toBeLessThan(2);
        expect(own).toBe(primaries[0]?.toId);
        if (type === 'deals') {
          const isWon = properties.dealstage === 'closedwon';
          expect(properties).toMatchObject({
            hs_is_closed_won: String(isWon),
            num_associated_contacts: String(seen('deals', id, 'contacts').length),
          });
          expect(isWon || properties.dealstage === 'closedlost').toBe(properties.hs_is_closed === 'true');
        }
      }
    }
    // What was told last of a primary company is what it is.
    const last = new Map<string, string>();
    for (const { objectId, propertyName, propertyValue } of sandbox.webhookJournal) {
      if (propertyName === 'hs_primary_associated_company') last.set(String(objectId), propertyValue ?? '');
    }
    for (const { id, properties, mergedIds } of crowd.living('deals')) {
      if (mergedIds.length === 0) expect(last.get(id) ?? '').toBe(properties.hs_primary_associated_company ?? '');
    }
    const sdk = createSdk(sandbox);
    expect((await sdk.crm.deals.basicApi.getPage(100)).results).toHaveLength(
      Math.min(100, crowd.living('deals').length),
    );
  });
});
