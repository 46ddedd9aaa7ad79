import type { GateConditionContent, GateContent } from '../../domain/mapping-view/types.ts';
import { listOf } from '../../domain/mapping-view/words.ts';
import type { MappingFiles } from '../schema.ts';
import type { Path, YamlSource } from '../yaml-source.ts';
import { contentPlace, type Told } from './source.ts';

type Gate = MappingFiles['gate'];

/** Labels of stages by their names in `lifecycle.yaml`. */
export type StageLabels = ReadonlyMap<string, string>;

/** The gate: who may be in Salesforce, condition by condition, under the codes that decisions have. */
export function tellGate({ source, file }: Told<'gate'>, labels: StageLabels): GateContent {
  const opensAt = file.opens_at.map((name) => labels.get(name) ?? name);
  const sentence = `A contact may be in Salesforce in the stage ${listOf(opensAt, 'or')}, as long as all conditions hold.`;
  return { sentence, opensAt, conditions: conditionsOf(source, file, labels), below: belowSentence(file.below) };
}

function conditionsOf(source: YamlSource, file: Gate, labels: StageLabels): GateConditionContent[] {
  const { opens_at: opensAt, exclude, requires, condition } = file;
  const one = (code: string, path: Path, text: string, expression: string | null = null) => ({
    code,
    text,
    expression,
    ...contentPlace(source, path),
  });
  const named = (names: readonly string[]) => names.map((name) => labels.get(name) ?? name);
  const stages = listOf(named(opensAt), 'or');
  const excluded = listOf(named(exclude.stages), 'or');
  const domains = listOf(exclude.domains, 'or');
  const text = file.condition_text ?? 'This holds for the contact';
  return [
    one('stage_below_gate', ['opens_at'], `The lifecycle stage is ${stages}.`),
    ...(excluded === ''
      ? []
      : [one('excluded_stage', ['exclude', 'stages'], `The lifecycle stage is not ${excluded}.`)]),
    ...(domains === '' ? [] : [one('excluded_domain', ['exclude', 'domains'], `No email address is in ${domains}.`)]),
    ...(exclude.expression == null
      ? []
      : [one('excluded', ['exclude', 'expression'], 'This does not hold for the contact.', exclude.expression)]),
    ...requires.map((name, index) => {
      const path = source.document.hasIn(['requires']) ? ['requires', index] : ['requires'];
      return one('property_missing', path, `There is a value in ${name}.`);
    }),
    ...(condition == null ? [] : [one('condition_not_met', ['condition'], toSentence(text), condition)]),
    ...(file.pilot == null
      ? []
      : [one('not_in_pilot', ['pilot'], pilotSentence(file.pilot), file.pilot.expression ?? null)]),
  ];
}

/** How many are named, not who: the files tell that. */
function pilotSentence({ emails, domains, expression }: NonNullable<Gate['pilot']>): string {
  const ways = [
    ...(emails.length === 0
      ? []
      : [`its email address is ${emails.length === 1 ? 'the one' : `one of ${emails.length}`} named there`]),
    ...(domains.length === 0 ? [] : [`its email address is in ${listOf(domains, 'or')}`]),
    ...(expression == null ? [] : ['this holds for it']),
  ];
  if (ways.length === 0) return 'The contact belongs to the pilot, which names nobody: no contact passes.';
  return `The contact belongs to the pilot: ${listOf(ways, 'or')}.`;
}

function belowSentence(below: Gate['below']): string {
  return below === 'pause'
    ? 'A contact that falls back below the gate stays linked and is not updated in Salesforce until it passes again.'
    : 'A contact that falls back to a stage below the gate is updated on. Whoever is excluded or no longer meets a condition is not.';
}

function toSentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}
