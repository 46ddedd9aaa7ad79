import type { Plan } from '../../domain/plan/types.ts';
import type { HubSpotRecord, PersonReference } from '../../domain/record.ts';
import type { ClaimedRecord } from '../../ports/ledger.ts';

/** One claimed record on its way through a batch, as far as it has come. */
export type Look = {
  claimed: ClaimedRecord;
  contact: HubSpotRecord;
};

/** As much of a look as it takes to say where the person is to be looked for. */
export type KnownContact = Pick<Look, 'contact'> & { claimed: Pick<ClaimedRecord, 'pair'> };

export type PlannedLook = Look & { plan: Plan };

/** A planned look whose links and intents are committed. */
export type ReservedLook = PlannedLook & { pairId: string; intentId: string | null };

/** A look whose person exists; `salesforce_person_id` may still have to be written under `intentId`. */
export type PairedLook = PlannedLook & { pairId: string; person: PersonReference; intentId: string };
