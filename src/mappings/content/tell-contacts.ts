import type { MappingSetting, ObjectContent } from '../../domain/mapping-view/types.ts';
import { namesByObject } from '../field-entry.ts';
import type { MappingFiles } from '../schema.ts';
import type { YamlSource } from '../yaml-source.ts';
import { setting, type Told } from './source.ts';
import { tellFields } from './tell-fields.ts';
import type { StageLabels } from './tell-gate.ts';
import { tellDefaults, tellEvents, tellRequired } from './tell-records.ts';

type Contacts = MappingFiles['contacts'];

/** Contacts and the persons that they are in Salesforce. */
export function tellContacts({ source, file }: Told<'contacts'>, labels: StageLabels): ObjectContent {
  return {
    kind: 'contact',
    on: true,
    hubspot: 'Contact',
    salesforce: ['Lead', 'Contact'],
    fields: tellFields(source, file.fields, {
      kind: 'contact',
      fieldsOf: ({ salesforce }) => namesByObject(salesforce),
    }),
    settings: [
      ...tellCreation(source, file),
      ...tellEvents(source, file.events, { hubspot: 'contact', salesforce: 'person' }),
      ...tellPersonEvents(source, file),
      ...tellBorn(source, file, labels),
      tellFights(source, file),
    ],
  };
}

function tellCreation(source: YamlSource, file: Contacts): MappingSetting[] {
  const { create, assignment_rule: rule, allow_duplicates: allow, defaults, required } = file;
  return [
    setting(
      source,
      ['create'],
      `Whoever is not found in Salesforce is created as a ${create === 'lead' ? 'Lead' : 'Contact'}.`,
    ),
    setting(
      source,
      ['assignment_rule'],
      rule === false
        ? 'The owner of a new person comes from owners.yaml.'
        : `Salesforce gives new leads their owner, by its assignment rule ${rule}.`,
    ),
    setting(
      source,
      ['allow_duplicates'],
      allow
        ? 'A person is saved although a duplicate rule of Salesforce warns. A rule that blocks always blocks.'
        : 'A person of whom a duplicate rule of Salesforce warns is not saved, and the contact waits for a person.',
    ),
    ...tellDefaults(source, ['defaults', 'lead'], defaults.lead, 'Lead'),
    ...tellDefaults(source, ['defaults', 'contact'], defaults.contact, 'Contact'),
    ...tellRequired(source, ['required', 'lead'], required.lead, 'Lead'),
    ...tellRequired(source, ['required', 'contact'], required.contact, 'Contact'),
  ];
}

function tellPersonEvents(source: YamlSource, { events }: Contacts): MappingSetting[] {
  return [
    setting(
      source,
      ['events', 'erased_in_hubspot'],
      events.erased_in_hubspot === 'unlink'
        ? 'A contact is erased for privacy in HubSpot: its values here are erased, the person in Salesforce stays as it is.'
        : 'A contact is erased for privacy in HubSpot: its values here are erased, and the person goes to the recycle bin of Salesforce.',
    ),
    setting(
      source,
      ['events', 'same_email'],
      events.same_email === 'ask'
        ? 'Several persons in Salesforce have the email of a contact: a person is asked.'
        : 'Several persons in Salesforce have the email of a contact: the one that was changed last is taken.',
    ),
  ];
}

function tellBorn(source: YamlSource, { born_in_salesforce: born }: Contacts, labels: StageLabels): MappingSetting[] {
  const stage = born.stage == null ? '' : ` in the stage ${labels.get(born.stage) ?? born.stage}`;
  const texts = {
    ignore: 'Somebody is created in Salesforce: nothing happens until a contact with that email is handed over.',
    link: 'Somebody is created in Salesforce: they are linked to the HubSpot contact with the same email, where there is one.',
    create: `Somebody is created in Salesforce: whoever has no contact in HubSpot yet gets one${stage}.`,
  };
  const { where } = born;
  const filters =
    typeof where === 'string' ? [where] : Object.entries(where ?? {}).map(([who, text]) => `${who}: ${text}`);
  return [
    setting(source, ['born_in_salesforce', 'do'], texts[born.do]),
    ...(filters.length === 0
      ? []
      : [
          setting(
            source,
            ['born_in_salesforce', 'where'],
            `This counts only for whom this holds: ${filters.join('; ')}`,
          ),
        ]),
  ];
}

function tellFights(source: YamlSource, { fights }: Contacts): MappingSetting {
  const { within_minutes: minutes, repeats, writes } = fights;
  const text = `A field that somebody else keeps changing back is left alone for that contact after ${repeats} writes of the same value, or ${writes} writes in all, within ${minutes} minutes.`;
  return setting(source, ['fights'], text);
}
