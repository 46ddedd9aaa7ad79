import { compileExpression, type Expression } from '../../../domain/mapping/expression.ts';
import type { FieldValues } from '../../../domain/record.ts';
import type { BackfillObject, RunFilter } from '../../../domain/runs/types.ts';
import { SyncError } from '../../../errors.ts';
import { objectNames } from './objects.ts';

/** A filter that can be asked. */
export type CompiledFilter = {
  /** Properties or fields that it looks at. */
  reads: readonly string[];
  /**
   * Whether the record is among those that are wanted. `fault`: the expression cannot work with its values.
   * @param modifiedAtMs when the record was changed last
   */
  decide(fields: FieldValues, modifiedAtMs: number): 'wanted' | 'filtered' | 'fault';
};

/**
 * Compiles what was asked for; what the CRM has filtered already holds here, too.
 * @throws SyncError needs-human `bad_filter`
 */
export function compileFilter(object: BackfillObject, filter: RunFilter = {}): CompiledFilter {
  const { stageField } = objectNames[object];
  const where = filter.where === undefined ? null : readWhere(object, filter.where);
  assertInterval(filter);
  return {
    reads: [...(filter.stage === undefined ? [] : [stageField]), ...(where?.reads ?? [])],
    decide(fields, modifiedAtMs) {
      if (filter.sinceMs !== undefined && modifiedAtMs < filter.sinceMs) return 'filtered';
      if (filter.untilMs !== undefined && modifiedAtMs >= filter.untilMs) return 'filtered';
      if (filter.stage !== undefined && toText(fields[stageField]) !== filter.stage) return 'filtered';
      if (where === null) return 'wanted';
      const texts = Object.fromEntries(where.reads.map((name) => [name, toText(fields[name])]));
      const answer = where.evaluate(texts);
      if (!answer.ok) return 'fault';
      return answer.value === true ? 'wanted' : 'filtered';
    },
  };
}

function readWhere(object: BackfillObject, text: string): Expression {
  const compiled = compileExpression(text, 'condition', objectNames[object].subject);
  if (compiled.ok) return compiled.expression;
  const { message, offset } = compiled.fault;
  throw badFilter(`The expression of the filter is wrong at character ${offset + 1}: ${message}`);
}

function assertInterval({ sinceMs, untilMs }: RunFilter): void {
  if (sinceMs === undefined || untilMs === undefined || sinceMs < untilMs) return;
  throw badFilter('The filter ends before it begins: its until is not later than its since.');
}

/** What a person asked for cannot be asked. */
export function badFilter(sentence: string): SyncError {
  return new SyncError('needs-human', 'bad_filter', `The filter cannot be used. ${sentence}`, {
    advice: 'Correct the filter; docs/runs.md says what it takes, docs/expressions.md what an expression may use.',
  });
}

function toText(value: FieldValues[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
