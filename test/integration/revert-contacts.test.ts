import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { backfilled, beginRevert, heldFields, reverted } from '../support/reverts.ts';
import { countsOf, finishRun } from '../support/runs.ts';
import { handedOver, propertiesOf, stageIn, startTwoWay } from '../support/two-way.ts';

let engine: Engine;

beforeEach(async () => {
  engine = await startTwoWay();
});

afterEach(async () => {
  await engine.close();
});

const leadOf = (id: string) => engine.salesforce.get('Lead', id) ?? {};

it('puts both sides back to what they held before the run, and holds the fields', async () => {
  const { id, leadId } = await handedOver(engine, { jobtitle: 'CTO', phone: '+49 30 1234567' });
  engine.hubspot.editContact(id, { jobtitle: 'CEO' });
  const run = await backfilled(engine, 'contacts', id);
  expect(countsOf(run, 'outcome')).toEqual({ update: 1 });
  expect(leadOf(leadId).Title).toBe('CEO');

  const revert = await reverted(engine, run.id);
  expect(revert).toMatchObject({ kind: 'revert', state: 'ended', reverts: run.id });
  expect(countsOf(revert, 'outcome')).toEqual({ reverted: 1 });
  expect(countsOf(revert, 'put_back')).toEqual({ salesforce: 1 });
  expect(leadOf(leadId).Title).toBe('CTO');
  expect(propertiesOf(engine, id).jobtitle).toBe('CEO');
  expect(await heldFields(engine)).toEqual([`jobtitle Title ${revert.id}`]);

  // Nobody repairs what both sides hold.
  await engine.look(id);
  await engine.look(id);
  expect(leadOf(leadId).Title).toBe('CTO');
  expect(propertiesOf(engine, id).jobtitle).toBe('CEO');

  // A human's change on either side ends it, and the rule has its turn.
  engine.hubspot.editContact(id, { jobtitle: 'Chair' });
  await engine.look(id);
  expect(leadOf(leadId).Title).toBe('Chair');
  expect(await heldFields(engine)).toEqual([]);
});
