import type { HubSpotProperty } from '../../ports/hubspot.ts';
import { type DesiredProperty, idProperty, reasonProperty } from './desired.ts';
import { planSalesforce } from './salesforce-steps.ts';
import { isUnreadable, type SetupFound, type SetupPlan, type SetupStep, type SetupWarning } from './types.ts';

const dayMs = 86_400_000;

/** A connector that wrote within this time is taken to be running. */
const connectorFreshDays = 7;

function standingOfProperty(found: SetupFound, wanted: DesiredProperty): Pick<SetupStep, 'state' | 'note' | 'action'> {
  if (isUnreadable(found.hubspotProperties)) {
    return { state: 'unknown', note: found.hubspotProperties.text, action: null };
  }
  const property = found.hubspotProperties.find((candidate) => candidate.name === wanted.name);
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

function planHubSpot(found: SetupFound): readonly SetupStep[] {
  return [
    {
      id: 'property',
      system: 'hubspot',
      what: `property ${idProperty.name}: single-line text, unique values`,
      where: 'contacts',
      why: 'leads from the contact to its person, also after the ledger is lost',
      ...standingOfProperty(found, idProperty),
      after: [],
    },
    {
      id: 'reason-property',
      system: 'hubspot',
      what: `property ${reasonProperty.name}: single-line text`,
      where: 'contacts',
      why: 'shows marketing why sales returned a contact',
      ...standingOfProperty(found, reasonProperty),
      after: [],
    },
  ];
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
export function planSetup(found: SetupFound, nowMs: number): SetupPlan {
  return { steps: [...planSalesforce(found), ...planHubSpot(found)], warnings: connectorWarnings(found, nowMs) };
}
