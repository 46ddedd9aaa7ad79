import { afterEach, expect, it } from 'vitest';
import { sqlContact } from '../support/people.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

let stack: Stack | undefined;
afterEach(async () => {
  await stack?.close();
  stack = undefined;
});

const queue = { name: 'postgresql', env: {} } as const;

it('a mistyped token on the command line pauses neither the next command nor the running service', async () => {
  stack = await startStack({ queue });
  await stack.start();
  const wrong = await stack.runWith({ HUBSPOT_ACCESS_TOKEN: 'pat-na1-mistyped' }, 'check', '--json');
  const right = await stack.run('check', '--json');
  stack.hubspot.createContact(sqlContact('still-served'));
  await eventually('the contact arrived', () => stack?.salesforce.all('Lead').length === 1, 30_000);

  const codes = (text: string) => JSON.parse(text).findings.map(({ code }: { code: string }) => code);
  expect(codes(wrong.stdout)).toContain('hubspot_unauthorised');
  expect(codes(right.stdout)).not.toContain('hubspot_unauthorised');
});
