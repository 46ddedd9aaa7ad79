import { describe, expect, it } from 'vitest';
import { createCommand, createRun } from '../../../src/cli/command.ts';
import type { CliDependencies } from '../../../src/cli/dependencies.ts';
import { registerThaw } from '../../../src/cli/thaw.ts';
import { thawFields } from '../../../src/usecases/thaw-fields.ts';

/** @returns the exit code, for what was asked, and what was told on either output */
async function thaw(args: readonly string[], work: () => Promise<number> = async () => 1) {
  const asked: unknown[] = [];
  const told: string[] = [];
  const codes: number[] = [];
  const output = { print: (line: string) => void told.push(line), tell: (line: string) => void told.push(line) };
  const program = createCommand(output as unknown as CliDependencies);
  const given: Pick<CliDependencies, 'thaw'> = {
    async thaw(record, field) {
      asked.push([record, field]);
      return { recordId: '4712', thawed: await work() };
    },
  };
  registerThaw(
    program,
    given,
    createRun(output, (code) => void codes.push(code)),
  );
  await program.parseAsync(['thaw', ...args], { from: 'user' });
  return { codes, asked, told: told.join('\n') };
}

const kind = { owner: {}, pipelines: {}, amountRule: {}, roles: {} };
const mapping = {
  contact: { ...kind, fields: [{ hubspot: 'city', salesforce: { Lead: 'City', Contact: 'MailingCity' } }] },
  company: { ...kind, fields: [] },
  deal: { ...kind, fields: [{ hubspot: 'dealname', salesforce: { Opportunity: 'Name' } }] },
} as never;

/** A pair of which these fields are frozen. @returns what the ledger was asked to thaw */
async function thawOf(frozen: readonly string[], field?: string, object: 'contact' | 'deal' = 'contact') {
  const thawed: unknown[] = [];
  const ledger = {
    history: async () => ({ pair: { frozen: frozen.map((name) => ({ system: 'salesforce', field: name })) } }),
    thaw: async (...wanted: unknown[]) => thawed.push(wanted),
  } as never;
  const count = await thawFields({ ledger, mapping }, { object, recordId: '4712', by: 'revops', field });
  return { count, thawed };
}

describe('handoff thaw', () => {
  it.each([
    [['4712'], 'contact', '4712'],
    [['anna@example.com'], 'contact', 'anna@example.com'],
    [['00Q000000000001'], 'contact', '00Q000000000001'],
    [['001000000000001AAA'], 'company', '001000000000001AAA'],
    [['006000000000001'], 'deal', '006000000000001'],
    [['--company', '4712'], 'company', '4712'],
    [['--deal', '4712'], 'deal', '4712'],
  ])('takes %j for a %s, as explain does', async (args, object, named) => {
    expect(await thaw([...args, '--field', 'phone'])).toEqual({
      codes: [0],
      asked: [[{ object, named }, 'phone']],
      told: `1 field of ${object} 4712 will be written again.`,
    });
  });

  it.each([[[]], [['4712', '--deal', '4713']], [['--deal', '1', '--company', '2']]])(
    'refuses %j: one record is to be named',
    async (args) => {
      await expect(thaw(args)).rejects.toMatchObject({ exitCode: 2 });
    },
  );

  it('ends with 1 where the field is not frozen, and names what is', async () => {
    const wrong = () => thawOf(['Email'], 'nope').then(({ count }) => count);
    const { codes, told } = await thaw(['4712', '--field', 'nope'], wrong);

    expect(codes).toEqual([1]);
    expect(told).toContain('nope is not frozen; frozen: Email.');
  });
});

describe('thawing', () => {
  it.each([
    ['the name that is written', ['City', 'Email'], 'City', ['City']],
    ["the other side's name", ['City', 'Email'], 'city', ['City']],
    ['its name on the other object', ['MailingCity'], 'City', ['MailingCity']],
    ['a field that no mapping names', ['lifecyclestage'], 'lifecyclestage', ['lifecyclestage']],
  ])('finds %s', async (_, frozen, field, expected) => {
    expect((await thawOf(frozen, field)).thawed).toEqual(expected.map((name) => ['4712', 'revops', name, 'contact']));
  });

  it('takes all where no field is named', async () => {
    expect((await thawOf(['City', 'Email'])).thawed).toEqual([['4712', 'revops', undefined, 'contact']]);
  });

  it('knows the names of a deal, those of its settings among them', async () => {
    const frozen = ['Name', 'StageName', 'Amount'];
    const thawed = await Promise.all(['dealname', 'dealstage', 'amount'].map((name) => thawOf(frozen, name, 'deal')));

    expect(thawed.flatMap((each) => each.thawed)).toEqual(frozen.map((name) => ['4712', 'revops', name, 'deal']));
  });

  it('says so where nothing is frozen', async () => {
    await expect(thawOf([], 'city')).rejects.toThrow('city is not frozen; nothing of this contact is.');
  });
});
