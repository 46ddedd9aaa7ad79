import type { SalesforceObject } from '../domain/record.ts';

/** A custom text field as the Metadata API or, where that is closed to us, the describe call shows it. */
export type TextFieldDefinition = {
  object: SalesforceObject;
  name: string;
  label: string;
  /** `Text` is what we want; any other type of the Metadata API is shown as it is called there. */
  type: string;
  length: number;
  externalId: boolean;
  unique: boolean;
  caseSensitive: boolean;
};

/** `field` is `Object.Field`, such as `Lead.HubSpot_Contact_Id__c`. */
export type FieldGrant = { field: string; readable: boolean; editable: boolean };

export type PermissionSetDefinition = {
  name: string;
  label: string;
  description: string;
  grants: readonly FieldGrant[];
};

type FieldPair = { input: string; output: string };

/** Which custom fields of a Lead go where when it is converted: one entry per target object (Account, Contact, Opportunity). */
export type ConversionSettings = {
  allowOwnerChange: boolean | null;
  opportunityCreationOptions: string | null;
  mappings: readonly { output: string; fields: readonly FieldPair[] }[];
};

/**
 * What `handoff setup` reads and writes in Salesforce, a few calls for a person who waits; the connection itself keeps to the budget. All methods but `described`, `assigned` and `assign` use the Metadata API.
 *
 * @throws SyncError needs-human `salesforce_metadata_rights` where the user may not use the Metadata API
 */
export type SalesforceSetupPort = {
  /** Definitions by `Object.Field`; a field that does not exist is null. */
  fields(names: readonly string[]): Promise<ReadonlyMap<string, TextFieldDefinition | null>>;
  /** The same as this user's describe shows it: fields hidden from the user look missing. */
  described(object: SalesforceObject, names: readonly string[]): Promise<ReadonlyMap<string, DescribedField>>;
  permissionSet(name: string): Promise<PermissionSetDefinition | null>;
  /** Whether the user has the permission set; null: there is no such set. */
  assigned(permissionSet: string, userId: string): Promise<boolean | null>;
  conversion(): Promise<ConversionSettings>;
  /** Creates the field. Never called for one that exists. */
  createField(field: TextFieldDefinition & { description: string }): Promise<void>;
  /** Creates the set, or adds the grants to those it has; what else it holds stays. */
  grant(permissionSet: PermissionSetDefinition): Promise<void>;
  assign(permissionSet: string, userId: string): Promise<void>;
  /** Replaces the conversion settings: the caller has merged them with what was there. */
  writeConversion(settings: ConversionSettings): Promise<void>;
};

export type DescribedField = TextFieldDefinition & { updateable: boolean };
