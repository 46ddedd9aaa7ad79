import { type Currency, setCurrencies } from './currencies.ts';
import { defineField } from './field-kit.ts';
import { normaliseId } from './ids.ts';
import { changeStage, putStage, type StageChange } from './opportunities.ts';
import type { Behaviour, ObjectRights, Org } from './org.ts';
import { addRecordType, changeRecordType, type NewRecordType, type RecordTypeObject } from './record-types.ts';
import { createRuleSettings, type RuleSettings } from './rule-settings.ts';
import type { Stage } from './sales-fields.ts';
import { setPicklist } from './schema.ts';
import type { FieldDefinition, Flow, SfRecord } from './types.ts';

const KEPT_DELETES_MS = 2 * 60 * 60 * 1000;

type SchemaSettings = {
  setRequired(type: string, field: string, isRequired: boolean): void;
  setPicklist(
    type: string,
    field: string,
    values: string[],
    options?: { restricted?: boolean; defaultValue?: string },
  ): void;
  setFieldLength(type: string, field: string, length: number): void;
  addField(type: string, name: string, options?: Partial<FieldDefinition>): void;
  removeField(type: string, name: string): void;
  /** Takes the integration user's right to read an object, or gives it back; `Opportunity` hides its contact roles too. */
  setObjectHidden(type: string, isHidden: boolean): void;
  /** Takes rights to an object as a whole from the integration user, as describe tells them. */
  setObjectRights(type: string, rights: Partial<ObjectRights>): void;
  /** `none`: hidden by field-level security; `all`: visible again. */
  setFieldAccess(type: string, field: string, access: FieldDefinition['access']): void;
  /**
   * Whether an unknown field in one row refuses the whole collection with 400 instead of that row alone. Which of the two a real org does was
   * not established; the default is the row.
   */
  setUnknownFieldRefusesBatch(refuses: boolean): void;
};

type AutomationSettings = {
  /** Changes how the org behaves from now on where the documentation leaves it open. */
  configure(change: Partial<Behaviour>): void;
  /** Runs a flow on every save of the object, by people and by the API, under the name of who saves. The answer takes it away again. */
  automate(type: string, flow: Flow): () => void;
  /** Field history: from now on changes of these fields are kept in the object's history, of Opportunity in OpportunityFieldHistory. */
  trackHistory(type: 'Lead' | 'Contact' | 'Account' | 'Opportunity', fields: readonly string[]): void;
  /** A stage of the org's own, for `Opportunity.StageName`; `probability` in percent. */
  addOpportunityStage(stage: Stage): void;
  /** Deactivates a stage, or gives it another label or API name; records keep the name they hold. */
  changeOpportunityStage(apiName: string, change: StageChange): void;
  /** What Salesforce does to a log of deletes that grew too big: entries older than two hours are gone, and asking for them is refused. */
  purgeDeleteLog(): void;
  /** Moves the org's clock by so many milliseconds, back too. */
  jumpClock(byMs: number): void;
};

type SalesSettings = {
  /** Makes a record type and answers its id; with the first of an object, RecordTypeId becomes a field of it. */
  addRecordType(type: RecordTypeObject, recordType: NewRecordType): string;
  /** Renames it, deactivates it, takes the integration user's right to it, changes its stages. */
  changeRecordType(
    type: RecordTypeObject,
    developerName: string,
    change: Partial<Omit<NewRecordType, 'developerName'>>,
  ): void;
  /**
   * Multiple currencies, which are off in a fresh org and cannot be switched off again: this is their whole list, one of them corporate.
   * `userCurrency`: the default of the integration user, else the corporate one.
   */
  setCurrencies(currencies: readonly Currency[], userCurrency?: string): void;
  /** The one currency of an org without multiple currencies; default EUR. */
  setOrgCurrency(isoCode: string): void;
  /** The org's default time zone (`Organization.TimeZoneSidKey`) and the one of every user; default Europe/Berlin. */
  setTimeZone(timeZone: string): void;
};

type SessionSettings = {
  setCanModifyMetadata(canModify: boolean): void;
  expireSessions(): void;
  setDailyLimit(max: number): void;
  setDailyUsed(used: number): void;
};

type Facts = {
  orgId: string;
  clientId: string;
  clientSecret: string;
  /** Username and id of the integration user. */
  username: string;
  runAsUserId: string;
  /** Id of the queue that the default lead assignment rule hands leads to. */
  leadQueueId: string;
  /** API calls as Salesforce counts them since the last reset: composite 1, collections 1, token and version list 0. */
  countedCalls(): number;
  /** Live records, or with `withDeleted` all. */
  all(type: string, options?: { withDeleted?: boolean }): SfRecord[];
  get(type: string, id: string): SfRecord | undefined;
};

/** What an administrator of the org can look at and set. */
export type OrgSettings = Facts & RuleSettings & SchemaSettings & AutomationSettings & SalesSettings & SessionSettings;

/** The settings of this org. */
export function createSettings(org: Org): OrgSettings {
  const settings = { ...createRuleSettings(org), ...createSchemaSettings(org), ...createSessionSettings(org) };
  return { ...readFacts(org), ...settings, ...createAutomationSettings(org), ...createSalesSettings(org) };
}

function toFullId(id: string): string {
  return normaliseId(id) ?? id;
}

function readFacts(org: Org): Facts {
  const { store } = org;
  return {
    orgId: org.id,
    clientId: org.app.clientId,
    clientSecret: org.app.clientSecret,
    username: String(store.get('User', org.runAsUserId)?.Username),
    runAsUserId: org.runAsUserId,
    leadQueueId: org.rules.leadAssignment?.ownerId ?? '',
    countedCalls: () => org.countedCalls,
    all: (type, options) => [...store.all(type)].filter((record) => options?.withDeleted || record.IsDeleted !== true),
    get: (type, id) => store.get(type, toFullId(id)),
  };
}

function createSchemaSettings(org: Org): SchemaSettings {
  const { schema, store } = org;

  function mustFind(type: string, name: string): FieldDefinition {
    const field = schema.field(type, name);
    if (field === undefined) throw new Error(`no field ${type}.${name}`);
    return field;
  }

  return {
    setRequired(type, field, isRequired) {
      mustFind(type, field).isRequired = isRequired;
    },
    setPicklist: (type, field, values, options) => setPicklist(mustFind(type, field), values, options),
    setFieldLength(type, field, length) {
      mustFind(type, field).length = length;
    },
    addField(type, name, options = {}) {
      const field = defineField(name, options.type ?? 'string', options);
      schema.addField(type, field);
      if (field.isExternalId || field.isUnique) store.addIndex(type, name);
    },
    removeField: schema.removeField,
    setObjectHidden: schema.setHidden,
    setObjectRights: (type, rights) => void org.objectRights.set(type, rights),
    setFieldAccess(type, field, access) {
      mustFind(type, field).access = access;
    },
    setUnknownFieldRefusesBatch(refuses) {
      org.unknownFieldRefusesBatch = refuses;
    },
  };
}

function createAutomationSettings(org: Org): AutomationSettings {
  return {
    configure: (change) => void Object.assign(org.behaviour, change),
    automate(type, flow) {
      const flows = org.flows.get(type) ?? new Set();
      org.flows.set(type, flows.add(flow));
      return () => void flows.delete(flow);
    },
    trackHistory: (type, fields) => void org.tracked.set(type, new Set(fields)),
    addOpportunityStage: (stage) => putStage(org, stage),
    changeOpportunityStage: (apiName, change) => changeStage(org, apiName, change),
    purgeDeleteLog() {
      org.deletesPurgedUntilMs = org.now() - KEPT_DELETES_MS;
    },
    jumpClock(byMs) {
      org.clockOffsetMs += byMs;
    },
  };
}

function createSalesSettings(org: Org): SalesSettings {
  return {
    addRecordType: (type, recordType) => addRecordType(org, type, recordType),
    changeRecordType: (type, developerName, change) => changeRecordType(org, type, developerName, change),
    setCurrencies: (currencies, userCurrency) => setCurrencies(org, currencies, userCurrency),
    setOrgCurrency(isoCode) {
      org.currency = { ...org.currency, isoCode };
    },
    setTimeZone(TimeZoneSidKey) {
      for (const type of ['Organization', 'User']) {
        for (const row of [...org.store.all(type)]) org.store.put(type, { ...row, TimeZoneSidKey });
      }
    },
  };
}

function createSessionSettings(org: Org): SessionSettings {
  return {
    setCanModifyMetadata(canModify) {
      org.canModifyMetadata = canModify;
    },
    expireSessions: () => org.sessions.clear(),
    setDailyLimit(max) {
      org.daily.max = max;
    },
    setDailyUsed(used) {
      org.daily.used = used;
    },
  };
}
