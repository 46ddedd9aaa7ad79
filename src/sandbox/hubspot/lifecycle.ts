import type { ObjectType, SandboxRecord } from './model.ts';
import type { Portal } from './portal.ts';

/**
 * Whether this stage lies before the record's present one. The order is that of the property's options (their `displayOrder`); from an
 * empty stage everything is forward (contacts guide: "the value must first be cleared").
 */
export function isBackward(portal: Portal, record: SandboxRecord, stage: string): boolean {
  const present = record.state.values.lifecyclestage;
  if (present === undefined || stage === '' || stage === present) return false;
  return orderOf(portal, record.type, stage) < orderOf(portal, record.type, present);
}

function orderOf(portal: Portal, type: ObjectType, stage: string): number {
  const option = portal.properties.get(type, 'lifecyclestage')?.options.find((candidate) => candidate.value === stage);
  return option?.displayOrder ?? Number.MAX_SAFE_INTEGER;
}

/**
 * The calculated stage dates that follow from a move of a lifecycle or deal stage (lifecycle stage article). Clearing a stage keeps the dates of entering it.
 *
 * @param from stage before, `undefined` for none; @param to stage after, `''` for none; @param at epoch milliseconds
 */
export function toStageDates(from: string | undefined, to: string, at: number): Record<string, string> {
  if (from === to || (from === undefined && to === '')) return {};
  const instant = new Date(at).toISOString();
  const dates: Record<string, string> = {};
  if (from !== undefined) dates[`hs_v2_date_exited_${from}`] = instant;
  if (to !== '') dates[`hs_v2_date_entered_${to}`] = instant;
  return dates;
}

/** The property whose moves leave stage dates. */
export const STAGE_PROPERTY: Record<ObjectType, string> = {
  contacts: 'lifecyclestage',
  companies: 'lifecyclestage',
  deals: 'dealstage',
};

/** `label` is what people see; `after` the value of the stage before it. */
export type NewStage = { label: string; after: string; value?: string };

const FIRST_CUSTOM_ID = 51_439_524;

/** Adds a stage for contacts and companies, which share one list, and numbers the stages anew (lifecycle stage article). */
export function addStage(portal: Portal, { label, after, value }: NewStage): string {
  const options = (portal.properties.get('contacts', 'lifecyclestage')?.options ?? []).toSorted(
    (left, right) => left.displayOrder - right.displayOrder,
  );
  const place = options.findIndex((option) => option.value === after);
  if (place < 0) throw new Error(`no lifecycle stage ${after}`);
  const id = value ?? String(FIRST_CUSTOM_ID + options.length);
  const next = options.toSpliced(place + 1, 0, { value: id, label, displayOrder: 0, hidden: false });
  const numbered = next.map((option, displayOrder) => ({ ...option, displayOrder }));
  for (const type of ['contacts', 'companies'] as const) {
    if (portal.properties.get(type, 'lifecyclestage') !== undefined)
      portal.properties.setOptions(type, 'lifecyclestage', numbered);
  }
  return id;
}
