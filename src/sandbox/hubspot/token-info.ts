import { z } from 'zod';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { parseBody } from './inputs.ts';
import { OBJECT_TYPES } from './model.ts';
import type { Portal } from './portal.ts';
import { badRequest } from './refusal.ts';

export const tokenInfoPath = '/oauth/v2/private-apps/get/access-token-info';

const tokenInput = z.object({ tokenKey: z.string() });

/** What the app of this sandbox was granted, less what `missingScopes` takes away. */
const granted: readonly string[] = [
  'oauth',
  ...OBJECT_TYPES.flatMap((type) =>
    ['objects', 'schemas'].flatMap((area) => [`crm.${area}.${type}.read`, `crm.${area}.${type}.write`]),
  ),
  'crm.objects.owners.read',
  'crm.lists.read',
];

/** `POST /oauth/v2/private-apps/get/access-token-info`: whose token it is, and its scopes. It takes no scope itself. */
export function readTokenInfo(portal: Portal, request: SandboxRequest): SandboxAnswer {
  const { accessToken, portalId, appId, missingScopes } = portal.settings;
  if (parseBody(request, tokenInput).tokenKey !== accessToken) throw badRequest('The token is not known');
  const scopes = granted.filter((scope) => !missingScopes.includes(scope));
  return { status: 200, body: { userId: 9_000_000, hubId: portalId, appId, scopes } };
}
