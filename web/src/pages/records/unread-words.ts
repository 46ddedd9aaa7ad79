const words: Readonly<Record<string, string>> = {
  person: 'The person in Salesforce could not be read: its values are missing here.',
  counterpart: 'The record in Salesforce could not be read: its values are missing here.',
  associations: 'Its associations in HubSpot could not be read.',
  hubspot_history: "HubSpot's history could not be read: who changed a value there last is missing here.",
  salesforce_history: "Salesforce's history could not be read: who changed a value there last is missing here.",
};

/** What of both sides could not be read, in one sentence. */
export function unreadWords(what: string): string {
  return words[what] ?? `Something could not be read: ${what}.`;
}
