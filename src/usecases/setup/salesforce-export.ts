import type { ConversionSettings } from '../../ports/salesforce-setup.ts';
import { type Desired, type DesiredField, desiredConversion, fullName, permissionSetName } from './desired.ts';
import type { FolderFiles } from './hubspot-app.ts';

const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>';
const namespace = 'xmlns="http://soap.sforce.com/2006/04/metadata"';

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function element(name: string, value: string | number | boolean): string {
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

function document(root: string, lines: readonly string[]): string {
  return [xmlHead, `<${root} ${namespace}>`, ...lines.map((line) => `    ${line}`), `</${root}>`, ''].join('\n');
}

function block(name: string, lines: readonly string[]): readonly string[] {
  return [`<${name}>`, ...lines.map((line) => `    ${line}`), `</${name}>`];
}

function objectFile(field: DesiredField): string {
  const lines = block('fields', [
    element('fullName', field.name),
    element('caseSensitive', field.caseSensitive),
    element('description', field.description),
    element('externalId', field.externalId),
    element('label', field.label),
    element('length', field.length),
    element('required', false),
    element('type', field.type),
    element('unique', field.unique),
  ]);
  return document('CustomObject', lines);
}

function permissionSetFile(wanted: Desired['permissionSet']): string {
  const grants = wanted.grants.flatMap((grant) =>
    block('fieldPermissions', [
      element('editable', grant.editable),
      element('field', grant.field),
      element('readable', grant.readable),
    ]),
  );
  return document('PermissionSet', [
    element('description', wanted.description),
    ...grants,
    element('hasActivationRequired', false),
    element('label', wanted.label),
  ]);
}

function conversionFile(settings: ConversionSettings): string {
  const mappings = settings.mappings.flatMap((mapping) =>
    block('objectMapping', [
      element('inputObject', 'Lead'),
      ...mapping.fields.flatMap((pair) =>
        block('mappingFields', [element('inputField', pair.input), element('outputField', pair.output)]),
      ),
      element('outputObject', mapping.output),
    ]),
  );
  const { allowOwnerChange, opportunityCreationOptions } = settings;
  return document('LeadConvertSettings', [
    ...(allowOwnerChange === null ? [] : [element('allowOwnerChange', allowOwnerChange)]),
    ...mappings,
    ...(opportunityCreationOptions === null ? [] : [element('opportunityCreationOptions', opportunityCreationOptions)]),
  ]);
}

function packageFile({ fields: wanted }: Desired, apiVersion: string, hasConversion: boolean): string {
  const fields = wanted.map((field) => element('members', fullName(field)));
  const types = [
    ...block('types', [...fields, element('name', 'CustomField')]),
    ...block('types', [element('members', permissionSetName), element('name', 'PermissionSet')]),
    ...(hasConversion
      ? block('types', [element('members', 'LeadConvertSettings'), element('name', 'LeadConvertSettings')])
      : []),
  ];
  return document('Package', [...types, element('version', apiVersion)]);
}

function readme(hasConversion: boolean): string {
  const { input, output } = desiredConversion.field;
  const mapping = hasConversion
    ? 'The lead conversion settings hold every mapping that was there when this was written, and ours. Deploy soon, or write it again.'
    : `The mapping on conversion is not in this folder: what is mapped today could not be read, and a deployment might drop it. Map it by
hand: Setup, Object Manager, Lead, Fields & Relationships, Map Lead Fields, ${input} → Contact.${output}.`;
  return `# What Handoff needs in Salesforce

For an admin, where the integration user has no metadata rights.

1. \`sf project deploy start --metadata-dir . --target-org ORG\` in this folder (first with \`--dry-run\`).
2. Assign the permission set ${permissionSetName} to the integration user.
3. \`handoff setup\` shows whether anything is still missing.

${mapping}

A dry run against a real org was not tried.
`;
}

/**
 * The same as `--apply` would create, as a folder that an admin deploys through the Metadata API.
 *
 * @param conversion the conversion settings with ours merged in; null where those of today could not be read: they are left out then,
 *   for a deployment must not drop another's mapping
 * @param apiVersion such as `67.0`
 */
export function buildSalesforceExport(
  desired: Desired,
  conversion: ConversionSettings | null,
  apiVersion: string,
): FolderFiles {
  const files = new Map<string, string>([['package.xml', packageFile(desired, apiVersion, conversion !== null)]]);
  for (const field of desired.fields) files.set(`objects/${field.object}.object`, objectFile(field));
  files.set(`permissionsets/${permissionSetName}.permissionset`, permissionSetFile(desired.permissionSet));
  if (conversion !== null) {
    files.set('LeadConvertSettings/LeadConvertSettings.LeadConvertSetting', conversionFile(conversion));
  }
  files.set('README.md', readme(conversion !== null));
  return files;
}
