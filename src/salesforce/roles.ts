import type { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { SalesforceClient } from './client.ts';
import { collectRows, type Row } from './composite.ts';
import { rolesField, rolesSelection } from './persons.ts';

/** Child queries for statements on Contact. */
export type ContactChildren = readonly string[];

/** `refused`: a statement on Contact that Salesforce refused for something it does not know or hides. */
export type RolesAttempt<T> = { value: T; refused: SyncError | null };

export type RolesReader = {
  /** Runs `work` with the query of a Contact's opportunities, and again without where that is what the user may not read. */
  run<T>(work: (children: ContactChildren) => Promise<RolesAttempt<T>>): Promise<T>;
  /** Says once per process, in the log, that opportunities are hidden. */
  tellHidden(error: SyncError): void;
  /** Roles were read just now: the next statement asks for opportunities again. */
  tellReadable(): void;
};

/** How long it is not tried again to read hidden opportunities: each try costs a call, and access may have been granted. */
const hiddenForMs = 60_000;

const hidden: readonly string[] = ['salesforce_unknown_field', 'salesforce_missing_right'];

/** Whether an error may come from opportunities being hidden. A mapped field that does not exist looks the same: a second try tells. */
export function mayBeHidden(error: SyncError): boolean {
  return hidden.includes(error.code);
}

/** Remembers for a minute that opportunities cannot be read: without them the stage follows Lead and Contact alone. */
export function createRolesReader(client: SalesforceClient): RolesReader {
  let hiddenUntilMs = 0;
  function tellHidden(error: SyncError): void {
    client.warnOnce(
      'hidden opportunities',
      { errorCode: error.code, vendorCode: error.detail.vendorCode },
      'opportunities cannot be read, so stages follow Lead and Contact alone: grant the integration user read access to Opportunity',
    );
  }
  return {
    tellHidden,
    tellReadable() {
      hiddenUntilMs = 0;
    },
    async run(work) {
      if (client.now() < hiddenUntilMs) return (await work([])).value;
      const first = await work([rolesSelection]);
      if (first.refused === null) return first.value;
      const second = await work([]);
      if (second.refused === null) {
        hiddenUntilMs = client.now() + hiddenForMs;
        tellHidden(first.refused);
      }
      return second.value;
    },
  };
}

/** Reads the rest of a Contact's roles where the nested answer is only its first page (more than some hundred opportunities). */
export async function readOnRoles(client: SalesforceClient, rows: readonly Row[], spend: Spend): Promise<Row[]> {
  const whole: Row[] = [];
  for (const row of rows) {
    const nested = row[rolesField];
    const isCut = typeof nested === 'object' && nested !== null && 'done' in nested && nested.done === false;
    const records = isCut ? await collectRows(client, { status: 200, body: nested }, spend) : null;
    whole.push(records === null ? row : { ...row, [rolesField]: { records } });
  }
  return whole;
}
