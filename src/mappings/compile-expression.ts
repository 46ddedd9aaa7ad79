import type { Finding } from '../domain/finding.ts';
import { compileExpression, type Expression, type Subject } from '../domain/mapping/expression.ts';
import { findingInside, type Path, type YamlSource } from './yaml-source.ts';

/** Compiles an expression of a file; a fault is reported where its caret points. Null: there is none, or it is wrong. */
export function readExpression(
  source: YamlSource,
  path: Path,
  result: 'condition' | 'value',
  findings: Finding[],
  subject: Subject = 'contact',
): Expression | null {
  const text = source.document.getIn(path);
  if (typeof text !== 'string') return null;
  const compiled = compileExpression(text, result, subject);
  if (compiled.ok) return compiled.expression;
  findings.push(
    findingInside(source, path, compiled.fault.offset, {
      code: 'bad_expression',
      what: `The expression of ${path.join('.')} is wrong here: ${compiled.fault.message}`,
      why: `It could not be evaluated for any ${subject}.`,
      fix: 'Correct the expression; docs/expressions.md lists what it may use.',
    }),
  );
  return null;
}
