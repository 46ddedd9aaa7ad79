import { z } from 'zod';
import { defineEndpoint, listOf, moment, pageQuery } from './endpoint.ts';
import { mappingVersionLine, mappingView } from './mapping-view.ts';

const tag = 'Mappings';

/** A version with its files. */
const mappingVersion = z.object({
  version: z.number().int(),
  hash: z.string(),
  proposedAt: moment.nullable(),
  proposedBy: z.string().nullable(),
  activatedAt: moment.nullable(),
  activatedBy: z.string().nullable(),
  /** The files as they are reviewed in git, by name. Null: of a time when they were not kept. */
  files: z.record(z.string(), z.string()).nullable(),
});

const versionName = z
  .string()
  .regex(/^(?:active|proposed|[1-9]\d{0,8})$/)
  .meta({ description: 'The number of a version, `active` or `proposed`', examples: ['active', '7'] });

export const mappingEndpoints = {
  'GET /mappings': defineEndpoint({
    role: 'viewer',
    tag,
    summary:
      'Which versions of the mapping there are: the active one, the proposed one, and all of them, the newest first',
    query: pageQuery,
    answer: z.object({
      active: mappingVersion.nullable(),
      proposed: mappingVersion.nullable(),
      history: listOf(mappingVersionLine),
    }),
  }),
  'GET /mappings/{version}': defineEndpoint({
    role: 'viewer',
    tag,
    summary: 'A version of the mapping as people read it',
    description: 'With `against` also what it says otherwise than another version: for a proposed one, `active`.',
    params: z.object({ version: versionName }),
    query: z.object({ against: versionName.optional() }),
    answer: mappingView,
  }),
};
