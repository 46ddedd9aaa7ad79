import { type Crowd, editedFields, type HumanEdit } from './crowd.ts';
import { type AuditEntry, pairsPastTheGate, type Witness } from './crowd-audit.ts';

/** Two clocks, one of which shows whole seconds, tell the order of what lies further apart. */
const orderedMs = 2_000;

/** What became of the last value that a human typed into a field on each side. */
export type EditAudit = {
  /** It is there. */
  applied: number;
  /** It had reached the other side before somebody typed over it there. */
  superseded: number;
  /** The audit log names it as the value that was overwritten. */
  overruled: number;
  /** The CRM's own history shows our write on top of it, sooner after it than any write can know of what was typed since its read. */
  raced: number;
  missing: string[];
  /** The rule `newest` decided for the value that was typed first. */
  olderWon: string[];
};

type Pair = ReturnType<typeof pairsPastTheGate>[number];
type Field = (typeof editedFields)[number];
type PastValue = { value: unknown; atMs: number; isOurs: boolean };

/** One field of one pair: its humans, and its past on both sides as the CRMs tell it. */
type Slot = {
  now: string;
  last: HumanEdit;
  past: Record<HumanEdit['side'], readonly PastValue[]>;
  changes: AuditEntry['changes'];
  rivalOf(edit: HumanEdit): HumanEdit | undefined;
  raceMs: number;
};

/**
 * Promise 5 and "every edit accounted for": the last edit of each side of each field is looked for; those before it are superseded.
 * @param raceMs how long our write may lag behind its read: what a human types meanwhile no CRM lets us see
 */
export async function auditEdits(crowd: Crowd, { timelineOf }: Witness, raceMs: number): Promise<EditAudit> {
  const audit: EditAudit = { applied: 0, superseded: 0, overruled: 0, raced: 0, missing: [], olderWon: [] };
  for (const pair of pairsPastTheGate(crowd).filter(({ id }) => !crowd.entangled.has(id))) {
    const edits = crowd.edits.filter(({ contactId }) => contactId === pair.id);
    if (edits.length === 0) continue;
    const changes = (await timelineOf(pair.id)).flatMap((entry) => entry.changes);
    for (const field of editedFields) {
      const ofField = edits.filter(({ property }) => property === field.property);
      const lastOf = (side: HumanEdit['side']) => ofField.findLast((edit) => edit.side === side);
      const last = ofField.at(-1);
      if (last === undefined) continue;
      const slot: Slot = {
        now: pair.contact.properties[field.property] ?? '',
        last,
        past: { hubspot: pastInHubSpot(crowd, pair, field), salesforce: pastInSalesforce(crowd, pair, field) },
        changes,
        rivalOf: ({ side }) => lastOf(side === 'hubspot' ? 'salesforce' : 'hubspot'),
        raceMs,
      };
      for (const side of ['hubspot', 'salesforce'] as const) {
        const edit = lastOf(side);
        if (edit !== undefined) account(audit, slot, edit, pair);
      }
    }
  }
  return audit;
}

function account(audit: EditAudit, slot: Slot, edit: HumanEdit, { person }: Pair): void {
  const fate = fateOf(slot, edit);
  const name = `${edit.contactId} ${edit.property} typed in ${edit.side}`;
  if (fate === 'missing') audit.missing.push(name);
  else audit[fate] += 1;
  const rival = slot.rivalOf(edit);
  const ofPerson = edit.personId ?? rival?.personId;
  const isOrdered = rival !== undefined && edit.atMs - rival.atMs > orderedMs && ofPerson === person.record.Id;
  // A field's history begins with the Contact anew: only who was edited as this person has one that the rule could read.
  if (fate === 'overruled' && isOrdered && overruledBy(slot, edit, rival.value)) audit.olderWon.push(name);
}

function fateOf(slot: Slot, edit: HumanEdit): 'applied' | 'superseded' | 'overruled' | 'raced' | 'missing' {
  const { now, last, past, changes, raceMs } = slot;
  if (now === edit.value) return 'applied';
  const there = past[edit.side === 'hubspot' ? 'salesforce' : 'hubspot'];
  if (last !== edit && there.some(({ value }) => value === edit.value)) return 'superseded';
  const overwritten = changes.some(({ before, after }) => before === edit.value && (last !== edit || after === now));
  if (overwritten) return 'overruled';
  return wasRaced(past[edit.side], edit, raceMs) ? 'raced' : 'missing';
}

function overruledBy({ changes }: Slot, edit: HumanEdit, value: string): boolean {
  return changes.some(({ before, after }) => before === edit.value && after === value);
}

/** The very next value of this field is ours, and came at once. Salesforce shows whole seconds. */
function wasRaced(past: readonly PastValue[], edit: HumanEdit, raceMs: number): boolean {
  const typed = past.findIndex(({ value, isOurs }) => value === edit.value && !isOurs);
  const next = past[typed + 1];
  return typed >= 0 && next !== undefined && next.isOurs && next.atMs - edit.atMs <= raceMs;
}

/** The oldest first. */
function pastInHubSpot({ hubspot }: Crowd, { id }: Pair, { property }: Field): PastValue[] {
  return hubspot
    .getHistory(id, property)
    .toReversed()
    .map(({ value, at, author }) => ({ value, atMs: at, isOurs: author.changeSource === 'INTEGRATION' }));
}

function pastInSalesforce({ salesforce }: Crowd, { id }: Pair, field: Field): PastValue[] {
  return (['Lead', 'Contact'] as const).flatMap((object) => {
    const persons = new Set(
      salesforce
        .all(object, { withDeleted: true })
        .filter((record) => record.HubSpot_Contact_Id__c === id)
        .map(({ Id }) => Id),
    );
    return salesforce
      .all(`${object}History`)
      .filter((row) => persons.has(String(row[`${object}Id`])) && row.Field === field[object])
      .map(({ NewValue, CreatedDate, CreatedById }) => ({
        value: NewValue,
        atMs: Date.parse(String(CreatedDate)),
        isOurs: CreatedById === salesforce.runAsUserId,
      }));
  });
}
