import type pg from 'pg';
import { type HubSpotObject, idNames, personIdProperty } from '../domain/record.ts';
import type { RecordType } from '../ports/ledger-claim.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import type { LedgerContext } from './context.ts';
import { hubspotObjectOf } from './kinds.ts';
import { absorbPairs } from './move-links.ts';

// Whose the HubSpot record is that a person, Account or Opportunity has become, where it is anybody's. Its pair is locked, so that nobody leases it meanwhile; one that
// another worker holds is not waited for.
const holdersSql = `
select l.record_id, l.pair_id, r.person_id, r.tombstone_reason as tombstone,
       coalesce(r.lease_token is distinct from $3 and r.leased_until > clock_timestamp(), false) as leased
from links l join pairs r on r.id = l.pair_id
where l.connection_id = $1 and l.system = 'hubspot' and l.object = $4 and l.record_id = any($2)
order by r.id
for update of r`;

type Holder = {
  record_id: string;
  pair_id: string;
  person_id: string | null;
  tombstone: string | null;
  leased: boolean;
};

/** What the results of births come to. */
export type Births = {
  /** All results, as they are to be applied. */
  results: readonly RecordResult[];
  /** Records whose contact is in another worker's hands at the moment: they are looked at again. */
  busy: readonly string[];
  /** Records whose contact is another person's. */
  refused: readonly string[];
};

/** A contact in another worker's hands is free again after that time, as a rule. */
const busyDelayMs = 5_000;

/**
 * A person born in Salesforce has become a contact. As a rule nobody knows that contact; where somebody marked it first and it has a pair
 * without a person, the person's pair ends there; where it has another person, nothing is linked, and people are told.
 * Throws the driver's error.
 */
export async function settleBirths(
  client: pg.PoolClient,
  { context: { connectionId }, of, token }: { context: LedgerContext; of: RecordType; token: string },
  results: readonly RecordResult[],
): Promise<Births> {
  const contactIds = results.flatMap(({ bornContactId }) => bornContactId ?? []);
  if (contactIds.length === 0) return { results, busy: [], refused: [] };
  const object = hubspotObjectOf(of);
  const values = [connectionId, contactIds, token, object];
  const { rows } = await client.query<Holder>({ name: 'born-holders', text: holdersSql, values });
  const holders = new Map(rows.map((row) => [row.record_id, row]));
  const moves: { absorbed: string; pairId: string }[] = [];
  const [busy, refused]: [string[], string[]] = [[], []];
  const settled = results.map((result): RecordResult => {
    const { contactId, bornContactId, pairId } = result;
    const holder = bornContactId === undefined ? undefined : holders.get(bornContactId);
    if (bornContactId === undefined || pairId === undefined || holder === undefined || holder.pair_id === pairId)
      return result;
    if (holder.person_id !== null || holder.tombstone !== null) {
      refused.push(contactId);
      return refuse(result, object, [bornContactId, ...(holder.person_id === null ? [] : [holder.person_id])]);
    }
    if (holder.leased) {
      busy.push(contactId);
      return {
        ...only(result),
        settle: { kind: 'later', delayMs: busyDelayMs, counts: false, code: 'contact_busy' },
      };
    }
    moves.push({ absorbed: pairId, pairId: holder.pair_id });
    return { ...result, pairId: holder.pair_id };
  });
  await absorbPairs(client, moves);
  return { results: settled, busy, refused };
}

/** The write has happened, whatever follows from it. */
function only({ contactId, counter, pairId, outcomes }: RecordResult): RecordResult {
  return { contactId, counter, ...(pairId && { pairId }), ...(outcomes && { outcomes }) };
}

/** What HubSpot made of what, and the property that tells which. */
const names: Readonly<Record<HubSpotObject, { made: string; of: string; others: string; property: string }>> = {
  contact: { made: 'contact', of: 'person', others: 'persons', property: personIdProperty },
  company: { made: 'company', of: 'Account', others: 'Accounts', property: idNames.company.property },
  deal: { made: 'deal', of: 'Opportunity', others: 'Opportunities', property: idNames.deal.property },
};

function refuse(result: RecordResult, object: HubSpotObject, recordIds: readonly string[]): RecordResult {
  const { made, of, others, property } = names[object];
  return {
    ...only(result),
    failure: {
      kind: 'needs-human',
      code: 'born_taken',
      message: `The ${made} that HubSpot made of this ${of} belongs to another ${of} already, or was given up.`,
      advice: `Compare the records named here: correct ${property} of the ${made}, or merge the ${others}.`,
      fields: [],
      recordIds,
    },
    settle: { kind: 'failed' },
  };
}
