import { z } from 'zod';
import { SyncError } from '../errors.ts';

const versionList = z.array(z.object({ version: z.string().regex(/^\d+\.\d$/) }));

/**
 * The configured version where the org offers it, else the newest it offers below.
 * @param offered the answer of `GET /services/data`
 * @throws SyncError needs-human `salesforce_api_version` when all offered ones are newer; retryable when the answer is not a list
 */
export function pickVersion(wanted: string, offered: unknown): string {
  const parsed = versionList.safeParse(offered);
  if (!parsed.success) {
    throw new SyncError(
      'retryable',
      'salesforce_bad_answer',
      'Salesforce answered its list of API versions in an unexpected form.',
    );
  }
  const below = parsed.data
    .map(({ version }) => version)
    .filter((version) => Number(version) <= Number(wanted))
    .sort((a, b) => Number(b) - Number(a));
  const newest = below[0];
  if (newest !== undefined) return newest;
  throw new SyncError(
    'needs-human',
    'salesforce_api_version',
    `Salesforce offers neither API version ${wanted} nor an older one.`,
    {
      advice: 'Set SALESFORCE_API_VERSION to a version the org offers.',
    },
  );
}
