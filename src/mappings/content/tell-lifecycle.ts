import type { MappingSetting, MoveContent, StageContent } from '../../domain/mapping-view/types.ts';
import { listOf } from '../../domain/mapping-view/words.ts';
import { namesByObject } from '../field-entry.ts';
import type { MappingFiles, RecycleEntry } from '../schema.ts';
import { contentPlace, setting, type Told } from './source.ts';

type Lifecycle = MappingFiles['lifecycle'];
type Stage = Lifecycle['stages'][number];

/** One thing in Salesforce that stands for a stage: the sentence, and the values that it is about. */
type Fact = { text: string; values: readonly string[] };

/** The stages in the order of the funnel. @param opensAt names of the stages that open the gate */
export function tellStages({ source, file }: Told<'lifecycle'>, opensAt: ReadonlySet<string>): StageContent[] {
  return file.stages.map((stage, index) => ({
    stage: stage.hubspot ?? stage.name,
    label: stage.label,
    owner: stage.owner,
    opensGate: opensAt.has(stage.name),
    salesforce: factsOf(file, stage).map(({ text }) => text),
    ...contentPlace(source, ['stages', index]),
  }));
}

/** The arrows between the stages: each step along the funnel, and the returns by sales from every stage that opens the gate. */
export function tellMoves({ file }: Told<'lifecycle'>, opensAt: ReadonlySet<string>): MoveContent[] {
  const firstOpen = file.stages.findIndex(({ name }) => opensAt.has(name));
  const forward = file.stages.slice(1).map((stage, index) => {
    const place = index + 1;
    return forwardMove(file, { stage, from: file.stages[index] ?? stage, place, firstOpen });
  });
  return [...forward, ...file.recycle.flatMap((entry) => recycleMoves(file, entry, opensAt))];
}

type Step = { stage: Stage; from: Stage; place: number; firstOpen: number };

function forwardMove(file: Lifecycle, { stage, from, place, firstOpen }: Step): MoveContent {
  const facts = factsOf(file, stage);
  const isHandoff = place === firstOpen;
  // Until the handoff HubSpot decides, whatever a stage stands for.
  const bySalesforce = facts.length > 0 && firstOpen >= 0 && place > firstOpen;
  const when = isHandoff
    ? 'It is set in HubSpot. This is the handoff: the gate opens here.'
    : bySalesforce
      ? `${facts.map(({ text }) => text).join(', or: ')}. Or it is set in HubSpot.`
      : 'It is set in HubSpot.';
  return {
    from: from.hubspot ?? from.name,
    to: stage.hubspot ?? stage.name,
    kind: 'forward',
    by: bySalesforce ? 'salesforce' : 'hubspot',
    handoff: isHandoff,
    when,
    values: facts.flatMap(({ values }) => values),
  };
}

function recycleMoves(file: Lifecycle, entry: RecycleEntry, opensAt: ReadonlySet<string>): MoveContent[] {
  const target = file.stages.findIndex(({ name }) => name === entry.to);
  const to = file.stages[target];
  if (to === undefined) return [];
  const { text, values } = causeOf(file, entry);
  return file.stages
    .filter(({ name }, place) => place > target && opensAt.has(name))
    .map((from) => ({
      from: from.hubspot ?? from.name,
      to: to.hubspot ?? to.name,
      kind: 'recycle' as const,
      by: 'salesforce' as const,
      handoff: false,
      when: `${text}. Reason: ${entry.reason}`,
      values,
    }));
}

function causeOf(file: Lifecycle, entry: RecycleEntry): Fact {
  const { lead_status: lead, contact_status: contact, field, values = [] } = entry;
  if (lead !== undefined) return { text: `Lead Status is ${listOf(lead, 'or')}`, values: lead };
  if (contact !== undefined) return { text: contactStatus(file, contact), values: contact };
  if (field === undefined) return { text: 'All opportunities and deals are lost', values: ['lost'] };
  const names = Object.entries(namesByObject(field)).map(([object, name]) => `${name} of the ${object}`);
  return { text: `${listOf([...names], 'or')} is ${listOf(values, 'or')}`, values };
}

function contactStatus({ contact_status_field: field }: Lifecycle, values: readonly string[]): string {
  return `${field ?? 'The status'} of the Contact is ${listOf(values, 'or')}`;
}

const opportunityTexts = {
  open: 'An opportunity or deal is open',
  won: 'An opportunity or deal is won',
  lost: 'All opportunities and deals are lost',
};

function factsOf(file: Lifecycle, { salesforce }: Stage): Fact[] {
  if (salesforce == null) return [];
  const { lead_status: lead, contact_status: contact, converted, opportunity } = salesforce;
  return [
    ...(lead === undefined ? [] : [{ text: `Lead Status is ${listOf(lead, 'or')}`, values: lead }]),
    ...(contact === undefined ? [] : [{ text: contactStatus(file, contact), values: contact }]),
    ...(converted ? [{ text: 'The person is a Contact', values: [] }] : []),
    ...(opportunity === undefined ? [] : [{ text: opportunityTexts[opportunity], values: [opportunity] }]),
  ];
}

const movedBackTexts: Readonly<Record<Lifecycle['moved_back'], string>> = {
  ask: 'Somebody moves the stage backward in HubSpot after the handoff: nothing moves, and the contact waits for a person.',
  restore:
    'Somebody moves the stage backward in HubSpot after the handoff: the stage that Salesforce stands for is put back.',
  accept: 'Somebody moves the stage backward in HubSpot after the handoff: it stays where it was put.',
};

/** What lifecycle.yaml says beside the stages. */
export function tellLifecycle({ source, file }: Told<'lifecycle'>): MappingSetting[] {
  const { contact_status_field: statusField, reason_property: reason, reopen } = file;
  const reopened = (object: string, status: string | null | undefined) =>
    status == null
      ? `A ${object} that sales returned keeps its status when the contact qualifies again.`
      : `A ${object} that sales returned gets the status ${status} when the contact qualifies again.`;
  return [
    setting(source, ['moved_back'], movedBackTexts[file.moved_back]),
    setting(source, ['reopen', 'lead'], reopened('Lead', reopen.lead)),
    setting(source, ['reopen', 'contact'], reopened('Contact', reopen.contact)),
    setting(
      source,
      ['reason_property'],
      reason === null
        ? 'The reason of a return is kept here and not written to HubSpot.'
        : `The reason of a return is written to the HubSpot property ${reason}.`,
    ),
    setting(
      source,
      ['contact_status_field'],
      statusField === null
        ? 'Contacts in Salesforce have no status of their own.'
        : `The status of a Contact in Salesforce is its field ${statusField}.`,
    ),
  ];
}
