import type { MappingSetting, ObjectContent } from '../../domain/mapping-view/types.ts';
import { listOf } from '../../domain/mapping-view/words.ts';
import type { MappingFiles } from '../schema.ts';
import type { YamlSource } from '../yaml-source.ts';
import { setting, type Told } from './source.ts';
import { tellFields } from './tell-fields.ts';
import { ruleSetting, tellDefaults, tellEvents, tellRequired } from './tell-records.ts';

type Companies = MappingFiles['companies'];

/** Companies and Accounts. */
export function tellCompanies({ source, file }: Told<'companies'>): ObjectContent {
  return {
    kind: 'company',
    on: file.sync,
    hubspot: 'Company',
    salesforce: ['Account'],
    fields: tellFields(source, file.fields, {
      kind: 'company',
      fieldsOf: ({ salesforce }) => ({ Account: salesforce }),
    }),
    settings: [
      setting(
        source,
        ['sync'],
        file.sync ? 'Companies and Accounts are kept in step.' : 'Companies and Accounts are left alone.',
      ),
      ...tellMatching(source, file),
      ...tellRules(source, file),
      ...tellDefaults(source, ['defaults'], file.defaults, 'Account'),
      ...tellRequired(source, ['required'], file.required, 'Account'),
      ...tellEvents(source, file.events, { hubspot: 'company', salesforce: 'Account' }),
    ],
  };
}

function tellMatching(source: YamlSource, file: Companies): MappingSetting[] {
  const { by_domain: byDomain, ignored_domains: ignored } = file.match;
  return [
    setting(
      source,
      ['match', 'by_domain'],
      byDomain
        ? 'An Account that nobody has linked is found by the domain of its website.'
        : 'An Account that nobody has linked is not looked for by domain.',
    ),
    ...(ignored.length === 0
      ? []
      : [
          setting(
            source,
            ['match', 'ignored_domains'],
            `These domains say nothing of a company: ${listOf(ignored, 'and')}.`,
          ),
        ]),
    setting(
      source,
      ['create_in_salesforce'],
      file.create_in_salesforce === 'with_person'
        ? 'A company gets an Account as soon as one of its contacts has passed the gate.'
        : 'No Account is created: companies are linked to Accounts that are there.',
    ),
    setting(
      source,
      ['create_in_hubspot'],
      file.create_in_hubspot === 'with_person'
        ? 'An Account gets a company as soon as one of its Contacts is linked to a HubSpot contact.'
        : 'No company is created: Accounts are linked to companies that are there.',
    ),
  ];
}

function tellRules(source: YamlSource, file: Companies): MappingSetting[] {
  return [
    ruleSetting(source, ['contact_company'], {
      what: 'The company that a person belongs to',
      rule: file.contact_company,
    }),
    ruleSetting(source, ['owner'], { what: 'The owner', rule: file.owner }),
    setting(
      source,
      ['stage_follows_deals'],
      file.stage_follows_deals
        ? 'The lifecycle stage of a company follows its deals, forward only.'
        : 'The lifecycle stage of a company does not follow its deals.',
    ),
  ];
}
