import type { Finding } from '../domain/finding.ts';
import { isBlank } from '../domain/mapping/normalise.ts';
import type { CompanyMapping } from '../domain/mapping/record-types.ts';
import type { MappedField } from '../domain/mapping/types.ts';
import { stageProperty } from '../domain/record.ts';
import { domainOf } from '../domain/records/domain-of.ts';
import { compileRecords } from './compile-records.ts';
import { companyNames } from './record-names.ts';
import type { MappingFiles } from './schema.ts';
import type { YamlSource } from './yaml-source.ts';

/** `companies.yaml`, whether it is switched on or not. */
export function compileCompanies(
  source: YamlSource,
  file: MappingFiles['companies'],
  owners: MappingFiles['owners'] | undefined,
  findings: Finding[],
): CompanyMapping {
  const kind = {
    subject: 'company',
    file: 'companies',
    object: 'Account',
    names: companyNames,
    // Name and domain find the Account, also where neither is mapped.
    properties: ['name', 'domain', 'website', 'hs_additional_domains', stageProperty],
    fields: ['Name', 'Website'],
  } as const;
  const records = compileRecords(source, file, owners, kind, findings);
  return {
    ...records,
    fields: records.fields.map(telling),
    createInSalesforce: file.create_in_salesforce,
    createInHubSpot: file.create_in_hubspot,
    matchByDomain: file.match.by_domain,
    ignoredDomains: new Set(file.match.ignored_domains.map((each) => each.toLowerCase())),
    contactRule: file.contact_company,
    stageFollowsDeals: file.stage_follows_deals,
  };
}

/** A domain is what HubSpot tells companies apart by: what sales types as a website and is none (`tbd`) neither becomes nor empties it. */
function telling(field: MappedField): MappedField {
  if (field.hubspot !== 'domain') return field;
  return {
    ...field,
    convertBack(value, type, fields) {
      const back = field.convertBack(value, type, fields);
      if (isBlank(value) || back.kind !== 'value') return back;
      const domain = back.value === null ? null : domainOf(String(back.value));
      return domain === null ? { kind: 'skip', code: 'website_without_domain' } : back;
    },
  };
}
