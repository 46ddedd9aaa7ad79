import type { Histories } from '../../domain/plan/types.ts';
import type { SalesforceReference } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { HubSpotPort, HubSpotType } from '../../ports/hubspot.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';

/** Something that only adds to the answer and could not be read, and the code of why. */
export type Unread = {
  what: 'person' | 'counterpart' | 'associations' | 'hubspot_history' | 'salesforce_history';
  code: string;
};

/** What is asked of both CRMs. `readCounterpart`: null where it is known already, or nothing is paired. */
export type Question<Counterpart> = {
  type: HubSpotType;
  id: string;
  properties: readonly string[];
  counterpart: SalesforceReference | null;
  fields: readonly string[];
  what: Unread['what'];
  readCounterpart(): Promise<Counterpart | null>;
};

export type Sides<Counterpart> = {
  counterpart: Counterpart | null;
  histories: Histories;
  unread: readonly Unread[];
};

type Dependencies = {
  hubspot: Pick<HubSpotPort, 'readHistories'>;
  salesforce: Pick<SalesforcePort, 'readHistories'>;
};

/**
 * The counterpart as it is now, and who changed what on both sides. What a CRM does not give only adds to the answer: it is left out and named
 * in `unread`. Whatever is no answer of a CRM is thrown.
 */
export async function readSides<Counterpart>(
  { hubspot, salesforce }: Dependencies,
  { type, id, properties, counterpart, fields, what, readCounterpart }: Question<Counterpart>,
  spend: Spend,
): Promise<Sides<Counterpart>> {
  const unread: Unread[] = [];
  const orUnread = async <Value>(name: Unread['what'], reading: Promise<Value>): Promise<Value | null> => {
    try {
      return await reading;
    } catch (thrown) {
      if (!(thrown instanceof SyncError)) throw thrown;
      unread.push({ what: name, code: thrown.code });
      return null;
    }
  };
  const [found, ofRecord, ofCounterpart] = await Promise.all([
    counterpart === null ? null : orUnread(what, readCounterpart()),
    orUnread('hubspot_history', hubspot.readHistories(type, [id], properties, spend)),
    counterpart === null
      ? null
      : orUnread('salesforce_history', salesforce.readHistories([counterpart], fields, spend)),
  ]);
  return {
    counterpart: found,
    histories: { hubspot: ofRecord?.get(id) ?? {}, salesforce: ofCounterpart?.get(counterpart?.id ?? '') ?? {} },
    unread,
  };
}
