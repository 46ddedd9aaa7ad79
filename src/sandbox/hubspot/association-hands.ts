import type { AssociationCategory, NewLabel } from './association-types.ts';
import { link, linksOf, unlink } from './links.ts';
import type { ObjectType } from './model.ts';
import type { Portal } from './portal.ts';
import { type EditOptions, requireRecord, toAuthor } from './record-hands.ts';

/** One end of an association. */
type RecordRef = { type: ObjectType; id: string };
/** `labels` are the texts of labels in the direction of the call, people's own or `Primary`; they replace those the pair has unless `keepsLabels`. */
type AssociateOptions = EditOptions & { labels?: readonly string[]; primary?: boolean; keepsLabels?: boolean };
/** What one record sees of an association. */
type AssociationView = {
  toId: string;
  types: { category: AssociationCategory; typeId: number; label: string | null }[];
};

/** What people do with associations. Each sends the webhooks that HubSpot would send; `seedAssociations` alone sends none. */
export type AssociationHands = {
  /** A label of people's own; answers its number in this direction and in the other one. */
  defineAssociationLabel(from: ObjectType, to: ObjectType, label: NewLabel): { typeId: number; inverseTypeId: number };
  /** An admin's limit: how many records of `to` one record of `from` may be associated with by the API; `undefined` lifts it. */
  limitAssociations(from: ObjectType, to: ObjectType, limit: number | undefined): void;
  associate(from: RecordRef, to: RecordRef, options?: AssociateOptions): void;
  /** Takes the labels named from the pair; without `labels` the whole association. */
  dissociate(from: RecordRef, to: RecordRef, options?: EditOptions & { labels?: readonly string[] }): void;
  /** Makes a company the primary one of a contact or deal, associating it if need be; the one before it stays associated. */
  setPrimaryCompany(type: 'contacts' | 'deals', id: string, companyId: string, options?: EditOptions): void;
  /** The id of the primary company, if there is one. */
  getPrimaryCompany(type: 'contacts' | 'deals', id: string): string | undefined;
  /** The associations of a record to living records of a type. */
  getAssociations(from: RecordRef, to: ObjectType): AssociationView[];
  /** Associations in bulk without webhooks. */
  seedAssociations(
    list: Iterable<{ from: RecordRef; to: RecordRef; labels?: readonly string[]; primary?: boolean }>,
  ): void;
};

/** The hands on the associations of a portal; they throw for unknown records and labels. */
export function createAssociationHands(portal: Portal): AssociationHands {
  const resolve = ({ type, id }: RecordRef): RecordRef => ({ type, id: requireRecord(portal, type, id).id });

  function toTypes(from: ObjectType, to: ObjectType, labels: readonly string[] = [], primary = false) {
    const known = portal.associationTypes.list(from, to);
    const named = labels.map((label) => {
      const type = known.find((candidate) => candidate.label === label);
      if (type === undefined) throw new Error(`no label ${label} from ${from} to ${to}`);
      return type;
    });
    const main = portal.associationTypes.primary(from, to);
    if (primary && main === undefined) throw new Error(`${from} have no primary ${to}`);
    return primary && main !== undefined ? [...named, main] : named;
  }

  function associate(from: RecordRef, to: RecordRef, { labels, primary, keepsLabels, ...who }: AssociateOptions = {}) {
    const types = toTypes(from.type, to.type, labels, primary);
    link(portal, resolve(from), resolve(to), types, { teller: toAuthor(who), keeps: keepsLabels ?? false });
  }

  return {
    defineAssociationLabel(from, to, label) {
      const type = portal.associationTypes.define(from, to, label);
      return { typeId: type.typeId, inverseTypeId: type.inverse.typeId };
    },
    limitAssociations(from, to, limit) {
      if (limit === undefined) portal.associationLimits.delete(`${from} ${to}`);
      else portal.associationLimits.set(`${from} ${to}`, limit);
    },
    associate,
    dissociate(from, to, { labels, ...who } = {}) {
      const types = labels === undefined ? 'all' : toTypes(from.type, to.type, labels);
      unlink(portal, resolve(from), resolve(to), types, toAuthor(who));
    },
    setPrimaryCompany(type, id, companyId, options = {}) {
      associate({ type, id }, { type: 'companies', id: companyId }, { ...options, primary: true, keepsLabels: true });
    },
    getPrimaryCompany(type, id) {
      const links = linksOf(portal, type, resolve({ type, id }).id, 'companies');
      return links.find((one) => one.types.some(({ role }) => role === 'primary'))?.toId;
    },
    getAssociations(from, to) {
      return linksOf(portal, from.type, resolve(from).id, to).map(({ toId, types }) => ({
        toId,
        types: types.map(({ category, typeId, label }) => ({ category, typeId, label })),
      }));
    },
    seedAssociations(list) {
      for (const { from, to, labels, primary } of list) {
        link(portal, from, to, toTypes(from.type, to.type, labels, primary), { teller: 'silent' });
      }
    },
  };
}
