import type { Command } from 'commander';
import type { HubSpotObject } from '../domain/record.ts';

/** A record as a person names it on the command line. */
export type NamedRecord = { object: HubSpotObject; named: string };

export type NamingOptions = { company?: string; deal?: string };

/** What stands first in the ids of each object of Salesforce, in both their forms. */
const prefixes: readonly (readonly [prefix: string, object: HubSpotObject])[] = [
  ['00Q', 'contact'],
  ['003', 'contact'],
  ['001', 'company'],
  ['006', 'deal'],
];
const salesforceId = /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/;

/** Gives a command the ways to name one record: a contact as its argument, anything else by an option or by its Salesforce id. */
export function addNaming(command: Command): Command {
  return command
    .argument(
      '[record]',
      'the HubSpot id or an email address of a contact, or the Salesforce id of a Lead, Contact, Account or Opportunity',
    )
    .option('--company <id>', 'a company, by its HubSpot id or the id of its Account')
    .option('--deal <id>', 'a deal, by its HubSpot id or the id of its Opportunity');
}

/**
 * The one record that was named.
 * @throws CommanderError wrong usage: none was named, or more than one
 */
export function namedRecord(
  command: Command,
  argument: string | undefined,
  { company, deal }: NamingOptions,
): NamedRecord {
  const named: NamedRecord[] = [
    ...(argument === undefined ? [] : [{ object: objectOf(argument.trim()), named: argument.trim() }]),
    ...(company === undefined ? [] : [{ object: 'company' as const, named: company.trim() }]),
    ...(deal === undefined ? [] : [{ object: 'deal' as const, named: deal.trim() }]),
  ];
  const [record, ...others] = named;
  if (record !== undefined && others.length === 0) return record;
  const fault = record === undefined ? 'name a record' : 'name one record, not several';
  return command.error(`error: ${fault}: an id or email, --company ID or --deal ID`, { exitCode: 2 });
}

function objectOf(named: string): HubSpotObject {
  if (!salesforceId.test(named)) return 'contact';
  return prefixes.find(([prefix]) => named.startsWith(prefix))?.[1] ?? 'contact';
}
