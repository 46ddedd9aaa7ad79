import type { MappingSetting, ObjectContent, PipelineContent } from '../../domain/mapping-view/types.ts';
import { listOf } from '../../domain/mapping-view/words.ts';
import type { MappingFiles } from '../schema.ts';
import type { YamlSource } from '../yaml-source.ts';
import { contentPlace, setting, type Told } from './source.ts';
import { backOf, tellFields } from './tell-fields.ts';
import { ruleSetting, tellDefaults, tellEvents, tellRequired } from './tell-records.ts';

type Deals = MappingFiles['deals'];

/** Deals and Opportunities. */
export function tellDeals({ source, file }: Told<'deals'>): ObjectContent {
  return {
    kind: 'deal',
    on: file.sync,
    hubspot: 'Deal',
    salesforce: ['Opportunity'],
    fields: tellFields(source, file.fields, {
      kind: 'deal',
      fieldsOf: ({ salesforce }) => ({ Opportunity: salesforce }),
    }),
    settings: [
      setting(
        source,
        ['sync'],
        file.sync ? 'Deals and Opportunities are kept in step.' : 'Deals and Opportunities are left alone.',
      ),
      ...tellCreation(source, file),
      ...tellRules(source, file),
      ...tellNotSynced(source, file),
      ...tellDefaults(source, ['defaults'], file.defaults, 'Opportunity'),
      ...tellRequired(source, ['required'], file.required, 'Opportunity'),
      ...tellEvents(source, file.events, { hubspot: 'deal', salesforce: 'Opportunity' }),
    ],
  };
}

/** Pipelines with their stages, both ways. HubSpot calls them by ids: the label is the id. */
export function tellPipelines({ source, file }: Told<'deals'>): PipelineContent[] {
  return file.pipelines.list.map((pipeline, index) => ({
    label: pipeline.hubspot,
    hubspot: pipeline.hubspot,
    recordType: pipeline.salesforce,
    stages: Object.entries(pipeline.stages).map(([hubspot, salesforce]) => ({ hubspot, salesforce })),
    stagesBack: backOf(pipeline.stages_back),
    ...contentPlace(source, ['pipelines', 'list', index]),
  }));
}

function tellCreation(source: YamlSource, file: Deals): MappingSetting[] {
  const { close_date_days: days, org_currency: currency } = file;
  return [
    setting(
      source,
      ['create_in_salesforce'],
      file.create_in_salesforce === 'passed_gate'
        ? 'A deal becomes an Opportunity as soon as one of its contacts has passed the gate.'
        : 'No Opportunity is created: deals are linked to Opportunities that are there.',
    ),
    setting(
      source,
      ['create_in_hubspot'],
      file.create_in_hubspot === 'linked'
        ? 'An Opportunity becomes a deal as soon as its Account or one of its contact roles is linked to HubSpot.'
        : 'No deal is created: Opportunities are linked to deals that are there.',
    ),
    setting(
      source,
      ['close_date_days'],
      days === null
        ? 'A deal without a close date waits for a person.'
        : `A deal without a close date closes ${days} days after it is created in Salesforce.`,
    ),
    setting(
      source,
      ['org_currency'],
      currency === null
        ? 'A Salesforce org with one currency has that of the HubSpot account.'
        : `A Salesforce org with one currency has ${currency}.`,
    ),
  ];
}

function tellRules(source: YamlSource, file: Deals): MappingSetting[] {
  const { pipelines, roles } = file;
  const labels = Object.entries(roles.labels).map(([label, role]) => `${label} is ${role}`);
  const back = Object.entries(roles.labels_back).map(([role, label]) => `${role} is ${label}`);
  return [
    ruleSetting(source, ['pipelines', 'rule'], {
      ...pipelines,
      what: 'Pipeline, stage and close date, which go together',
    }),
    setting(
      source,
      ['pipelines', 'field'],
      pipelines.field === null
        ? 'Nothing tells pipelines apart in Salesforce: there is one sales process.'
        : `The field ${pipelines.field} of the Opportunity tells pipelines apart.`,
    ),
    ruleSetting(source, ['amount'], { ...file.amount, what: 'Amount and currency, which go together' }),
    ruleSetting(source, ['account'], { what: 'The company of a deal', rule: file.account }),
    ruleSetting(source, ['roles', 'rule'], { ...roles, what: 'The contacts of a deal' }),
    ...(labels.length === 0
      ? []
      : [setting(source, ['roles', 'labels'], `Labels of contacts are roles in Salesforce: ${labels.join(', ')}.`)]),
    ...(back.length === 0
      ? []
      : [setting(source, ['roles', 'labels_back'], `Roles of contacts are labels in HubSpot: ${back.join(', ')}.`)]),
    setting(
      source,
      ['roles', 'primary_label'],
      roles.primary_label === null
        ? 'The first contact that gets a role is the primary one, and from then on sales chooses.'
        : `The contact with the label ${roles.primary_label} is the primary one.`,
    ),
    ruleSetting(source, ['owner'], { what: 'The owner', rule: file.owner }),
  ];
}

function tellNotSynced(source: YamlSource, { pipelines }: Deals): MappingSetting[] {
  const { not_synced: left } = pipelines;
  const names = [
    ...left.pipelines.map((id) => `pipeline ${id}`),
    ...left.stages.map((id) => `stage ${id}`),
    ...left.values.map((value) => `${pipelines.field ?? 'value'} ${value}`),
    ...left.stage_names.map((name) => `StageName ${name}`),
  ];
  if (names.length === 0) return [];
  return [setting(source, ['pipelines', 'not_synced'], `Left alone on purpose: ${listOf(names, 'and')}.`)];
}
