import type { FieldChange, Plan } from '../../domain/plan/types.ts';
import type { HubSpotRecord, PersonReference, SalesforcePerson } from '../../domain/record.ts';
import type { ClaimedRecord } from '../../ports/ledger-claim.ts';
import type { ContactTies } from './contact-ties.ts';

/** One claimed record on its way through a batch, as far as it has come. */
export type Look = {
  claimed: ClaimedRecord;
  contact: HubSpotRecord;
  /** When the reading of both sides began. */
  readAtMs: number;
};

/** As much of a look as it takes to say where the person is to be looked for. */
export type KnownContact = Pick<Look, 'contact'> & {
  claimed: Pick<ClaimedRecord, 'pair'> & Partial<Pick<ClaimedRecord, 'hints'>>;
};

export type PlannedLook = Look & {
  plan: Plan;
  /** The person that the plan is about, as it was found; null: nobody. */
  found: SalesforcePerson | null;
  ties: ContactTies;
  /** A company that turned out to be gone, or whose Account did, as nobody has found out yet. */
  goneCompanyId: string | null;
};

/** A planned look whose links and intents are committed. */
export type ReservedLook = PlannedLook & { pairId: string; intentId: string | null };

/** A look whose contact is to be written in HubSpot, under an intent that is committed. */
export type ContactLook = PlannedLook & {
  pairId: string;
  /** Null where the pair has ended, or never had anybody. */
  person: PersonReference | null;
  intentId: string;
  changes: readonly FieldChange[];
};
