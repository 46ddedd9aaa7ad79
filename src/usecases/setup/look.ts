import { toSyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { HubSpotPort, HubSpotProperty, HubSpotType } from '../../ports/hubspot.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';
import type { DescribedField, SalesforceSetupPort } from '../../ports/salesforce-setup.ts';
import { type Desired, type DesiredField, fullName } from './desired.ts';
import type { SetupFound, Unreadable } from './types.ts';

export type SetupPorts = {
  hubspot: Pick<HubSpotPort, 'properties' | 'createTextProperty' | 'connectorLastSync'>;
  salesforce: Pick<SalesforcePort, 'identity'>;
  salesforceSetup: SalesforceSetupPort;
};

/** Setup is a person's own command: it goes before sweeps and backfills. */
export const setupSpend: Spend = { priority: 2, prepaid: 0 };

/** A part that may not be read becomes its reason; what only failed for the moment ends the command, which can be repeated. */
async function orReason<T>(reading: Promise<T>): Promise<T | Unreadable> {
  try {
    return await reading;
  } catch (thrown) {
    const error = toSyncError(thrown);
    if (error.kind !== 'needs-human') throw error;
    const advice = error.detail.advice === undefined ? '' : ` ${error.detail.advice}`;
    return { code: error.code, text: `${error.message}${advice}` };
  }
}

async function describeFields(
  setup: SalesforceSetupPort,
  fields: readonly DesiredField[],
): Promise<ReadonlyMap<string, DescribedField>> {
  const all = new Map<string, DescribedField>();
  for (const field of fields) {
    const found = await setup.described(field.object, [field.name]);
    for (const [name, definition] of found) all.set(name, definition);
  }
  return all;
}

async function readProperties({ hubspot }: SetupPorts, { properties }: Desired) {
  const found = new Map<HubSpotType, readonly HubSpotProperty[] | Unreadable>();
  for (const type of new Set(properties.map((property) => property.type))) {
    found.set(type, await orReason(hubspot.properties(type, setupSpend)));
  }
  return found;
}

/**
 * Reads everything that setup compares. What the credentials may not read is answered as `Unreadable`, not thrown.
 *
 * @throws SyncError of any other kind than needs-human, and when the org itself does not answer
 */
export async function lookAtCrms(ports: SetupPorts, desired: Desired): Promise<SetupFound> {
  const { userId } = await ports.salesforce.identity(setupSpend);
  const setup = ports.salesforceSetup;
  return {
    userId,
    fields: await orReason(setup.fields(desired.fields.map(fullName))),
    described: await orReason(describeFields(setup, desired.fields)),
    permissionSet: await orReason(setup.permissionSet(desired.permissionSet.name)),
    assigned: await orReason(setup.assigned(desired.permissionSet.name, userId)),
    conversion: await orReason(setup.conversion()),
    hubspotProperties: await readProperties(ports, desired),
    connector: await orReason(ports.hubspot.connectorLastSync(setupSpend)),
  };
}
