import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import { toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { type AssociationTypeAnswer, labelsSchema } from './schemas.ts';

/** From one object to another: a number of a type means something in one direction only (associations guide). */
export type Direction = { from: HubSpotType; to: HubSpotType };

/** One kind of association, as writes name it. */
export type AssociationType = { category: string; typeId: number };

/** The types of HubSpot's own that we write and read, by direction (associations guide, table of type ids). */
const OWN_TYPES: Readonly<Record<string, { unlabelled: number; primary: number | null }>> = {
  'contacts>companies': { unlabelled: 279, primary: 1 },
  'companies>contacts': { unlabelled: 280, primary: 2 },
  'deals>companies': { unlabelled: 341, primary: 5 },
  'companies>deals': { unlabelled: 342, primary: 6 },
  'deals>contacts': { unlabelled: 3, primary: null },
  'contacts>deals': { unlabelled: 4, primary: null },
  'contacts>contacts': { unlabelled: 449, primary: null },
  'companies>companies': { unlabelled: 450, primary: null },
  'deals>deals': { unlabelled: 451, primary: null },
};

const OWN = 'HUBSPOT_DEFINED';

function ownTypes({ from, to }: Direction): { unlabelled: number; primary: number | null } {
  const types = OWN_TYPES[`${from}>${to}`];
  if (types === undefined) throw new SyncError('permanent', 'unexpected', 'These objects cannot be associated.');
  return types;
}

/** Whether it is the type of a primary company. */
export function isPrimaryType(direction: Direction, { category, typeId }: AssociationTypeAnswer): boolean {
  return category === OWN && typeId === ownTypes(direction).primary;
}

/** The name of a label that people, or apps for them, gave; HubSpot's own types have none that counts. */
export function toLabel({ category, label }: AssociationTypeAnswer): string | null {
  return category === OWN || label === null || label === '' ? null : label;
}

/** HubSpot's own types of a pair: the unlabelled one, and the primary one beside it. Where there is no such type, nothing is primary. */
export function toOwnTypes(direction: Direction, isPrimary: boolean): AssociationType[] {
  const { unlabelled, primary } = ownTypes(direction);
  const ids = isPrimary && primary !== null ? [primary, unlabelled] : [unlabelled];
  return ids.map((typeId) => ({ category: OWN, typeId }));
}

type Labels = ReadonlyMap<string, AssociationType>;

/** Labels by their names, asked for once and kept for the process. */
export type AssociationLabels = {
  /** As HubSpot has them now. @throws SyncError */
  read(direction: Direction, spend: Spend): Promise<Labels>;
  /** As they were read last; read anew where one of the names is not among them. @throws SyncError */
  find(direction: Direction, names: readonly string[], spend: Spend): Promise<Labels>;
  /** Somebody may have deleted a label that is kept. */
  forget(direction: Direction): void;
};

/** Labels by name and type id for each direction, read at the first question and kept for the process. */
export function createAssociationLabels(client: HubSpotClient): AssociationLabels {
  const kept = new Map<string, Labels>();
  const keyOf = ({ from, to }: Direction) => `${from}>${to}`;

  async function read(direction: Direction, spend: Spend): Promise<Labels> {
    const { from, to } = direction;
    const { data } = await client.call(toCall(from, `labelsTo.${to}`, false, spend), () =>
      client.crm.associations.v4.schema.definitionsApi.getAll(from, to),
    );
    const parsed = labelsSchema.safeParse(data);
    if (!parsed.success) throw unreadableAnswer(false);
    const labels = new Map<string, AssociationType>();
    for (const type of parsed.data.results) {
      const name = toLabel(type);
      // Of two with one name, the one that people made.
      if (name !== null && labels.get(name)?.category !== 'USER_DEFINED') labels.set(name, type);
    }
    kept.set(keyOf(direction), labels);
    return labels;
  }

  return {
    read,
    async find(direction, names, spend) {
      const labels = kept.get(keyOf(direction));
      const knowsAll = labels !== undefined && names.every((name) => labels.has(name));
      return knowsAll ? labels : await read(direction, spend);
    },
    forget: (direction) => kept.delete(keyOf(direction)),
  };
}
