import type { Finding } from '../domain/finding.ts';
import type { Expression } from '../domain/mapping/expression.ts';
import type { BornInSalesforce, EventRules, FightRules, Gate, LifecycleStage } from '../domain/mapping/types.ts';
import type { FieldValue, FieldValues, PersonObject } from '../domain/record.ts';
import { readExpression } from './compile-expression.ts';
import { findStage } from './find-stage.ts';
import type { MappingFiles } from './schema.ts';
import { findingAtPath, type Path, type YamlSource } from './yaml-source.ts';

type Contacts = MappingFiles['contacts'];

const minuteMs = 60_000;

/** What becomes of a pair when something ends or appears on one side: `events` of contacts.yaml. */
export function compileEvents({ events }: Contacts): EventRules {
  return {
    deletedInHubSpot: events.deleted_in_hubspot,
    erasedInHubSpot: events.erased_in_hubspot,
    deletedInSalesforce: events.deleted_in_salesforce,
    restoredInSalesforce: events.restored_in_salesforce,
    mergedInSalesforce: events.merged_in_salesforce,
    sameEmail: events.same_email,
  };
}

/** From which counts on a field is fought over: `fights` of contacts.yaml, the time in milliseconds. */
export function compileFights({ fights }: Contacts): FightRules {
  return { withinMs: fights.within_minutes * minuteMs, repeats: fights.repeats, writes: fights.writes };
}

/** The rule for persons born in Salesforce, and the fields per object that its filter looks at. */
export type CompiledBorn = { born: BornInSalesforce; fields: Readonly<Record<PersonObject, readonly string[]>> };

/** `gate` and `stages` null: gate.yaml or lifecycle.yaml cannot be read, what depends on them is not checked. */
export function compileBorn(
  source: YamlSource,
  file: Contacts,
  given: { stages: readonly LifecycleStage[]; gate: Gate } | null,
  findings: Finding[],
): CompiledBorn {
  const filters = {
    Lead: readFilter(source, file, 'lead', findings),
    Contact: readFilter(source, file, 'contact', findings),
  };
  const stage = given === null ? null : bornStage(source, file, given, findings);
  return {
    born: {
      do: file.born_in_salesforce.do,
      stage: stage?.hubspot ?? null,
      isWanted: (fields, object) => ask(filters[object], fields),
    },
    fields: { Lead: filters.Lead?.reads ?? [], Contact: filters.Contact?.reads ?? [] },
  };
}

function readFilter(
  source: YamlSource,
  file: Contacts,
  key: 'lead' | 'contact',
  findings: Finding[],
): Expression | null {
  const { where } = file.born_in_salesforce;
  if (where == null) return null;
  const at: Path = ['born_in_salesforce', 'where'];
  // One filter for both objects is compiled for each; its faults are told once.
  const heard = typeof where === 'string' && key === 'contact' ? [] : findings;
  const filter = readExpression(source, typeof where === 'string' ? at : [...at, key], 'condition', heard, 'person');
  const wrong = filter?.reads.find((name) => !/^[A-Z]\w*$/.test(name));
  if (wrong === undefined) return filter;
  heard.push(
    findingAtPath(source, at, {
      code: 'bad_expression',
      what: `The filter reads person.${wrong}, which is no API name of a Salesforce field.`,
      why: 'Every look at changed persons would be refused.',
      fix: 'Use the API name, such as person.LeadSource; fields of related records cannot be read.',
    }),
  );
  return null;
}

/** Null: the filter cannot work with this person's values. */
function ask(filter: Expression | null, fields: FieldValues): boolean | null {
  if (filter === null) return true;
  const answer = filter.evaluate(
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toText(value)])),
  );
  return answer.ok ? answer.value === true : null;
}

function toText(value: FieldValue): string | null {
  return value === null ? null : String(value);
}

function bornStage(
  source: YamlSource,
  file: Contacts,
  { stages, gate }: { stages: readonly LifecycleStage[]; gate: Gate },
  findings: Finding[],
): LifecycleStage | null {
  const { stage: name, do: what } = file.born_in_salesforce;
  const at: Path = ['born_in_salesforce', 'stage'];
  if (name == null) {
    if (what === 'create') findings.push(findingAtPath(source, ['born_in_salesforce', 'do'], withoutStage));
    return null;
  }
  const stage = findStage(source, at, name, stages, 'No contact could be created in it.', findings);
  if (stage !== null && what === 'create' && !gate.opensAt(stage.hubspot)) {
    findings.push(
      findingAtPath(source, at, {
        code: 'born_below_gate',
        what: `Contacts of persons born in Salesforce would be created in ${name}, which does not open the gate.`,
        why: 'They would be in HubSpot and never stay in step with their persons.',
        fix: 'Name a stage of opens_at in gate.yaml.',
      }),
    );
  }
  return stage;
}

const withoutStage = {
  code: 'born_without_stage',
  what: 'Persons born in Salesforce shall be created in HubSpot, but no stage is named.',
  why: 'Nobody knows in which lifecycle stage to create them.',
  fix: 'Add stage: with the name of a stage that opens the gate, or use do: link.',
};
