import { describe, expect, it } from 'vitest';
import { desiredFor } from '../../../src/usecases/setup/desired.ts';
import { buildHubSpotApp, subscribedProperties, syncedPropertiesOf } from '../../../src/usecases/setup/hubspot-app.ts';
import { buildSalesforceExport } from '../../../src/usecases/setup/salesforce-export.ts';
import { writeFolder } from '../../../src/usecases/setup/write-folder.ts';

const ofContacts = [
  'email',
  'firstname',
  'lifecyclestage',
  'hs_object_id',
  'lastmodifieddate',
  'salesforce_person_id',
  'salesforce_recycle_reason',
  'hs_v2_date_entered_lead',
];
const properties = { contact: ofContacts, company: null, deal: null };
const desired = desiredFor({ company: false, deal: false });

function fileOf(files: ReadonlyMap<string, string>, path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is missing among ${[...files.keys()].join(', ')}`);
  return text;
}

describe('the HubSpot app folder', () => {
  const files = buildHubSpotApp({ publicUrl: 'https://handoff.example.com/', properties });
  const webhooks = JSON.parse(fileOf(files, 'src/app/webhooks/webhooks-hsmeta.json'));

  it('is a project of HubSpot with its sources under src', () => {
    expect(JSON.parse(fileOf(files, 'hsproject.json'))).toEqual({
      name: 'handoff',
      srcDir: 'src',
      platformVersion: '2026.03',
    });
  });

  it('asks for a private app with a static token and no more scopes than contacts need, and lists for backfills', () => {
    const { config } = JSON.parse(fileOf(files, 'src/app/app-hsmeta.json'));

    expect(config.distribution).toBe('private');
    expect(config.auth).toEqual({
      type: 'static',
      requiredScopes: [
        'oauth',
        'crm.objects.contacts.read',
        'crm.objects.contacts.write',
        'crm.schemas.contacts.read',
        'crm.schemas.contacts.write',
        'crm.objects.owners.read',
        'crm.lists.read',
      ],
    });
  });

  it('sends events to PUBLIC_URL without a doubled slash', () => {
    expect(webhooks.config.settings).toEqual({
      targetUrl: 'https://handoff.example.com/webhooks/hubspot',
      maxConcurrentRequests: 10,
    });
  });

  it('subscribes once to every mapped property and to creation, deletion, merge, restore and erasure', () => {
    expect(webhooks.config.subscriptions).toEqual({
      crmObjects: [],
      legacyCrmObjects: [
        { subscriptionType: 'contact.creation', active: true },
        { subscriptionType: 'contact.deletion', active: true },
        { subscriptionType: 'contact.merge', active: true },
        { subscriptionType: 'contact.restore', active: true },
        { subscriptionType: 'contact.propertyChange', propertyName: 'email', active: true },
        { subscriptionType: 'contact.propertyChange', propertyName: 'firstname', active: true },
        { subscriptionType: 'contact.propertyChange', propertyName: 'lifecyclestage', active: true },
        { subscriptionType: 'contact.propertyChange', propertyName: 'salesforce_person_id', active: true },
      ],
      hubEvents: [{ subscriptionType: 'contact.privacyDeletion', active: true }],
    });
  });

  it('always watches the lifecycle stage and the id a person may correct, and never what HubSpot refuses to watch', () => {
    const watched = subscribedProperties(['hs_lastmodifieddate', 'phone', 'phone']);

    expect(watched).toEqual(['lifecyclestage', 'phone', 'salesforce_person_id']);
  });

  const every = {
    contact: ['email', 'associatedcompanyid'],
    company: ['name', 'domain', 'salesforce_account_id', 'hs_lastmodifieddate'],
    deal: ['dealname', 'amount', 'pipeline', 'salesforce_opportunity_id'],
  };
  const ofEvery = buildHubSpotApp({ publicUrl: 'https://handoff.example.com', properties: every });

  it('asks for the scopes of companies and deals where they are synced', () => {
    const { requiredScopes } = JSON.parse(fileOf(ofEvery, 'src/app/app-hsmeta.json')).config.auth;

    const kinds = ['contacts', 'companies', 'deals'];
    const rights = ['objects', 'schemas'].flatMap((area) => ['read', 'write'].map((right) => [area, right]));
    const ofRecords = kinds.flatMap((kind) => rights.map(([area, right]) => `crm.${area}.${kind}.${right}`));
    expect(new Set(requiredScopes)).toEqual(
      new Set(['oauth', 'crm.objects.owners.read', 'crm.lists.read', ...ofRecords]),
    );
  });

  it('may read the companies of deals where deals alone are synced', () => {
    const given = { publicUrl: 'https://handoff.example.com', properties: { ...every, company: null } };
    const { requiredScopes } = JSON.parse(fileOf(buildHubSpotApp(given), 'src/app/app-hsmeta.json')).config.auth;

    expect(requiredScopes.filter((scope: string) => scope.includes('companies'))).toEqual([
      'crm.objects.companies.read',
    ]);
  });

  it('subscribes to companies, deals and associations of all, each property once', () => {
    const { subscriptions } = JSON.parse(fileOf(ofEvery, 'src/app/webhooks/webhooks-hsmeta.json')).config;
    const named = subscriptions.legacyCrmObjects.map(
      (each: { subscriptionType: string; propertyName?: string }) =>
        `${each.subscriptionType}${each.propertyName === undefined ? '' : `:${each.propertyName}`}`,
    );

    const records = ['contact', 'company', 'deal'].flatMap((object) =>
      ['creation', 'deletion', 'merge', 'restore', 'associationChange'].map((kind) => `${object}.${kind}`),
    );
    const changes = [
      'contact.propertyChange:associatedcompanyid',
      'contact.propertyChange:email',
      'contact.propertyChange:lifecyclestage',
      'contact.propertyChange:salesforce_person_id',
      'company.propertyChange:domain',
      'company.propertyChange:name',
      'company.propertyChange:salesforce_account_id',
      'deal.propertyChange:amount',
      'deal.propertyChange:dealname',
      'deal.propertyChange:dealstage',
      'deal.propertyChange:pipeline',
      'deal.propertyChange:salesforce_opportunity_id',
    ];
    expect([...named].sort()).toEqual([...records, ...changes].sort());
  });

  it('takes the kinds from the mapping: what is off is not watched', () => {
    const read = (isOn: boolean) => ({ isOn, hubspotProperties: ['name'] });
    const mapping = { contact: { hubspotProperties: ['email'] }, company: read(true), deal: read(false) };

    expect(syncedPropertiesOf(mapping)).toEqual({ contact: ['email'], company: ['name'], deal: null });
  });

  it('says in its README what was not tried', () => {
    expect(fileOf(files, 'README.md')).toContain('never uploaded to a real account');
  });
});

describe('the export for a Salesforce admin', () => {
  const conversion = {
    allowOwnerChange: false,
    opportunityCreationOptions: null,
    mappings: [{ output: 'Contact', fields: [{ input: 'A__c', output: 'B & <C>' }] }],
  };

  it('lists in package.xml exactly what the folder holds', () => {
    const text = fileOf(buildSalesforceExport(desired, conversion, '67.0'), 'package.xml');

    const members = [...text.matchAll(/<members>(.*)<\/members>/g)].map(([, member]) => member);
    expect(members).toEqual([
      'Lead.HubSpot_Contact_Id__c',
      'Contact.HubSpot_Contact_Id__c',
      'Handoff_Sync',
      'LeadConvertSettings',
    ]);
    expect(text).toContain('<version>67.0</version>');
  });

  it('defines the field as text 32, external id, unique, case-insensitive', () => {
    const text = fileOf(buildSalesforceExport(desired, null, '67.0'), 'objects/Lead.object');

    for (const line of [
      '<fullName>HubSpot_Contact_Id__c</fullName>',
      '<length>32</length>',
      '<type>Text</type>',
      '<externalId>true</externalId>',
      '<unique>true</unique>',
      '<caseSensitive>false</caseSensitive>',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('grants reading and editing of both fields', () => {
    const text = fileOf(buildSalesforceExport(desired, null, '67.0'), 'permissionsets/Handoff_Sync.permissionset');

    expect([...text.matchAll(/<field>(.*)<\/field>/g)].map(([, field]) => field)).toEqual([
      'Lead.HubSpot_Contact_Id__c',
      'Contact.HubSpot_Contact_Id__c',
    ]);
    expect(text).not.toContain('false</editable>');
  });

  it('holds the fields of Account and Opportunity where companies and deals are synced, and grants them', () => {
    const files = buildSalesforceExport(desiredFor({ company: true, deal: true }), null, '67.0');

    expect(fileOf(files, 'objects/Account.object')).toContain('<fullName>HubSpot_Company_Id__c</fullName>');
    expect(fileOf(files, 'objects/Opportunity.object')).toContain('<fullName>HubSpot_Deal_Id__c</fullName>');
    const set = fileOf(files, 'permissionsets/Handoff_Sync.permissionset');
    for (const field of ['Account.HubSpot_Company_Id__c', 'Opportunity.HubSpot_Deal_Id__c']) {
      expect(set).toContain(`<field>${field}</field>`);
      expect(fileOf(files, 'package.xml')).toContain(`<members>${field}</members>`);
    }
  });

  it('escapes what could break the file', () => {
    const text = fileOf(
      buildSalesforceExport(desired, conversion, '67.0'),
      'LeadConvertSettings/LeadConvertSettings.LeadConvertSetting',
    );

    expect(text).toContain('<outputField>B &amp; &lt;C&gt;</outputField>');
  });

  it('leaves the conversion settings out when those of today could not be read, and says how to map by hand', () => {
    const files = buildSalesforceExport(desired, null, '67.0');

    expect([...files.keys()].some((path) => path.startsWith('LeadConvertSettings'))).toBe(false);
    expect(fileOf(files, 'package.xml')).not.toContain('LeadConvertSettings');
    expect(fileOf(files, 'README.md')).toContain('Map Lead Fields');
  });
});

describe('writing a folder', () => {
  it('writes what differs and leaves what is the same', async () => {
    const disk = new Map([
      ['a.txt', 'same'],
      ['b.txt', 'old'],
    ]);
    const folder = {
      name: 'memory',
      read: async (path: string) => disk.get(path) ?? null,
      write: async (path: string, text: string) => void disk.set(path, text),
    };

    const outcomes = await writeFolder(
      folder,
      new Map([
        ['a.txt', 'same'],
        ['b.txt', 'new'],
        ['c.txt', 'first'],
      ]),
    );

    expect(outcomes.map(({ path, outcome }) => [path, outcome])).toEqual([
      ['a.txt', 'unchanged'],
      ['b.txt', 'written'],
      ['c.txt', 'written'],
    ]);
    expect(disk.get('b.txt')).toBe('new');
  });
});
