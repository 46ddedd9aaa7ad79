import { type Agreement, companyAgreement, contactAgreement, dealAgreement } from '../../domain/rebuild/agreement.ts';
import {
  type CounterpartReference,
  contactCompanyProperty,
  dealCompanyProperty,
  type HubSpotObject,
  type HubSpotRecord,
  type PersonReference,
  pluralOf,
  type SalesforceReference,
} from '../../domain/record.ts';
import { dealStateAfter } from '../../domain/records/deal-state.ts';
import type { RebuiltFacts } from '../../ports/ledger-rebuild.ts';
import type { Relation } from '../../ports/ledger-relations.ts';
import { noTies } from '../drain/contact-ties.ts';
import { findPersons } from '../drain/find-persons.ts';
import type { Look } from '../drain/look.ts';
import { hubSpotSilent } from '../drain/unanswered.ts';
import { kinds, type RecordKind } from '../drain-records/kinds.ts';
import { readAssociations } from '../drain-records/read-records.ts';
import { companyInputOf, dealInputOf, readGiven } from '../drain-records/record-inputs.ts';
import type { RecordLook } from '../drain-records/record-look.ts';
import { unclaimedBatch } from '../preview/unclaimed.ts';
import type { RebuildContext } from './rebuild.ts';

export type RebuiltPairKey = { pairId: string; recordId: string };

/** What was read around one pair, and in which fields its sides differ. */
export type ReadAgreement = RebuiltFacts & { unequal: readonly string[] };

/** Reads both sides of pairs as a look would, and what surrounds them. Those that are gone by now are left out: a look finds out. */
export async function readAgreements(
  context: RebuildContext,
  object: HubSpotObject,
  pairs: readonly RebuiltPairKey[],
): Promise<readonly ReadAgreement[]> {
  if (pairs.length === 0) return [];
  return object === 'contact' ? await readContacts(context, pairs) : await readRecords(context, object, pairs);
}

async function readContacts(
  context: RebuildContext,
  pairs: readonly RebuiltPairKey[],
): Promise<readonly ReadAgreement[]> {
  const { dependencies } = context;
  const { mapping, clock } = dependencies;
  const { batch, claimed, records } = await readHubSpot<PersonReference>(context, 'contact', pairs);
  const looks = claimed.flatMap((one): Look[] => {
    const contact = records.get(one.recordId);
    return contact === undefined ? [] : [{ claimed: one, contact, readAtMs: batch.readAtMs }];
  });
  const found = await findPersons(dependencies, batch, looks);
  const { owners, fieldFacts, ourUserId } = found.facts;
  return looks.flatMap(({ claimed: { pair, pairId }, contact }) => {
    const matches = found.persons.get(contact.id) ?? { byExternalId: [], byId: [], byEmail: [] };
    const person = [...matches.byId, ...matches.byExternalId].find(({ id }) => id === pair?.person?.id);
    if (person === undefined || pairId === null) return [];
    const ties = found.ties.get(contact.id) ?? noTies;
    const gate = mapping.gate.decide(contact.properties);
    const input = {
      now: clock.now(),
      mapping,
      contact,
      pair,
      persons: matches,
      owners,
      fieldFacts,
      histories: null,
      deadContactIds: new Set<string>(),
      ourUserId,
      ...ties,
      linkBelowGate: false,
    };
    const companyId = contact.properties[contactCompanyProperty]?.trim() ?? '';
    const relations: Relation[] =
      gate.passes && companyId !== '' ? [{ to: { object: 'company', recordId: companyId }, passedGate: true }] : [];
    return [
      {
        ...contactAgreement(input, person),
        recordId: contact.id,
        pairId,
        handedOver: gate.passes,
        ...(mapping.company.isOn ? { relations } : {}),
      },
    ];
  });
}

async function readRecords(
  context: RebuildContext,
  kind: RecordKind,
  pairs: readonly RebuiltPairKey[],
): Promise<readonly ReadAgreement[]> {
  const { dependencies } = context;
  const { batch, claimed, records } = await readHubSpot<CounterpartReference>(context, kind, pairs);
  const found = claimed.flatMap((one): RecordLook[] => {
    const record = records.get(one.recordId);
    return record === undefined ? [] : [{ claimed: one, record, associations: [], readAtMs: batch.readAtMs }];
  });
  const { looks } = await readAssociations(dependencies, batch, kinds[kind], found);
  const given = await readGiven(dependencies, batch, kinds[kind], looks);
  return looks.flatMap((look): ReadAgreement[] => {
    const { pair, pairId } = look.claimed;
    const matches = given.matches.get(look.record.id) ?? { byExternalId: [], byId: [], byDomain: [] };
    const isOwn = ({ id }: SalesforceReference) => id === pair?.person?.id;
    if (pairId === null || pair === null) return [];
    const read = { matches, histories: null };
    const key = { recordId: look.record.id, pairId };
    if (kind === 'company') {
      const counterpart = [...matches.byId, ...matches.byExternalId].find(isOwn);
      if (counterpart === undefined) return [];
      const input = companyInputOf(dependencies, look, given, read);
      const handedOver = input.people.some(({ passedGate }) => passedGate);
      return [{ ...companyAgreement(input, counterpart), ...key, handedOver }];
    }
    const { input } = dealInputOf(dependencies, look, given, read);
    const opportunity = [...input.matches.byId, ...input.matches.byExternalId].find(isOwn);
    if (opportunity === undefined) return [];
    const handedOver = [...input.contacts.values()].some(({ passedGate }) => passedGate);
    const agreement: Agreement = dealAgreement(input, opportunity);
    return [
      {
        ...agreement,
        ...key,
        handedOver,
        relations: relationsOf(look, handedOver),
        dealState: dealStateAfter(input, opportunity, []),
        roleIds: opportunity.roles.map(({ id }) => id),
      },
    ];
  });
}

/** Contacts and the primary company of a deal, as a look tells them. */
function relationsOf({ associations, record }: RecordLook, handedOver: boolean): Relation[] {
  const contacts = new Set(associations.flatMap(({ toObject, toId }) => (toObject === 'contact' ? toId : [])));
  const companyId = record.properties[dealCompanyProperty]?.trim() ?? '';
  return [
    ...[...contacts].map((recordId) => ({ to: { object: 'contact', recordId } as const, passedGate: false })),
    ...(companyId === '' ? [] : [{ to: { object: 'company', recordId: companyId } as const, passedGate: handedOver }]),
  ];
}

/** The HubSpot side of pairs, and what the ledger has of them. @throws SyncError where a read failed: nobody is left out for that */
async function readHubSpot<Reference extends SalesforceReference>(
  { dependencies: { hubspot, ledger, mapping, clock }, spend }: RebuildContext,
  object: HubSpotObject,
  pairs: readonly RebuiltPairKey[],
) {
  const ids = pairs.map(({ recordId }) => recordId);
  const [known, reads] = await Promise.all([
    ledger.knowledgeOf<Reference>({ system: 'hubspot', object }, ids),
    hubspot.read(pluralOf[object], ids, mapping[object].hubspotProperties, spend),
  ]);
  const records = new Map<string, HubSpotRecord>();
  for (const id of ids) {
    const read = reads.get(id) ?? ({ kind: 'error', error: hubSpotSilent } as const);
    if (read.kind === 'error') throw read.error;
    if (read.kind === 'found') records.set(id, read.record);
  }
  const given = ids.flatMap((recordId) => {
    const knowledge = known.get(recordId);
    return knowledge === undefined ? [] : [{ recordId, ...knowledge }];
  });
  const { batch, records: claimed } = unclaimedBatch<Reference>(given, clock.now(), spend);
  return { batch, claimed, records };
}
