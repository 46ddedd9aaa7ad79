import { setTimeout as sleep } from 'node:timers/promises';
import { character } from './people.ts';
import { dealOfOpportunity, leadOf, propertiesOf, type Row } from './records.ts';
import type { Stage } from './stage.ts';
import type { Cast, Narrate } from './story.ts';
import { tellChange, tellDecision } from './tell.ts';

/** What the CRMs themselves showed while sales worked, and who it happened to; the checks look at it afterwards. */
export type WayBack = {
  /** Karl after HubSpot merged him with a duplicate: the survivor has an id of its own. */
  merged: string;
  /** Recycled by sales, and still with marketing. */
  returned: string;
  /** Deleted in HubSpot; the person as it was before. */
  gone: { contactId: string; before: Row };
  /** Grace's person before the recycle. */
  reopenedId: string;
  /** Grace between recycle and return: what marketing wrote meanwhile, and what Salesforce held of it. */
  paused: { written: string; held: string };
  /** What sales made when it converted Uma. */
  opportunityId: string;
  /** The job title that both sides had edited. */
  conflict: { contactId: string; bySales: string; byMarketing: string };
};

/** Between two edits of one field, so that the clocks of both CRMs tell who was last; Salesforce's shows whole seconds. */
const apartMs = 2_100;

/** The status by which sales returns a lead, as the shipped mapping lists it. */
export const recycledBy = 'Closed - Not Converted';

/** Plays what follows the handoff: sales works in Salesforce, marketing in HubSpot, and neither view goes stale. */
export async function playWayBack(stage: Stage, cast: Cast, narrate: Narrate): Promise<WayBack> {
  const { salesforce, until } = stage;
  narrate(
    "Sales writes Grace's phone number into Salesforce. The next poll, at most 5 s from now, brings it to HubSpot.",
  );
  const phone = '+33 1 23 45 67 89';
  salesforce.edit('Lead', leadOf(stage, cast.grace).Id, { Phone: phone });
  const conflict = await editBothSides(stage, cast.faulty, narrate);
  const merged = await mergeInHubSpot(stage, cast, narrate);
  const gone = await deleteInHubSpot(stage, narrate);
  await until('HubSpot has the phone number from sales', () => propertiesOf(stage, cast.grace).phone === phone);

  const returned = contactIn(stage, 'salesqualifiedlead');
  const reopenedId = leadOf(stage, cast.grace).Id;
  const opportunityId = await recycleAndConvert(stage, { ...cast, returned }, narrate);
  const paused = await writeWhilePaused(stage, [cast.grace, returned], narrate);
  narrate('Grace qualifies again: the same lead is opened again, and gets what it has missed.');
  stage.hubspot.editContact(cast.grace, { lifecyclestage: 'salesqualifiedlead' });
  await stage.settled();
  return { merged, returned, gone, reopenedId, paused, opportunityId, conflict };
}

async function editBothSides(stage: Stage, contactId: string, narrate: Narrate): Promise<WayBack['conflict']> {
  const { hubspot, salesforce, service, settled } = stage;
  narrate("Sales and marketing both edit Vera's job title, marketing two seconds later. Its rule is `newest`.");
  const [bySales, byMarketing] = ['Buyer', 'Head of Buying'];
  const lead = leadOf(stage, contactId);
  // Saved, and not seen by anyone before marketing has typed too: else it would come back first, and nothing would be in conflict.
  const commit = salesforce.commitLater(() => salesforce.edit('Lead', lead.Id, { Title: bySales }));
  await sleep(apartMs);
  commit();
  hubspot.editContact(contactId, { jobtitle: byMarketing });
  await settled();
  const changes = (await service.timeline(contactId)).flatMap((entry) => entry.changes);
  for (const change of changes.filter((one) => one.conflict !== null)) {
    narrate(`The rule decided, and the audit log keeps both values: ${tellChange(change)}.`);
  }
  return { contactId, bySales, byMarketing };
}

async function mergeInHubSpot({ hubspot, ownerId, settled }: Stage, cast: Cast, narrate: Narrate): Promise<string> {
  narrate(
    'Karl turns up twice in HubSpot, and marketing merges the two. The survivor has a third id; his lead stays his.',
  );
  const twin = hubspot.createContact(
    character('Karl Known', 'marketingqualifiedlead', ownerId, { email: 'k.known@story.example' }),
  );
  await settled();
  const survivor = hubspot.mergeContacts(cast.known, twin);
  await settled();
  return survivor;
}

async function deleteInHubSpot(stage: Stage, narrate: Narrate): Promise<WayBack['gone']> {
  narrate('Marketing deletes a customer in HubSpot: the pair is unlinked, and the person in Salesforce is left alone.');
  const contactId = contactIn(stage, 'customer');
  const before = { ...leadOf(stage, contactId) };
  stage.hubspot.deleteContact(contactId);
  await stage.settled();
  narrate(`The service says: ${tellDecision(await stage.service.timeline(contactId))}`);
  return { contactId, before };
}

/** @returns the id of the opportunity */
async function recycleAndConvert(
  stage: Stage,
  { grace, unlucky, returned }: Cast & { returned: string },
  narrate: Narrate,
): Promise<string> {
  const { salesforce, until } = stage;
  narrate('Sales closes Grace and a second lead without converting them: both go back to marketing, with the reason.');
  for (const id of [grace, returned]) {
    salesforce.edit('Lead', leadOf(stage, id).Id, { Status: recycledBy });
  }
  narrate('Sales converts Uma, with an opportunity of 7800.40: HubSpot gets her company, and a deal with both.');
  const { opportunityId } = salesforce.convertLead(leadOf(stage, unlucky).Id, {
    opportunityName: 'Story Works order',
    opportunityValues: { Amount: '7800.4' },
  });
  await until(
    'HubSpot has the stages that sales brought about, and the deal',
    () =>
      [grace, returned, unlucky].every(
        (id, index) => propertiesOf(stage, id).lifecyclestage === ['lead', 'lead', 'opportunity'][index],
      ) && dealOfOpportunity(stage, String(opportunityId)) !== undefined,
  );
  return String(opportunityId);
}

async function writeWhilePaused(
  stage: Stage,
  contactIds: readonly string[],
  narrate: Narrate,
): Promise<WayBack['paused']> {
  narrate('Marketing nurtures the two returned ones on; Salesforce hears nothing of it.');
  const written = 'Director of Planning';
  for (const id of contactIds) stage.hubspot.editContact(id, { jobtitle: written });
  await stage.settled();
  const [first = ''] = contactIds;
  const { sentence, stages } = await stage.service.explain(first);
  narrate(`The service says of Grace: ${sentence} Returned by sales: ${stages.recycles}.`);
  narrate(`HubSpot shows why: "${propertiesOf(stage, first).salesforce_recycle_reason}".`);
  return { written, held: String(leadOf(stage, first).Title) };
}

/** The first of the crowd in this stage who is still there. */
function contactIn({ hubspot }: Stage, lifecyclestage: string): string {
  const found = hubspot
    .contacts()
    .find(({ archived, properties }) => !archived && properties.lifecyclestage === lifecyclestage);
  if (found === undefined) throw new Error(`no contact in the stage ${lifecyclestage}`);
  return found.id;
}
