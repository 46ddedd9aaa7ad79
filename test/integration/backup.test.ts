import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sqlContact } from '../support/people.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

let stack: Stack | null = null;
afterAll(async () => await stack?.close());

const status = z.object({
  pairs: z.number(),
  handoffsToday: z.number(),
  mappingVersion: z.number(),
  pending: z.object({ due: z.number(), waiting: z.number(), leased: z.number() }),
});

async function statusOf({ run }: Stack) {
  return status.parse(JSON.parse((await run('status', '--json')).stdout));
}

describe('a backup of the embedded ledger, as docs/deploy.md says it is made', () => {
  it('goes on after a restore without creating anybody twice', async () => {
    stack = await startStack({ queue: { name: 'postgresql', env: {} } });
    const { hubspot, salesforce, dataDir } = stack;
    const first = await stack.start();
    for (const name of ['ann', 'ben', 'cem']) hubspot.createContact(sqlContact(name));
    await eventually('three have arrived', () => salesforce.all('Lead').length === 3);
    await eventually('nothing is pending', async () => {
      const { due, waiting, leased } = (await statusOf(stack as Stack)).pending;
      return due + waiting + leased === 0;
    });
    await first.stop();
    execFileSync('cp', ['-a', dataDir, `${dataDir}.backup`]);

    // What happens after the backup is lost with the disk; both CRMs still have it.
    const second = await stack.start();
    hubspot.createContact(sqlContact('dee'));
    await eventually('the fourth has arrived', () => salesforce.all('Lead').length === 4);
    await second.stop();
    renameSync(dataDir, `${dataDir}.lost`);
    renameSync(`${dataDir}.backup`, dataDir);
    const third = await stack.start();
    hubspot.createContact(sqlContact('eva'));
    await eventually('the fifth has arrived', () => salesforce.all('Lead').length === 5);
    await eventually('the ledger knows all five again', async () => (await statusOf(stack as Stack)).pairs === 5);

    const ids = salesforce.all('Lead').map((lead) => lead.HubSpot_Contact_Id__c);
    expect(new Set(ids).size).toBe(5);
    expect(await third.stop()).toBe(0);
  }, 180_000);
});
