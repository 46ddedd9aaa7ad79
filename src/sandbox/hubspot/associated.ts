import type { AssociationType } from './association-types.ts';
import { linksOf } from './links.ts';
import { OBJECT_TYPES, type SandboxRecord, SINGULAR, TYPE_IDS } from './model.ts';
import type { Portal } from './portal.ts';

type Associated = { associations?: Record<string, { results: { id: string; type: string }[] }> };

/**
 * What `associations=companies,deals` adds to one record that is read: by the plural of the object type, one entry per type of
 * association; nothing where there is none (contacts guide, member `associations` of the SDK's model).
 */
export function toAssociated(portal: Portal, record: SandboxRecord, asked: readonly string[]): Associated {
  const wanted = OBJECT_TYPES.filter((type) =>
    [type, SINGULAR[type], TYPE_IDS[type]].some((name) => asked.includes(name)),
  );
  const entries = wanted.flatMap((to) => {
    const results = linksOf(portal, record.type, record.id, to).flatMap(({ toId, types }) =>
      types.map((type) => ({ id: toId, type: toTypeName(type) })),
    );
    return results.length === 0 ? [] : [[to, { results }] as const];
  });
  return entries.length === 0 ? {} : { associations: Object.fromEntries(entries) };
}

/** `contact_to_company` is the primary one, `contact_to_company_unlabeled` the plain one; other pairs have the plain one alone. */
function toTypeName({ from, to, role, label }: AssociationType): string {
  const name = `${SINGULAR[from]}_to_${SINGULAR[to]}`;
  if (role === 'label') return (label ?? '').toLowerCase().replaceAll(' ', '_');
  const hasPrimary = from === 'companies' || to === 'companies';
  return role === 'unlabelled' && hasPrimary ? `${name}_unlabeled` : name;
}
