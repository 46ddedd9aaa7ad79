import { expect } from 'vitest';
import type { DrainDependencies } from '../../src/usecases/drain/dependencies.ts';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { type Engine, type EngineOptions, startEngine } from './engine.ts';
import { personsOf, sqlContact } from './people.ts';

export const recycleReason = 'salesforce_recycle_reason';

/** An engine whose portal also has the property of the reason of a recycle. */
export async function startTwoWay(options: EngineOptions = {}): Promise<Engine> {
  const engine = await startEngine(options);
  const { properties } = engine.hubspot;
  if (properties.get('contacts', recycleReason) === undefined) {
    properties.define('contacts', { name: recycleReason, label: 'Reason of the recycle' });
  }
  return engine;
}

let number = 0;

export type Pair = { id: string; leadId: string };

/** A contact that was handed over, and its lead; both sides agree. */
export async function handedOver(engine: Engine, more: Record<string, string> = {}): Promise<Pair> {
  const id = engine.hubspot.createContact(sqlContact(`pair${++number}.${process.pid}`, more));
  await engine.look(id);
  await engine.look(id);
  const leadId = String(personsOf(engine, id)[0]?.Id);
  expect(engine.hubspot.getContact(id)?.properties.salesforce_person_id).toBe(leadId);
  return { id, leadId };
}

export const propertiesOf = ({ hubspot }: Engine, id: string) => hubspot.getContact(id)?.properties ?? {};
export const stageIn = (engine: Engine, id: string) => propertiesOf(engine, id).lifecyclestage;

/** Changes of one contact in the audit log, the newest first, that were carried out. */
export async function changesOf({ ledger }: Engine, id: string) {
  return (await ledger.history(id)).changes.filter(({ state }) => state === 'done');
}

type Steps = 'read' | 'update' | 'findPersons' | 'writePersons' | 'deleteRecords' | 'archiveRecords';

/** A worker in which something happens once, before or after its first call of a step. */
export function meeting(
  { dependencies }: Engine,
  when: { before?: Steps; after?: Steps; nth?: number },
  happens: () => unknown,
): DrainDependencies {
  let calls = 0;
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function' || (name !== when.before && name !== when.after)) return method;
        return async (...given: unknown[]) => {
          const strikes = ++calls === (when.nth ?? 1);
          if (strikes && name === when.before) await happens();
          const answer = await Reflect.apply(method, target, given);
          if (strikes && name === when.after) await happens();
          return answer;
        };
      },
    });
  return { ...dependencies, hubspot: wrap(dependencies.hubspot), salesforce: wrap(dependencies.salesforce) };
}

/** Marks the contact and lets this worker look at it. */
export async function lookWith(engine: Engine, worker: DrainDependencies, id: string): Promise<void> {
  await mark(engine, id);
  await drainContacts(worker, new AbortController().signal);
}

export async function mark({ ledger }: Engine, ...ids: readonly string[]): Promise<void> {
  await ledger.mark(
    ids.map((recordId) => ({ system: 'hubspot', object: 'contact', recordId, priority: 2, source: 'test' })),
  );
}

/** A worker that is killed: what it was about to do never happens, and its lease runs out. */
export async function killedAt(engine: Engine, when: { before?: Steps; after?: Steps; nth?: number }, id: string) {
  const dies = meeting(engine, when, () => {
    throw new Error('killed');
  });
  await mark(engine, id);
  await expect(drainContacts(dies, new AbortController().signal)).rejects.toThrow('killed');
  for (const table of ['pending', 'pairs']) {
    await engine.database.pool.query(`update ${table} set leased_until = now() - interval '1 s'`);
  }
}
