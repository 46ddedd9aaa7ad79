import type { FolderPort } from '../../ports/folder.ts';
import { applySetup, type StepOutcome } from './apply-setup.ts';
import { type ByHand, listByHand } from './by-hand.ts';
import { type Desired, desiredFor } from './desired.ts';
import { buildHubSpotApp, type SyncedProperties } from './hubspot-app.ts';
import { lookAtCrms, type SetupPorts } from './look.ts';
import { planSetup } from './plan-setup.ts';
import { buildSalesforceExport } from './salesforce-export.ts';
import { mergeConversion } from './salesforce-steps.ts';
import { isUnreadable, type SetupFound, type SetupStep, type SetupWarning } from './types.ts';
import { type FileOutcome, writeFolder } from './write-folder.ts';

export type SetupRequest = {
  /** Null: only the folders are written, no CRM is called. */
  ports: SetupPorts | null;
  apply: boolean;
  /** `PUBLIC_URL`; null: not set. */
  publicUrl: string | null;
  /** The properties that the mapping reads, of each kind that is on. */
  properties: SyncedProperties;
  apiVersion: string;
  appFolder: FolderPort;
  /** Where an admin's export goes; null: none is wanted. */
  exportFolder: FolderPort | null;
  nowMs: number;
};

export type SetupReport = {
  /** False when a step needs a person, could not be looked at, or failed. */
  ok: boolean;
  applied: boolean;
  steps: readonly (SetupStep & { outcome: StepOutcome | null })[];
  warnings: readonly SetupWarning[];
  folders: readonly { name: string; files: readonly FileOutcome[] }[];
  /** What only a person can do. */
  byHand: readonly ByHand[];
};

function urlWarnings(publicUrl: string | null): readonly SetupWarning[] {
  if (publicUrl?.startsWith('https://') === true) return [];
  const text =
    publicUrl === null
      ? 'PUBLIC_URL is not set, so the HubSpot app folder was not written: HubSpot must know where to send events.'
      : 'PUBLIC_URL is not an https URL: HubSpot sends events to public https URLs only.';
  return [
    { code: 'public_url', text, fix: 'Set PUBLIC_URL to the https URL under which HubSpot reaches this service.' },
  ];
}

/** The settings to deploy: today's with ours; null where they could not be read or somebody else's mapping is in the way. */
function exportableConversion(found: SetupFound | null, steps: readonly SetupStep[]) {
  if (found === null || isUnreadable(found.conversion)) return null;
  const isMapped = steps.some((step) => step.id === 'conversion-mapping' && step.state === 'exists');
  return isMapped ? found.conversion : mergeConversion(found.conversion);
}

async function writeFolders(
  request: SetupRequest,
  desired: Desired,
  found: SetupFound | null,
  steps: readonly SetupStep[],
) {
  const folders: { name: string; files: readonly FileOutcome[] }[] = [];
  const { publicUrl, properties, appFolder, exportFolder } = request;
  if (publicUrl !== null) {
    const files = await writeFolder(appFolder, buildHubSpotApp({ publicUrl, properties }));
    folders.push({ name: appFolder.name, files });
  }
  if (exportFolder !== null) {
    const conversion = exportableConversion(found, steps);
    const files = await writeFolder(exportFolder, buildSalesforceExport(desired, conversion, request.apiVersion));
    folders.push({ name: exportFolder.name, files });
  }
  return folders;
}

function isFine(step: SetupStep, outcome: StepOutcome | null): boolean {
  if (outcome !== null) return outcome.outcome === 'nothing' || outcome.outcome === 'done';
  return step.state !== 'wrong' && step.state !== 'unknown';
}

/**
 * Looks, shows, and with `apply` creates what is missing in both CRMs; writes the HubSpot app folder and, where asked, the export for an
 * admin. Without `apply` nothing changes in either CRM.
 *
 * @throws SyncError when a CRM does not answer for reasons that pass
 */
export async function runSetup(request: SetupRequest): Promise<SetupReport> {
  const { ports, properties } = request;
  const scope = { company: properties.company !== null, deal: properties.deal !== null };
  const desired = desiredFor(scope);
  const found = ports === null ? null : await lookAtCrms(ports, desired);
  const { steps, warnings } = found === null ? { steps: [], warnings: [] } : planSetup(found, desired, request.nowMs);
  const outcomes = ports !== null && request.apply ? await applySetup({ steps, warnings }, ports) : [];
  const shown = steps.map((step) => ({ ...step, outcome: outcomes.find(({ id }) => id === step.id) ?? null }));
  return {
    ok: shown.every((step) => isFine(step, step.outcome)),
    applied: request.apply,
    steps: shown,
    warnings: [...urlWarnings(request.publicUrl), ...warnings],
    folders: await writeFolders(request, desired, found, steps),
    byHand: listByHand(scope),
  };
}
