import type { FieldChange } from '../../domain/plan/types.ts';
import { contactCompanyProperty } from '../../domain/record.ts';
import type { SyncError } from '../../errors.ts';
import type { AssociationWrite, HubSpotWrite, HubSpotWriteResult } from '../../ports/hubspot.ts';
import type { Batch } from './batch.ts';
import { toProperties } from './contact-intent.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { ContactLook } from './look.ts';

/**
 * Makes the Accounts' companies the primary ones of these contacts, before anything else of them is written: HubSpot calculates the property
 * from the association.
 * @returns for each contact whose company changes, what kept it from being done; null: it is done
 */
export async function moveToCompanies(
  { hubspot }: Pick<DrainDependencies, 'hubspot'>,
  { spend }: Batch,
  looks: readonly ContactLook[],
): Promise<ReadonlyMap<ContactLook, SyncError | null>> {
  const moves = looks.flatMap((look) => {
    const change = look.changes.find(isCompany);
    const write = change === undefined ? null : toAssociation(look.contact.id, change);
    return write === null ? [] : [{ look, write }];
  });
  if (moves.length === 0) return new Map();
  const faults = await hubspot.associate(
    moves.map(({ write }) => write),
    spend,
  );
  return new Map(moves.map(({ look }, index) => [look, faults[index] ?? null]));
}

function toAssociation(contactId: string, { before, after }: FieldChange): AssociationWrite | null {
  const id = after ?? before;
  if (id === null) return null;
  const ends = { from: { type: 'contacts', id: contactId }, to: { type: 'companies', id: String(id) } } as const;
  if (after === null) return { ...ends, operation: 'remove', labels: [], isPrimary: false };
  return { ...ends, operation: 'set', labels: 'kept', isPrimary: true };
}

/** The update of all that is a property; null: there is none. */
export function toWrite({ contact, changes }: ContactLook): HubSpotWrite | null {
  const properties = toProperties(changes.filter((change) => !isCompany(change)));
  return Object.keys(properties).length === 0 ? null : { id: contact.id, properties };
}

/** What HubSpot holds now of all that was to be written, the company as it was associated. */
export function answerTo(
  { contact, changes }: ContactLook,
  fault: SyncError | null,
  answer: HubSpotWriteResult | undefined,
): HubSpotWriteResult | undefined {
  if (fault !== null) return { ok: false, error: fault };
  const company = changes.find(isCompany);
  if (company === undefined) return answer;
  const held = { [contactCompanyProperty]: company.after === null ? null : String(company.after) };
  if (changes.length === 1) return { ok: true, properties: held, updatedAtMs: contact.updatedAtMs };
  return answer?.ok === true ? { ...answer, properties: { ...answer.properties, ...held } } : answer;
}

function isCompany({ field }: FieldChange): boolean {
  return field === contactCompanyProperty;
}
