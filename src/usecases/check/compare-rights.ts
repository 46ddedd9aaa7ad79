import type { Finding } from '../../domain/finding.ts';
import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { ObjectRights } from '../../ports/salesforce.ts';
import { toFinding } from '../live-schemas.ts';
import { requiredScopes, syncedPropertiesOf } from '../setup/hubspot-app.ts';
import { notChecked, nowhere } from './finding-at.ts';
import { createdObjects, type Surroundings, usedObjects } from './surroundings.ts';

type Right = keyof ObjectRights;

const verbs: Readonly<Record<Right, string>> = {
  queryable: 'read',
  createable: 'create',
  updateable: 'edit',
  deletable: 'delete',
};

/** What HubSpot's token and the Salesforce user may not do although the mapping needs it. Pure. */
export function compareRights({ scopes, rights }: Pick<Surroundings, 'scopes' | 'rights'>, mapping: CompiledMapping) {
  return [...compareScopes(scopes, mapping), ...compareObjects(rights, mapping)];
}

function compareScopes(scopes: Surroundings['scopes'], mapping: CompiledMapping): Finding[] {
  if ('fault' in scopes) return [notChecked('The scopes of the HubSpot token', scopes.fault)];
  const { answer } = scopes;
  if (answer === null) return [];
  // `oauth` is what HubSpot's templates ask for; no call needs it.
  const wanted = requiredScopes(syncedPropertiesOf(mapping)).filter((scope) => scope !== 'oauth');
  const missing = wanted.filter((scope) => !answer.has(scope));
  const forSetup = missing.filter(isOfSetup);
  const forSync = missing.filter((scope) => !isOfSetup(scope));
  return [
    ...(forSync.length === 0 ? [] : [missingScopes(forSync, 'error')]),
    ...(forSetup.length === 0 ? [] : [missingScopes(forSetup, 'warning')]),
  ];
}

/** Definitions are written by setup alone. */
function isOfSetup(scope: string): boolean {
  return /^crm\.schemas\.\w+\.write$/.test(scope);
}

function missingScopes(scopes: readonly string[], severity: Finding['severity']): Finding {
  return toFinding(nowhere, {
    severity,
    code: 'hubspot_scope_missing',
    what: `The HubSpot token lacks these scopes: ${scopes.join(', ')}.`,
    why:
      severity === 'error'
        ? 'HubSpot refuses the calls that need them (403), and the whole connection waits then.'
        : 'handoff setup --apply cannot create properties; the sync itself does without.',
    fix: 'Add them to the app (handoff setup writes its file anew), install it again, and rotate the token if HubSpot asks for it.',
  });
}

/** What the mapping does with each object. */
function neededRights(mapping: CompiledMapping): ReadonlyMap<string, readonly Right[]> {
  const { events, company, deal } = mapping;
  const created: readonly string[] = createdObjects(mapping);
  const deletes: Readonly<Record<string, boolean>> = {
    Lead: events.deletedInHubSpot === 'delete' || events.erasedInHubSpot === 'delete',
    Contact: events.deletedInHubSpot === 'delete' || events.erasedInHubSpot === 'delete',
    Account: company.events?.deletedInHubSpot === 'delete',
    Opportunity: deal.events?.deletedInHubSpot === 'delete',
    OpportunityContactRole: true,
  };
  const isRole = (object: string) => object === 'OpportunityContactRole';
  return new Map(
    usedObjects(mapping).map((object) => [
      object,
      [
        'queryable',
        'updateable',
        ...(created.includes(object) || isRole(object) ? (['createable'] as const) : []),
        ...(deletes[object] === true ? (['deletable'] as const) : []),
      ],
    ]),
  );
}

function compareObjects(rights: Surroundings['rights'], mapping: CompiledMapping): Finding[] {
  return [...neededRights(mapping)].flatMap(([object, needed]) => {
    const told = rights.get(object);
    if (told === undefined) return [];
    // A hidden object is told by whoever reads its fields.
    if ('fault' in told)
      return told.fault.code === 'salesforce_object_hidden'
        ? []
        : [notChecked(`What our user may do with ${object}`, told.fault)];
    const missing = needed.filter((right) => !told.answer[right]);
    if (missing.length === 0) return [];
    const what = missing.map((right) => verbs[right]).join(', ');
    return [
      toFinding(nowhere, {
        code: 'object_right_missing',
        what: `Our user in Salesforce may not ${what} records of ${object}.`,
        why: 'Every record that needs it becomes a failure.',
        fix: `Give the integration user the right to ${what} ${object} in its profile or permission set.`,
      }),
    ];
  });
}
