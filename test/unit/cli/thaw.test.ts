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
    async thaw(named, field) {
      asked.push([named, field]);
      return { contactId: '4712', thawed: await work() };
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

const mapping = {
  contact: { fields: [{ hubspot: 'city', salesforce: { Lead: 'City', Contact: 'MailingCity' } }] },
} as never;

/** A pair of which these fields are frozen. @returns what the ledger was asked to thaw */
async function thawOf(frozen: readonly string[], field?: string) {
  const thawed: unknown[] = [];
  const ledger = {
    history: async () => ({ pair: { frozen: frozen.map((name) => ({ system: 'salesforce', field: name })) } }),
    thaw: async (...wanted: unknown[]) => thawed.push(wanted),
  } as never;
  const count = await thawFields({ ledger, mapping }, { contactId: '4712', by: 'revops', field });
  return { count, thawed };
}

describe('handoff thaw', () => {
  it.each(['4712', 'anna@example.com', '00Q000000000001'])('takes %j as explain does', async (named) => {
    expect(await thaw([named, '--field', 'phone'])).toEqual({
      codes: [0],
      asked: [[named, 'phone']],
      told: '1 field of contact 4712 will be written again.',
    });
  });

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
    expect((await thawOf(frozen, field)).thawed).toEqual(expected.map((name) => ['4712', 'revops', name]));
  });

  it('takes all where no field is named', async () => {
    expect((await thawOf(['City', 'Email'])).thawed).toEqual([['4712', 'revops']]);
  });

  it('says so where nothing is frozen', async () => {
    await expect(thawOf([], 'city')).rejects.toThrow('city is not frozen; nothing of this contact is.');
  });
});
