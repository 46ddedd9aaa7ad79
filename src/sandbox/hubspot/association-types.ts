import type { ObjectType } from './model.ts';

export type AssociationCategory = 'HUBSPOT_DEFINED' | 'USER_DEFINED';

/** One kind of association in one direction. A number means something only together with its category and its direction (associations guide). */
export type AssociationType = {
  from: ObjectType;
  to: ObjectType;
  category: AssociationCategory;
  typeId: number;
  /** `null` for the unlabelled one. */
  label: string | null;
  role: 'unlabelled' | 'primary' | 'label';
  /** The same association seen from the other side. */
  readonly inverse: AssociationType;
};

/** `name` is the internal name; `inverseLabel` what the other side is called, the same as `label` when absent. */
export type NewLabel = { label: string; name?: string; inverseLabel?: string };

export type AssociationTypes = {
  /** Every type of this direction, the unlabelled one first, labels people made last. */
  list(from: ObjectType, to: ObjectType): AssociationType[];
  find(from: ObjectType, to: ObjectType, category: string, typeId: number): AssociationType | undefined;
  /** The type of this category and number, whatever its direction. */
  findAnywhere(category: string, typeId: number): AssociationType | undefined;
  unlabelled(from: ObjectType, to: ObjectType): AssociationType | undefined;
  primary(from: ObjectType, to: ObjectType): AssociationType | undefined;
  /** A label of people's own for both directions; throws beyond ten per pair of objects (associations schema guide). */
  define(from: ObjectType, to: ObjectType, label: NewLabel): AssociationType;
  rename(type: AssociationType, label: string, inverseLabel?: string): void;
  remove(type: AssociationType): void;
};

type Half = Omit<AssociationType, 'inverse'>;

function join(left: Half, right: Half): AssociationType[] {
  const one: AssociationType = {
    ...left,
    get inverse() {
      return other;
    },
  };
  const other: AssociationType = { ...right, inverse: one };
  return [one, other];
}

const COMPANY_PAIRS = [
  { from: 'contacts', plain: [279, 280], primary: [1, 2], label: 'Contact with Primary Company' },
  { from: 'deals', plain: [341, 342], primary: [5, 6], label: 'Deal with Primary Company' },
] as const;

/** The types every portal has (associations guide); the labels of primary ones since the changelog of February 2024. */
function createBuiltIn(): AssociationType[] {
  const category = 'HUBSPOT_DEFINED';
  const toCompany = COMPANY_PAIRS.flatMap(({ from, plain, primary, label }) => {
    const there = { category, from, to: 'companies' } as const;
    const back = { category, from: 'companies', to: from } as const;
    return [
      ...join(
        { ...there, typeId: plain[0], label: null, role: 'unlabelled' },
        { ...back, typeId: plain[1], label: null, role: 'unlabelled' },
      ),
      ...join(
        { ...there, typeId: primary[0], label: 'Primary', role: 'primary' },
        { ...back, typeId: primary[1], label, role: 'primary' },
      ),
    ];
  });
  const unlabelled = { category, label: null, role: 'unlabelled' } as const;
  return [
    ...toCompany,
    ...join(
      { ...unlabelled, from: 'deals', to: 'contacts', typeId: 3 },
      { ...unlabelled, from: 'contacts', to: 'deals', typeId: 4 },
    ),
  ];
}

/** Most labels of people's own per pair of objects (associations schema guide). */
const MAX_LABELS = 10;

/** The association types of a portal. Numbers of people's own labels start at 1: the same number exists in both categories. */
export function createAssociationTypes(): AssociationTypes {
  let types = createBuiltIn();
  let nextId = 1;
  const list = (from: ObjectType, to: ObjectType) => types.filter((type) => type.from === from && type.to === to);
  const withRole = (from: ObjectType, to: ObjectType, role: AssociationType['role']) =>
    list(from, to).find((type) => type.role === role);

  return {
    list,
    find: (from, to, category, typeId) =>
      list(from, to).find((type) => type.category === category && type.typeId === typeId),
    findAnywhere: (category, typeId) => types.find((type) => type.category === category && type.typeId === typeId),
    unlabelled: (from, to) => withRole(from, to, 'unlabelled'),
    primary: (from, to) => withRole(from, to, 'primary'),
    define(from, to, { label, inverseLabel }) {
      const own = list(from, to).filter((type) => type.role === 'label');
      if (withRole(from, to, 'unlabelled') === undefined) throw new Error(`${from} and ${to} cannot be associated`);
      if (own.length >= MAX_LABELS) throw new Error(`At most ${MAX_LABELS} labels between ${from} and ${to}`);
      const common = { category: 'USER_DEFINED', role: 'label' } as const;
      const made = join(
        { ...common, from, to, typeId: nextId++, label },
        { ...common, from: to, to: from, typeId: nextId++, label: inverseLabel ?? label },
      );
      types = [...types, ...made];
      const [first] = made;
      if (first === undefined) throw new Error('no type was made');
      return first;
    },
    rename(type, label, inverseLabel) {
      type.label = label;
      type.inverse.label = inverseLabel ?? label;
    },
    remove(type) {
      types = types.filter((other) => other !== type && other !== type.inverse);
    },
  };
}
