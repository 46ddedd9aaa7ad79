import type { StageMove } from '../lifecycle/types.ts';
import { judgeIntents } from '../merge/judge-intents.ts';
import { contactIdField, personIdProperty, type SalesforcePerson, type SystemName, stageProperty } from '../record.ts';
import { factsOn } from './field-facts.ts';
import type { FieldChange, IntentVerdict, Plan, PlanInput } from './types.ts';

export { judgeByAge } from '../merge/judge-intents.ts';

/** What became of a contact's writes whose answers were lost, by what both sides hold now and by the writes that follow. */
export function judgeContactIntents(
  input: PlanInput,
  person: SalesforcePerson | null,
  { write, contact: changes, linkBack, stage }: Pick<Plan, 'write' | 'contact' | 'linkBack' | 'stage'>,
): IntentVerdict[] {
  const { now, contact, pair } = input;
  const id = linkBack && person !== null ? [idChange(contact.properties[personIdProperty] ?? null, person.id)] : [];
  return judgeIntents(pair?.openIntents ?? [], {
    now,
    hubspot: { id: contact.id, values: contact.properties },
    salesforce:
      person === null ? null : { id: person.id, values: { ...person.fields, [contactIdField]: person.externalId } },
    writes: {
      hubspot: [...changes, ...id, ...stageChanges(stage.move)],
      salesforce: write?.changes ?? [],
    },
    factsOf: (system: SystemName, field: string) => factsOn(input, person, system, field),
  });
}

function idChange(before: string | null, after: string): FieldChange {
  return { field: personIdProperty, before, after, rule: 'id' };
}

/** A stage is moved in one step, or emptied first. */
function stageChanges(move: StageMove | null): FieldChange[] {
  if (move === null) return [];
  const { from, to, mustClear } = move;
  const set: FieldChange = { field: stageProperty, before: mustClear ? null : from, after: to, rule: 'lifecycle' };
  return mustClear ? [{ field: stageProperty, before: from, after: null, rule: 'lifecycle' }, set] : [set];
}
