import { type Crowd, editedFields, type HumanEdit, personOf } from './crowd.ts';

/** As much of a timeline's entry as the audit needs. */
export type AuditEntry = {
  at: string;
  kind: string;
  code: string;
  changes: readonly { field: string; before: unknown; after: unknown; rule: string }[];
};

export type TimelineOf = (contactId: string) => Promise<readonly AuditEntry[]>;

const funnel = [
  'subscriber',
  'lead',
  'marketingqualifiedlead',
  'salesqualifiedlead',
  'opportunity',
  'customer',
  'evangelist',
  'other',
];
const opens = new Set(['salesqualifiedlead', 'opportunity', 'customer']);

/** Two humans who edit one field on both sides within this time are in conflict; who of them was overwritten, no CRM can tell. */
const sameMomentMs = 15_000;

const stageOf = (crowd: Crowd, id: string) => crowd.hubspot.getContact(id)?.properties.lifecyclestage ?? '';

function living({ salesforce }: Crowd) {
  return [...salesforce.all('Lead'), ...salesforce.all('Contact')].filter(
    ({ IsConverted, IsDeleted }) => IsConverted !== true && IsDeleted !== true,
  );
}

/** Promise 1: persons who carry the id of a contact that has never passed the gate. */
export function strangersInSalesforce(crowd: Crowd): string[] {
  return living(crowd)
    .map((person) => String(person.HubSpot_Contact_Id__c ?? ''))
    .filter((id) => crowd.neverQualified.has(id));
}

/** Promise 2: what keeps contacts from having exactly one living person that both sides know. */
export function wrongPairs(crowd: Crowd): string[] {
  const carried = new Map<string, string[]>();
  for (const person of living(crowd)) {
    const id = String(person.HubSpot_Contact_Id__c ?? '');
    carried.set(id, [...(carried.get(id) ?? []), person.Id]);
  }
  const twice = [...carried].filter(([id, persons]) => id !== '' && persons.length > 1).map(([id]) => `${id}: twice`);
  const single = crowd.live.filter((id) => !crowd.entangled.has(id) && opens.has(stageOf(crowd, id)));
  const wrong = single.flatMap((id) => {
    const [person] = carried.get(id) ?? [];
    if (person === undefined) return [`${id}: nobody`];
    const known = crowd.hubspot.getContact(id)?.properties.salesforce_person_id;
    return known === person ? [] : [`${id}: HubSpot names ${known ?? 'nobody'} for ${person}`];
  });
  return [...twice, ...wrong];
}

/** Fields on which the two CRMs differ, of pairs that are past the gate. */
export function unequalFields(crowd: Crowd): string[] {
  return pairsInStep(crowd).flatMap(({ id, contact, person }) =>
    editedFields.flatMap((field) => {
      const there = person.record[field[person.object]] ?? '';
      return contact.properties[field.property] === there ? [] : [`${id} ${field.property}`];
    }),
  );
}

function pairsInStep(crowd: Crowd) {
  return crowd.live.flatMap((id) => {
    const contact = crowd.hubspot.getContact(id);
    const person = personOf(crowd, id);
    const isApart = crowd.entangled.has(id) || contact === undefined || person === undefined;
    return isApart || !opens.has(contact.properties.lifecyclestage ?? '') ? [] : [{ id, contact, person }];
  });
}

/**
 * Promise 5 and "every edit accounted for": last edits of a field whose value is on neither side, and which the audit log does not show as
 * overruled either. Earlier edits are superseded by the last one.
 */
export async function unaccountedEdits(crowd: Crowd, timelineOf: TimelineOf): Promise<string[]> {
  const inStep = new Map(pairsInStep(crowd).map((pair) => [pair.id, pair]));
  const byField = Map.groupBy(crowd.edits, ({ contactId, property }) => `${contactId} ${property}`);
  const missing: string[] = [];
  for (const [key, edits] of byField) {
    const last = edits.at(-1);
    const pair = last === undefined ? undefined : inStep.get(last.contactId);
    if (last === undefined || pair === undefined) continue;
    const now = pair.contact.properties[last.property];
    if (now === last.value || isRivalled(edits, last, now)) continue;
    const overruled = (await timelineOf(last.contactId)).some(({ changes }) =>
      changes.some(({ before, after }) => before === last.value && after === now),
    );
    if (!overruled) missing.push(key);
  }
  return missing;
}

/** Another human typed what is there now on the other side, at the same moment. */
function isRivalled(edits: readonly HumanEdit[], last: HumanEdit, now: string | undefined): boolean {
  return edits.some(({ side, value, atMs }) => side !== last.side && value === now && last.atMs - atMs <= sameMomentMs);
}

/** Promise 6: moves of ours against the order of the funnel for which the timeline knows no recycle. */
export async function unexplainedBackwardMoves(crowd: Crowd, timelineOf: TimelineOf): Promise<string[]> {
  const found: string[] = [];
  for (const id of crowd.live) {
    for (const { from, to } of ownBackwardMoves(await stageHistory(crowd, id))) {
      const recycled = (await timelineOf(id)).some(({ kind, code }) => kind === 'stage' && code.includes('recycle'));
      if (!recycled) found.push(`${id}: ${from} -> ${to}`);
    }
  }
  return found;
}

type PastStage = { value: string; sourceType: string };

/** The stages that a contact has held, the oldest first, as HubSpot's own history tells. */
async function stageHistory({ hubspot }: Crowd, id: string): Promise<PastStage[]> {
  const answer = await fetch(`${hubspot.url}/crm/v3/objects/contacts/${id}?propertiesWithHistory=lifecyclestage`, {
    headers: { authorization: `Bearer ${hubspot.accessToken}` },
  });
  const body = (await answer.json()) as { propertiesWithHistory?: { lifecyclestage?: PastStage[] } };
  return (body.propertiesWithHistory?.lifecyclestage ?? []).toReversed();
}

function ownBackwardMoves(history: readonly PastStage[]): { from: string; to: string }[] {
  const moves: { from: string; to: string }[] = [];
  let before = '';
  for (const { value, sourceType } of history) {
    if (value === '') continue;
    if (sourceType === 'INTEGRATION' && funnel.indexOf(value) < funnel.indexOf(before)) {
      moves.push({ from: before, to: value });
    }
    before = value;
  }
  return moves;
}
