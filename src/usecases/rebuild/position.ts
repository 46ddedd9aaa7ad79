import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { HubSpotObject, SalesforceObject } from '../../domain/record.ts';
import { kindsOn } from '../../domain/records/kinds-on.ts';
import type { ClaimedRun, RunCursor } from '../../ports/ledger-runs.ts';
import type { RowCursor } from '../../ports/salesforce.ts';
import { numberOf, partOf, rowsOf, textOf } from '../runs/run-cursor.ts';
import { counterparts } from './found-ids.ts';

/** One step of a rebuild: ids are listed on both sides, made into pairs, what surrounds these is read; after the review they are settled. */
export type Step =
  | { name: string; does: 'list_salesforce'; object: HubSpotObject; counterpart: SalesforceObject }
  | { name: string; does: 'list_hubspot'; object: HubSpotObject }
  | { name: string; does: 'pair' | 'measure' | 'settle'; object: HubSpotObject };

/**
 * The steps before the review, or those behind it. Deals are measured first, as what they came to is part of what is known of their contacts;
 * companies last, as their contacts say whether they are wanted.
 */
export function stepsOf(mapping: Pick<CompiledMapping, 'company' | 'deal'>, isChosen: boolean): readonly Step[] {
  const objects = kindsOn(mapping);
  const measured = (['deal', 'contact', 'company'] as const).filter((object) => objects.includes(object));
  if (isChosen) return measured.map((object) => ({ name: `settle.${object}`, does: 'settle', object }));
  return [
    ...objects.flatMap((object) => [
      ...counterparts[object].map(
        (counterpart) => ({ name: `list.${counterpart}`, does: 'list_salesforce', object, counterpart }) as const,
      ),
      { name: `list.${object}`, does: 'list_hubspot', object } as const,
    ]),
    ...objects.map((object) => ({ name: `pair.${object}`, does: 'pair', object }) as const),
    ...measured.map((object) => ({ name: `measure.${object}`, does: 'measure', object }) as const),
  ];
}

/** Where a rebuild stands. */
export type Position = {
  step: string;
  /** Behind this record, or pair. */
  after: string | null;
  /** Which of the properties is walked through. */
  place: number;
  rows: RowCursor | null;
  /** Rows of the step, where they were counted. */
  expected: number | null;
};

export function startOf(step: Step | undefined): Position {
  return { step: step?.name ?? '', after: null, place: 0, rows: null, expected: null };
}

/** Null for a cursor that is none of ours. */
export function positionOf({ cursor }: Pick<ClaimedRun, 'cursor'>, steps: readonly Step[]): Position | null {
  if (cursor === null) return startOf(steps[0]);
  const step = textOf(cursor, 'step');
  if (step === null) return null;
  return {
    step,
    after: textOf(cursor, 'after'),
    place: numberOf(cursor, 'place'),
    rows: rowsOf(partOf(cursor, 'rows')),
    expected: typeof cursor.expected === 'number' ? cursor.expected : null,
  };
}

export function stepBehind(steps: readonly Step[], name: string): Step | undefined {
  return steps[steps.findIndex((step) => step.name === name) + 1];
}

export function toCursor(position: Position): RunCursor {
  return position;
}
