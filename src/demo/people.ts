/** The cast: invented people at `.example` domains, three for each lifecycle stage and the ones the story is about. */

export type Newcomer = Readonly<Record<string, string>>;

/** HubSpot's lifecycle stages, in their order. */
export const stages = [
  'subscriber',
  'lead',
  'marketingqualifiedlead',
  'salesqualifiedlead',
  'opportunity',
  'customer',
  'evangelist',
  'other',
] as const;

/** The default gate of `mappings/gate.yaml`; the demo checks what arrives against it, by its own reading. */
export const stagesPastTheGate: readonly string[] = ['salesqualifiedlead', 'opportunity', 'customer'];

const names = [
  ['Ada', 'Brook'],
  ['Ben', 'Castle'],
  ['Cleo', 'Dane'],
  ['Dev', 'Ellis'],
  ['Eli', 'Frost'],
  ['Fay', 'Glen'],
  ['Gus', 'Hale'],
  ['Hana', 'Ives'],
] as const;

const companies = ['Northwind Bearings', 'Quarry Tools', 'Harbour Pumps'] as const;

/** Three contacts per stage, each with an owner and a name of its own. */
export function crowd(ownerId: string): Newcomer[] {
  return stages.flatMap((lifecyclestage, index) =>
    companies.map((company, turn) => {
      const [firstname] = names[index % names.length] ?? names[0];
      const [, lastname] = names[(index + turn) % names.length] ?? names[0];
      const domain = `${company.split(' ')[0]?.toLowerCase()}.example`;
      return {
        email: `${firstname}.${lastname}.${lifecyclestage}@${domain}`.toLowerCase(),
        firstname,
        lastname,
        company,
        jobtitle: 'Buyer',
        country: 'Germany',
        hubspot_owner_id: ownerId,
        lifecyclestage,
      };
    }),
  );
}

/** Somebody the story tells of by name. */
export function character(name: string, lifecyclestage: string, ownerId: string, more: Newcomer = {}): Newcomer {
  const [firstname = '', lastname = ''] = name.split(' ');
  return {
    email: `${firstname}.${lastname}@story.example`.toLowerCase(),
    firstname,
    lastname,
    company: 'Story Works',
    jobtitle: 'Planner',
    country: 'France',
    hubspot_owner_id: ownerId,
    lifecyclestage,
    ...more,
  };
}
