import type { Finding } from '../../domain/finding.ts';
import type { CompiledMapping } from '../../domain/mapping/types.ts';
import { type HubSpotObject, pluralOf } from '../../domain/record.ts';
import { kindsOn } from '../../domain/records/kinds-on.ts';
import type { FolderPort } from '../../ports/folder.ts';
import { toFinding } from '../live-schemas.ts';
import { buildHubSpotApp, syncedPropertiesOf, webhooksFile } from '../setup/hubspot-app.ts';
import { nowhere } from './finding-at.ts';

/** A portal in which nothing was changed for so long is a rare one. */
const quietMs = 7 * 24 * 60 * 60_000;

const upload =
  'Run handoff setup, upload the folder of the app (hs project upload), and see that the app is installed.';

/**
 * Kinds of record of which HubSpot has told nothing lately. Which events a project app is subscribed to stands in its files, and no token of an
 * account may list it (webhooks guide, read 2026-11-22): that events come is what can be seen. Pure.
 */
export function compareArrivals(
  arrivals: ReadonlyMap<HubSpotObject, number>,
  mapping: CompiledMapping,
  nowMs: number,
): Finding[] {
  return kindsOn(mapping).flatMap((object) => {
    const lastMs = arrivals.get(object);
    if (lastMs !== undefined && nowMs - lastMs < quietMs) return [];
    const since = lastMs === undefined ? 'ever' : `since ${new Date(lastMs).toISOString().slice(0, 10)}`;
    return toFinding(nowhere, {
      severity: 'warning',
      code: 'no_webhooks_seen',
      what: `No webhook about ${pluralOf[object]} has arrived ${since}.`,
      why: 'Changes are seen by the sweep alone, minutes later, and what HubSpot erases for privacy is not seen at all.',
      fix: `Change one in HubSpot and look again. If nothing comes: ${upload}`,
    });
  });
}

/** The files of the HubSpot app against what the mapping needs. @param publicUrl null: not set, so that no target is known */
export async function compareAppFolder(
  folder: FolderPort,
  mapping: CompiledMapping,
  publicUrl: string | null,
): Promise<readonly Finding[]> {
  const text = await folder.read(webhooksFile);
  const warn = (code: string, what: string, why: string) =>
    toFinding(
      { ...nowhere, file: `${folder.name}/${webhooksFile}` },
      { severity: 'warning', code, what, why, fix: upload },
    );
  if (text === null) {
    const why = 'Which webhooks HubSpot sends cannot be asked by API: the files of the app are what says so.';
    return [warn('app_folder_missing', 'The folder of the HubSpot app was not written here.', why)];
  }
  const found = readWebhooks(text);
  const files = buildHubSpotApp({ publicUrl: publicUrl ?? '', properties: syncedPropertiesOf(mapping) });
  const wanted = readWebhooks(files.get(webhooksFile) ?? '');
  const missing = [...wanted.subscriptions].filter((name) => !found.subscriptions.has(name));
  const isOtherTarget = publicUrl !== null && found.targetUrl !== wanted.targetUrl;
  return [
    ...(missing.length === 0
      ? []
      : [
          warn(
            'subscription_missing',
            `The files of the HubSpot app subscribe to no ${missing.join(', ')}.`,
            'Such changes are seen by the sweep alone, minutes later.',
          ),
        ]),
    ...(isOtherTarget
      ? [
          warn(
            'webhook_target_differs',
            `The files of the HubSpot app send events to ${found.targetUrl ?? 'nowhere'}, and PUBLIC_URL is ${publicUrl}.`,
            'Events go elsewhere, or their signature does not hold here.',
          ),
        ]
      : []),
  ];
}

type Webhooks = { targetUrl: string | null; subscriptions: ReadonlySet<string> };

/** What the file says; whatever is not as expected is not there. */
function readWebhooks(text: string): Webhooks {
  const config = memberOf(parseJson(text), 'config');
  const targetUrl = memberOf(memberOf(config, 'settings'), 'targetUrl');
  const lists = memberOf(config, 'subscriptions');
  const all = typeof lists === 'object' && lists !== null ? Object.values(lists) : [];
  const names = all.flatMap((list) => (Array.isArray(list) ? list.flatMap(nameOf) : []));
  return { targetUrl: typeof targetUrl === 'string' ? targetUrl : null, subscriptions: new Set(names) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : null;
}

/** `contact.propertyChange email`; one that is switched off is none. */
function nameOf(subscription: unknown): string[] {
  const type = memberOf(subscription, 'subscriptionType');
  const property = memberOf(subscription, 'propertyName');
  if (typeof type !== 'string' || memberOf(subscription, 'active') === false) return [];
  return [typeof property === 'string' ? `${type} ${property}` : type];
}
