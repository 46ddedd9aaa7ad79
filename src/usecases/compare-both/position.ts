import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { HubSpotObject, SalesforceObject } from '../../domain/record.ts';
import { kindsOn } from '../../domain/records/kinds-on.ts';
import type { ClaimedRun, RunCursor } from '../../ports/ledger-runs.ts';
import type { RowCursor } from '../../ports/salesforce.ts';
import { partOf, rowsOf, textOf } from '../runs/run-cursor.ts';

/** What one part of a comparison walks through. The pairs come last: who was seen nowhere is known then. */
export type Part =
  | { name: string; system: 'hubspot'; object: HubSpotObject }
  | { name: string; system: 'salesforce'; object: SalesforceObject; of: HubSpotObject }
  | { name: 'pairs'; system: null };

/** The parts of a comparison, in their order: kinds that the mapping has off are left out. */
export function partsOf(mapping: Pick<CompiledMapping, 'company' | 'deal'>): readonly Part[] {
  const objects = kindsOn(mapping);
  const counterparts = [
    { object: 'Lead', of: 'contact' },
    { object: 'Contact', of: 'contact' },
    { object: 'Account', of: 'company' },
    { object: 'Opportunity', of: 'deal' },
  ] as const;
  return [
    ...objects.map((object) => ({ name: `hubspot.${object}`, system: 'hubspot', object }) as const),
    ...counterparts.flatMap(({ object, of }) =>
      objects.includes(of) ? [{ name: `salesforce.${object}`, system: 'salesforce', object, of } as const] : [],
    ),
    { name: 'pairs', system: null },
  ];
}

/** Where a comparison stands. */
export type Position = {
  part: string;
  /** Behind this record, or pair. */
  afterId: string | null;
  rows: RowCursor | null;
  /** Rows of the part, where it was counted. */
  expected: number | null;
  /** The first record that was seen: while it is known, what was seen is not lost. */
  first: { object: string; id: string } | null;
};

/** Where the run goes on; null for a cursor that is none of ours. */
export function positionOf({ cursor }: Pick<ClaimedRun, 'cursor'>, parts: readonly Part[]): Position | null {
  if (cursor === null) return startOf(parts[0], null);
  const part = textOf(cursor, 'part');
  if (part === null) return null;
  const firstSeen = partOf(cursor, 'first');
  const [object, id] = [textOf(firstSeen, 'object'), textOf(firstSeen, 'id')];
  return {
    part,
    afterId: textOf(cursor, 'afterId'),
    rows: rowsOf(partOf(cursor, 'rows')),
    expected: typeof cursor.expected === 'number' ? cursor.expected : null,
    first: object === null || id === null ? null : { object, id },
  };
}

/** The beginning of a part. */
export function startOf(part: Part | undefined, first: Position['first']): Position {
  return { part: part?.name ?? 'pairs', afterId: null, rows: null, expected: null, first };
}

/** The part behind this one. */
export function partBehind(parts: readonly Part[], name: string): Part | undefined {
  return parts[parts.findIndex((part) => part.name === name) + 1];
}

export function toCursor(position: Position): RunCursor {
  return position;
}
