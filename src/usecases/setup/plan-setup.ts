import type { HubSpotProperty } from '../../ports/hubspot.ts';
import type { Desired, DesiredProperty } from './desired.ts';
import { planSalesforce } from './salesforce-steps.ts';
import { isUnreadable, type SetupFound, type SetupPlan, type SetupStep, type SetupWarning } from './types.ts';

const dayMs = 86_400_000;

/** A connector that wrote within this time is taken to be running. */
const connectorFreshDays = 7;

function standingOfProperty(found: SetupFound, wanted: DesiredProperty): Pick<SetupStep, 'state' | 'note' | 'action'> {
  const properties = found.hubspotProperties.get(wanted.type) ?? [];
  if (isUnreadable(properties)) return { state: 'unknown', note: properties.text, action: null };
  const property = properties.find((candidate) => candidate.name === wanted.name);
  if (property === undefined) {
    return { state: 'missing', note: null, action: { kind: 'create-property', property: wanted } };
  }
  const faults = faultsOfProperty(property, wanted);
  if (faults.length === 0) return { state: 'exists', note: null, action: null };
  const way =
    'HubSpot cannot change this later, and Handoff deletes nothing: archive the property by hand, then run setup again.';
  return { state: 'wrong', note: `${property.name} is there, but ${faults.join(', and ')}. ${way}`, action: null };
}

function faultsOfProperty(property: HubSpotProperty, { unique }: DesiredProperty): readonly string[] {
  const faults: string[] = [];
  if (property.type !== 'string') faults.push(`its type is ${property.type}, not string`);
  if (unique && !property.hasUniqueValue) faults.push('its values are not unique');
  if (!unique && property.hasUniqueValue) faults.push('its values must be unique, so only one contact could hold each');
  if (property.readOnly) faults.push('it cannot be written');
  return faults;
}

function planHubSpot(found: SetupFound, { properties }: Desired): readonly SetupStep[] {
  return properties.map((wanted) => ({
    id: wanted.step,
    system: 'hubspot',
    what: `property ${wanted.name}: single-line text${wanted.unique ? ', unique values' : ''}`,
    where: wanted.type,
    why: wanted.why,
    ...standingOfProperty(found, wanted),
    after: [],
  }));
}

function connectorWarnings(found: SetupFound, nowMs: number): readonly SetupWarning[] {
  const connector = found.connector;
  if (isUnreadable(connector) || !connector.installed) return [];
  const { lastSyncMs } = connector;
  const isRunning = lastSyncMs !== null && nowMs - lastSyncMs < connectorFreshDays * dayMs;
  const when =
    lastSyncMs === null ? 'no sync of it was seen' : `it last wrote on ${new Date(lastSyncMs).toISOString()}`;
  return [
    {
      code: isRunning ? 'two_writers' : 'connector_installed',
      text: `HubSpot's own Salesforce connector is set up on this portal (${when}). Two writers on one pair of CRMs overwrite each other.`,
      fix: 'Switch its contact sync off, or give it an inclusion list without the contacts that Handoff hands over, before SYNC_MODE=live.',
    },
  ];
}

/**
 * Compares what the sync needs with what both CRMs hold. Pure; the steps stand in the order in which they must be applied.
 *
 * @param nowMs epoch milliseconds, to tell a running connector from a forgotten one
 */
export function planSetup(found: SetupFound, desired: Desired, nowMs: number): SetupPlan {
  const steps = [...planSalesforce(found, desired), ...planHubSpot(found, desired)];
  return { steps, warnings: connectorWarnings(found, nowMs) };
}
