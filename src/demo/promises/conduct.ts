import type { Check, Findings } from './findings.ts';

/** Promise 4. */
export function noLoops({ quiet: { webhooks, reads, polls, writes } }: Pick<Findings, 'quiet'>): Check {
  const evidence = `${writes} writes after ${webhooks} webhooks were delivered once again and looked at (${reads} reads) and Salesforce was polled ${polls} times`;
  return { held: webhooks > 0 && reads > 0 && writes === 0, evidence };
}

/** Promise 7. Counted while the refusal stood: afterwards everybody has arrived anyhow. */
export function neighboursUnharmed({ refusal }: Pick<Findings, 'refusal'>): Check {
  const { failure, others, arrived, refusedArrived } = refusal;
  const what =
    failure === null
      ? 'the refused contact left no failure'
      : `one contact was refused (${failure.vendorCode ?? failure.code}: "${failure.message}")`;
  const evidence = `${what}; at that moment ${arrived} of the other ${others} past the gate had their person`;
  const named = failure?.kind === 'needs-human' && failure.advice !== '';
  return { held: named && !refusedArrived && others > 0 && arrived === others, evidence };
}

/** Promise 8. */
export function withinBudgets({ stage }: Pick<Findings, 'stage'>): Check {
  const { total, tooMany, maxIn10s } = stage.hubspot.counters();
  const evidence = `${total} HubSpot calls, at most ${maxIn10s} in 10 s of 100 allowed, ${tooMany} refused; ${stage.salesforce.countedCalls()} Salesforce calls`;
  return { held: tooMany === 0 && maxIn10s <= 100, evidence };
}

/** Promise 9: what belongs to anybody who ever was in either CRM. */
export function nothingPersonalLogged({ stage, records }: Pick<Findings, 'stage' | 'records'>): Check {
  const { hubspot, salesforce, logLines } = stage;
  const secrets = [hubspot.accessToken, hubspot.clientSecret, salesforce.clientSecret];
  const contacts = hubspot
    .contacts()
    .flatMap(({ properties }) => [properties.email, properties.lastname, properties.phone]);
  const persons = [...salesforce.all('Lead'), ...salesforce.all('Contact')].flatMap(({ Email, LastName, Phone }) => [
    Email,
    LastName,
    Phone,
  ]);
  const ofRecords = records.flatMap(({ properties }) => [properties.name, properties.domain, properties.dealname]);
  const words = [...new Set([...secrets, ...contacts, ...persons, ...ofRecords])].filter(
    (word) => typeof word === 'string' && word !== '',
  );
  const telling = logLines.filter((line) => words.some((word) => line.includes(String(word))));
  const evidence = `${logLines.length} log lines, ${telling.length} with a secret, a name, a number or an address`;
  return { held: telling.length === 0 && logLines.length > 0, evidence };
}
