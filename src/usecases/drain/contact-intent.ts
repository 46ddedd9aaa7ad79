import { stageOf } from '../../domain/lifecycle/effective-stage.ts';
import type { StageDecision } from '../../domain/lifecycle/types.ts';
import type { FieldChange } from '../../domain/plan/types.ts';
import {
  type FieldValue,
  type HubSpotRecord,
  type PersonReference,
  personIdProperty,
  stageProperty,
} from '../../domain/record.ts';
import type { Intent } from '../../ports/ledger-work.ts';
import type { PlannedLook } from './look.ts';

/**
 * All that one update of the contact carries: the mapped properties, the person's id, and the stage. Of a move that must clear, this is the
 * clearing; the setting follows in a request of its own.
 */
export function contactChanges({ plan, contact }: PlannedLook, person: PersonReference | null): FieldChange[] {
  return [...idChange(contact, person), ...plan.contact, ...stageChange(plan.stage, contact)];
}

function idChange({ properties }: HubSpotRecord, person: PersonReference | null): FieldChange[] {
  const before = properties[personIdProperty] ?? null;
  if (person === null || before === person.id) return [];
  return [{ field: personIdProperty, before, after: person.id, rule: 'id' }];
}

function stageChange(stage: StageDecision, contact: HubSpotRecord): FieldChange[] {
  const { move } = stage;
  if (move === null) return [];
  return [toStage(stageOf(contact), clearsFirst(stage, contact) ? null : move.to)];
}

/** Whether the first request empties the stage, and a second one sets it. */
export function clearsFirst({ move, open }: StageDecision, contact: HubSpotRecord): boolean {
  return move?.mustClear === true && open !== 'resume_setting' && stageOf(contact) !== null;
}

function toStage(before: string | null, after: string | null): FieldChange {
  return { field: stageProperty, before, after, rule: 'lifecycle' };
}

/** The write of these changes to the contact. A move that begins with it is opened together with it. */
export function contactIntent({ contact, plan: { stage } }: PlannedLook, changes: readonly FieldChange[]): Intent {
  const begins = stage.move !== null && stage.open !== 'resume_clearing' && stage.open !== 'resume_setting';
  return {
    system: 'hubspot',
    object: 'contact',
    recordId: contact.id,
    operation: 'update',
    changes,
    ...(begins && stage.move !== null ? { stageMove: stage.move } : {}),
  };
}

/** The second request of a move that had to clear. */
export function settingIntent(contact: HubSpotRecord, to: string): Intent {
  const changes = [toStage(null, to)];
  return { system: 'hubspot', object: 'contact', recordId: contact.id, operation: 'update', changes };
}

/** As HubSpot takes values: texts, and an empty one to clear. */
export function toProperties(changes: readonly FieldChange[]): Record<string, string> {
  return Object.fromEntries(changes.map(({ field, after }) => [field, toText(after)]));
}

function toText(value: FieldValue): string {
  return value === null ? '' : String(value);
}
