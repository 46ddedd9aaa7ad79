import {
  type ASTNode,
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  ParseError,
} from '@marcbachmann/cel-js';
import type { FieldValue, HubSpotObject } from '../record.ts';
import { hostOf } from './host.ts';

export type Properties = Readonly<Record<string, string | null>>;

/** Where an expression is wrong: `offset` counts characters from its beginning, from 0. */
export type ExpressionFault = { message: string; offset: number };

export type Expression = {
  /** The properties or fields that it reads, besides `value`. */
  reads: readonly string[];
  /** Absent and empty properties are ''. @returns a fault instead of throwing: a record's value may not fit the expression */
  evaluate(properties: Properties, value?: string): { ok: true; value: FieldValue } | { ok: false; message: string };
};

/**
 * Everything an expression may call. No `matches` (a backtracking RegExp can run for seconds), no loops over lists, no `has` (an
 * absent property is ''). So the time of an evaluation is bounded by its size.
 */
export const expressionFunctions: Readonly<Record<string, string>> = {
  lower: 'lower(text): in lower case',
  upper: 'upper(text): in upper case',
  trim: 'text.trim(): without blanks around it',
  domain: 'domain(email): the part after the @, in lower case',
  host: 'host(website): the name of the site, in lower case, without https://, www. and what follows a slash',
  number: 'number(text, otherwise): the number in a text, or the second value where there is none',
  contains: 'text.contains(part): true or false',
  startsWith: 'text.startsWith(part): true or false',
  endsWith: 'text.endsWith(part): true or false',
  size: 'size(text): its length',
};

/** Whose fields an expression reads: `contact.<property>` and the like of HubSpot, `person.<Field>` or `opportunity.<Field>` of Salesforce. */
export type Subject = HubSpotObject | 'person' | 'opportunity';

const environments: Readonly<Record<Subject, Environment>> = {
  contact: createEnvironment('contact'),
  company: createEnvironment('company'),
  deal: createEnvironment('deal'),
  person: createEnvironment('person'),
  opportunity: createEnvironment('opportunity'),
};

function createEnvironment(subject: Subject): Environment {
  return new Environment({
    limits: { maxAstNodes: 250, maxDepth: 24, maxListElements: 250, maxMapEntries: 0, maxCallArguments: 4 },
  })
    .registerVariable(subject, 'map<string, string>')
    .registerVariable('value', 'string')
    .registerFunction('lower(string): string', (text: string) => text.toLowerCase())
    .registerFunction('upper(string): string', (text: string) => text.toUpperCase())
    .registerFunction('domain(string): string', domainOf)
    .registerFunction('host(string): string', hostOf)
    .registerFunction('number(string, double): double', (text: string, otherwise: number) => toNumber(text, otherwise))
    .registerFunction('number(string, int): double', (text: string, otherwise: bigint) =>
      toNumber(text, Number(otherwise)),
    );
}

/** The part of an email address after the last @, in lower case; '' where there is none. */
export function domainOf(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 0
    ? ''
    : email
        .slice(at + 1)
        .trim()
        .toLowerCase();
}

function toNumber(text: string, otherwise: number): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : otherwise;
}

/**
 * Reads and checks an expression of a mapping: its names, its types, and that it calls only what is bounded.
 * @param result what it must yield: `condition` true or false, `value` a text, number, boolean or null
 * @param subject whose fields it may read
 */
export function compileExpression(
  source: string,
  result: 'condition' | 'value',
  subject: Subject = 'contact',
): { ok: true; expression: Expression } | { ok: false; fault: ExpressionFault } {
  try {
    const program = environments[subject].parse(source);
    const reads = new Set<string>();
    const fault = inspect(program.ast, { subject, reads }) ?? checkTypes(program.check(), result);
    if (fault !== null) return { ok: false, fault };
    return { ok: true, expression: { reads: [...reads], evaluate: evaluator(program, subject, [...reads]) } };
  } catch (error) {
    return { ok: false, fault: toFault(error) };
  }
}

function evaluator(
  program: (context: object) => unknown,
  subject: Subject,
  reads: readonly string[],
): Expression['evaluate'] {
  return (properties, value = '') => {
    // A Map, because the library takes an object's own `constructor` for its type.
    const held = new Map(reads.map((name) => [name, ownValue(properties, name)]));
    try {
      return toFieldValue(program({ [subject]: held, value }));
    } catch (error) {
      const known = error instanceof EvaluationError || error instanceof CelTypeError;
      return { ok: false, message: known ? error.summary : 'The expression could not be evaluated.' };
    }
  };
}

/** Only what the record itself holds: `contact.constructor` is an empty property and nothing of JavaScript's. */
function ownValue(properties: Properties, name: string): string {
  return Object.hasOwn(properties, name) ? (properties[name] ?? '') : '';
}

function toFieldValue(result: unknown): ReturnType<Expression['evaluate']> {
  if (typeof result === 'bigint') return { ok: true, value: Number(result) };
  if (result === null || typeof result === 'string' || typeof result === 'boolean') return { ok: true, value: result };
  if (typeof result === 'number' && Number.isFinite(result)) return { ok: true, value: result };
  return { ok: false, message: 'The expression yields neither a text, a number nor true or false.' };
}

const resultTypes = {
  condition: { allowed: ['bool'], words: 'true or false' },
  value: { allowed: ['string', 'double', 'int', 'bool', 'null'], words: 'a text, a number, or true or false' },
};

function checkTypes(
  check: { valid: boolean; type?: string; error?: unknown },
  result: 'condition' | 'value',
): ExpressionFault | null {
  if (!check.valid) return toFault(check.error);
  const { allowed, words } = resultTypes[result];
  if (allowed.includes(check.type ?? '')) return null;
  return { message: `It yields ${check.type ?? 'something else'}, but must yield ${words}.`, offset: 0 };
}

function toFault(error: unknown): ExpressionFault {
  if (error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError) {
    return { message: endSentence(error.summary), offset: error.range?.start ?? 0 };
  }
  return { message: 'It cannot be read.', offset: 0 };
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

type Reading = { subject: Subject; reads: Set<string> };

/** Collects the properties that are read and refuses what is not bounded. */
function inspect(node: ASTNode, reading: Reading): ExpressionFault | null {
  if (node.op === 'call' || node.op === 'rcall') {
    const name = node.args[0];
    if (!Object.hasOwn(expressionFunctions, name)) return unknownFunction(name, node);
    const parts = node.op === 'call' ? node.args[1] : [node.args[1], ...node.args[2]];
    return firstFault(parts, reading);
  }
  const property = propertyOf(node, reading.subject);
  if (property !== null) {
    reading.reads.add(property);
    return null;
  }
  if (node.op === 'id' && node.args === reading.subject) {
    return { message: nameOne[reading.subject], offset: node.start };
  }
  return firstFault(childrenOf(node), reading);
}

const nameOne: Readonly<Record<Subject, string>> = {
  contact: 'Name one property: contact.country, or contact["country"].',
  company: 'Name one property: company.country, or company["country"].',
  deal: 'Name one property: deal.dealtype, or deal["dealtype"].',
  person: 'Name one field: person.Country, or person["Country"].',
  opportunity: 'Name one field: opportunity.Type, or opportunity["Type"].',
};

function propertyOf(node: ASTNode, subject: Subject): string | null {
  if (node.op !== '.' && node.op !== '[]') return null;
  const [owner, key] = node.args;
  if (owner.op !== 'id' || owner.args !== subject) return null;
  if (typeof key === 'string') return key;
  return key.op === 'value' && typeof key.args === 'string' ? key.args : null;
}

function firstFault(nodes: readonly ASTNode[], reading: Reading): ExpressionFault | null {
  for (const node of nodes) {
    const fault = inspect(node, reading);
    if (fault !== null) return fault;
  }
  return null;
}

function childrenOf(node: ASTNode): ASTNode[] {
  const parts: unknown[] = Array.isArray(node.args) ? node.args.flat(2) : [node.args];
  return parts.filter(isNode);
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
}

function unknownFunction(name: string, node: ASTNode): ExpressionFault {
  const message = `There is no function "${name}" here; there are: ${Object.values(expressionFunctions).join('; ')}.`;
  return { message, offset: node.start };
}
