import { character, crowd } from './people.ts';
import type { Stage } from './stage.ts';

/** The people whom the story follows, by HubSpot id. */
export type Cast = {
  grace: string;
  /** Sales had a lead of him before the handoff. */
  known: string;
  faulty: string;
  unlucky: string;
  knownLeadId: string;
};

export type Narrate = (text: string) => void;

/**
 * Plays the handoff: marketing works in HubSpot, four contacts reach SQL, one of them is already known to sales, one is refused by a rule,
 * and one loses its answer on the wire.
 */
export async function playStory(stage: Stage, narrate: Narrate): Promise<Cast> {
  const { hubspot, salesforce, ownerId, settled } = stage;
  narrate('Marketing has 24 contacts in HubSpot, three in each lifecycle stage.');
  for (const newcomer of crowd(ownerId)) hubspot.createContact(newcomer);
  await settled();

  narrate('Grace, an MQL, becomes sales qualified: this is the handoff.');
  const grace = hubspot.createContact(character('Grace Handover', 'marketingqualifiedlead', ownerId));
  await settled();
  hubspot.editContact(grace, { lifecyclestage: 'salesqualifiedlead' });
  await settled();

  narrate('Karl is sales qualified too, and sales already has a lead of that email: he is paired, not created.');
  const knownLead = salesforce.create('Lead', {
    FirstName: 'Karl',
    LastName: 'Known',
    Company: 'Story Works',
    Email: 'Karl.Known@Story.example',
  });
  const known = hubspot.createContact(
    character('Karl Known', 'salesqualifiedlead', ownerId, { phone: '+33 1 00 00 00 00' }),
  );
  await settled();

  narrate('Marketing corrects a job title after the handoff.');
  hubspot.editContact(grace, { jobtitle: 'Head of Planning' });
  await settled();

  const faulty = await refuse(stage, narrate);
  const unlucky = await loseAnAnswer(stage, narrate);
  return { grace, known, faulty, unlucky, knownLeadId: String(knownLead.Id) };
}

async function refuse({ hubspot, salesforce, ownerId, settled }: Stage, narrate: Narrate): Promise<string> {
  narrate('Salesforce refuses Vera: a validation rule does not know her country. It becomes a failure that says so.');
  salesforce.addValidationRule({
    object: 'Lead',
    when: (record) => record.Country === 'Atlantis',
    message: 'Country must be on the list of countries we sell to.',
    field: 'Country',
  });
  const id = hubspot.createContact(character('Vera Void', 'salesqualifiedlead', ownerId, { country: 'Atlantis' }));
  await settled();
  return id;
}

/** Marketing mends what the failure named. */
export async function mend({ hubspot, settled }: Stage, contactId: string): Promise<void> {
  hubspot.editContact(contactId, { country: 'Portugal' });
  await settled();
}

async function loseAnAnswer({ hubspot, salesforce, ownerId, settled }: Stage, narrate: Narrate): Promise<string> {
  narrate('For Uma the connection breaks after Salesforce has stored her and before it answers.');
  salesforce.faults.add({
    kind: 'cut-after',
    match: 'POST /services/data',
    bodyMatch: /composite\/sobjects.*uma\.unlucky@story\.example/s,
  });
  const id = hubspot.createContact(character('Uma Unlucky', 'salesqualifiedlead', ownerId));
  await settled();
  return id;
}
