type OnOrOff = { company: { isOn: boolean }; deal: { isOn: boolean } };

/** Which objects, in either CRM, a mapping leaves alone: nobody looks at what is pending of them before the day they are on. */
export function objectsOff({ company, deal }: OnOrOff): readonly string[] {
  return [...(company.isOn ? [] : ['company', 'Account']), ...(deal.isOn ? [] : ['deal', 'Opportunity'])];
}
