import type { ConversionSettings, PermissionSetDefinition, TextFieldDefinition } from '../../ports/salesforce-setup.ts';
import { type Desired, type DesiredField, desiredConversion, fullName } from './desired.ts';
import { isUnreadable, type SetupFound, type SetupStep } from './types.ts';

const adminWays =
  'Lend the integration user metadata rights for the moment, or deploy what `handoff setup --export DIR` writes.';
const neverChanged = 'Handoff never changes or deletes a field that it did not create: ask an admin';

type Standing = Pick<SetupStep, 'state' | 'note' | 'action'>;

const exists: Standing = { state: 'exists', note: null, action: null };

function fieldStepId(field: DesiredField): string {
  return `field-${field.object.toLowerCase()}`;
}

/** What is different from what we need, one phrase each; empty when the field will do. */
function faultsOfField(found: TextFieldDefinition, wanted: TextFieldDefinition): readonly string[] {
  const faults: string[] = [];
  if (found.type !== wanted.type) faults.push(`its type is ${found.type}, not ${wanted.type}`);
  else if (found.length < wanted.length)
    faults.push(`it holds ${found.length} characters, ${wanted.length} are needed`);
  if (!found.externalId) faults.push('it is not an external id');
  if (!found.unique) faults.push('it is not unique, so two records could carry the same id');
  if (found.unique && found.caseSensitive) faults.push('it tells upper from lower case');
  return faults;
}

function standingOfField(found: SetupFound, wanted: DesiredField): Standing {
  const name = fullName(wanted);
  const source = isUnreadable(found.fields) ? found.described : found.fields;
  if (isUnreadable(source)) return { state: 'unknown', note: `${source.text} ${adminWays}`, action: null };
  const field = source.get(name) ?? null;
  if (field === null && isUnreadable(found.fields)) {
    const note = `The integration user does not see it, and may not look whether it exists. ${adminWays}`;
    return { state: 'unknown', note, action: null };
  }
  if (field === null) return { state: 'missing', note: null, action: { kind: 'create-field', field: wanted } };
  const faults = faultsOfField(field, wanted);
  if (faults.length === 0) return exists;
  const note = `${name} is there, but ${faults.join(', and ')}. ${neverChanged} to correct it or to rename it and run setup again.`;
  return { state: 'wrong', note, action: null };
}

const whys: Readonly<Record<string, string>> = {
  Account: 'names the HubSpot company of each Account, so that no crash and no repeat can create a second one',
  Opportunity: 'names the HubSpot deal of each Opportunity, so that no crash and no repeat can create a second one',
};
const whyOfPerson = 'names the HubSpot contact of each person, so that no crash and no repeat can create a second one';

function fieldStep(found: SetupFound, wanted: DesiredField): SetupStep {
  return {
    id: fieldStepId(wanted),
    system: 'salesforce',
    what: `field ${wanted.name}: text ${wanted.length}, external id, unique, case-insensitive`,
    where: wanted.object,
    why: whys[wanted.object] ?? whyOfPerson,
    ...standingOfField(found, wanted),
    after: [],
  };
}

function lacksGrant(set: PermissionSetDefinition, field: string): boolean {
  return !set.grants.some((grant) => grant.field === field && grant.readable && grant.editable);
}

function standingOfGrants(found: SetupFound, wanted: Desired['permissionSet']): Standing {
  if (isUnreadable(found.permissionSet)) {
    const seen = found.described;
    const names = wanted.grants.map((grant) => grant.field);
    if (!isUnreadable(seen) && names.every((name) => seen.get(name)?.updateable === true)) return exists;
    return { state: 'unknown', note: `${found.permissionSet.text} ${adminWays}`, action: null };
  }
  const action = { kind: 'grant', permissionSet: wanted } as const;
  if (found.permissionSet === null) return { state: 'missing', note: null, action };
  const set = found.permissionSet;
  const lacking = wanted.grants.filter((grant) => lacksGrant(set, grant.field));
  if (lacking.length === 0) return exists;
  const note = `It lacks reading or editing of ${lacking.map((grant) => grant.field).join(', ')}.`;
  return { state: 'outdated', note, action };
}

function standingOfAssignment(found: SetupFound, permissionSet: string): Standing {
  if (isUnreadable(found.assigned)) return { state: 'unknown', note: found.assigned.text, action: null };
  if (found.assigned === true) return exists;
  const action = { kind: 'assign', permissionSet, userId: found.userId } as const;
  return { state: 'missing', note: null, action };
}

/**
 * The conversion settings with our field added, everything else as it was; null when another field already feeds the Contact's
 * HubSpot id, or ours already feeds another field of the Contact: that is somebody's decision.
 */
export function mergeConversion(found: ConversionSettings): ConversionSettings | null {
  const { output, field } = desiredConversion;
  const existing = found.mappings.find((mapping) => mapping.output === output);
  const rival = existing?.fields.find(
    (pair) => (pair.output === field.output || pair.input === field.input) && !isOurs(pair),
  );
  if (rival !== undefined) return null;
  const merged = { output, fields: [...(existing?.fields ?? []), field] };
  const mappings =
    existing === undefined
      ? [...found.mappings, merged]
      : found.mappings.map((mapping) => (mapping === existing ? merged : mapping));
  return { ...found, mappings };
}

function isOurs(pair: { input: string; output: string }): boolean {
  return pair.input === desiredConversion.field.input && pair.output === desiredConversion.field.output;
}

function standingOfConversion(found: SetupFound): Standing {
  if (isUnreadable(found.conversion)) {
    const way = 'An admin can map it by hand: Setup, Object Manager, Lead, Fields & Relationships, Map Lead Fields.';
    return { state: 'unknown', note: `${found.conversion.text} ${way}`, action: null };
  }
  const contact = found.conversion.mappings.find((mapping) => mapping.output === desiredConversion.output);
  if (contact?.fields.some(isOurs) === true) return exists;
  const settings = mergeConversion(found.conversion);
  if (settings !== null) return { state: 'missing', note: null, action: { kind: 'map-conversion', settings } };
  const note = `${desiredConversion.field.input} is already mapped otherwise. Handoff never drops a mapping: ask an admin to correct it under Map Lead Fields.`;
  return { state: 'wrong', note, action: null };
}

/** What Salesforce needs, in the order in which it must come: fields, the right to them, who has it, the mapping on conversion. */
export function planSalesforce(found: SetupFound, { fields, permissionSet }: Desired): readonly SetupStep[] {
  const fieldIds = fields.map(fieldStepId);
  const setStep: SetupStep = {
    id: 'permission-set',
    system: 'salesforce',
    what: `permission set ${permissionSet.name}: read and edit ${permissionSet.grants.map((grant) => grant.field).join(', ')}`,
    where: 'Permission Sets',
    why: 'a field made through the API is invisible to everyone until a permission set grants it',
    ...standingOfGrants(found, permissionSet),
    after: fieldIds,
  };
  const assignmentStep: SetupStep = {
    id: 'permission-assignment',
    system: 'salesforce',
    what: `assignment of ${permissionSet.name} to the integration user`,
    where: `User ${found.userId}`,
    why: 'without it the integration user can neither read nor write the HubSpot id',
    ...standingOfAssignment(found, permissionSet.name),
    after: [setStep.id],
  };
  const conversionStep: SetupStep = {
    id: 'conversion-mapping',
    system: 'salesforce',
    what: `mapping ${desiredConversion.field.input} → ${desiredConversion.output}.${desiredConversion.field.output} on conversion`,
    where: 'Lead conversion settings',
    why: 'a converted lead would leave its HubSpot id behind, and the Contact would look like a stranger',
    ...standingOfConversion(found),
    after: fields.filter(({ name }) => name === desiredConversion.field.input).map(fieldStepId),
  };
  return [...fields.map((field) => fieldStep(found, field)), setStep, assignmentStep, conversionStep];
}
