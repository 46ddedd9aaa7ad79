import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useLedger } from '../support/ledger.ts';

const bench = useLedger();

/** Pairs in bulk, a minute apart: `every` of them a deal, the last `unwritten` of them never written to. */
async function fill({
  pairs,
  writes = 1,
  every = 10,
  unwritten = 0,
}: {
  pairs: number;
  writes?: number;
  every?: number;
  unwritten?: number;
}) {
  const { pool } = bench.database;
  await pool.query(
    `insert into pairs (connection_id, object, person_object, person_id)
     select 1, case when n % $2 = 0 then 'deal' else 'contact' end, case when n % $2 = 0 then 'Opportunity' else 'Contact' end, n::text
     from generate_series(1, $1::int) as n`,
    [pairs, every],
  );
  await pool.query(
    `insert into links (connection_id, system, object, record_id, pair_id, status)
     select 1, 'hubspot', object, id::text, id, 'live' from pairs union all
     select 1, 'salesforce', person_object, person_id, id, 'live' from pairs`,
  );
  await pool.query(
    `insert into bases (pair_id, hubspot, salesforce, mapping_version)
     select id, case when object = 'deal' then jsonb_build_object('dealname', 'Deal ' || id)
                     else jsonb_build_object('email', 'Person' || id || '@x.example', 'lastname', 'Name ' || id) end, '{}', 1 from pairs`,
  );
  await pool.query(
    `insert into writes (at, connection_id, pair_id, token, mapping_version, system, object, record_id, operation, changes, state)
     select clock_timestamp() - make_interval(secs => $2::int * $3::int - (w.n * $2::int + p.id) ), 1, p.id, gen_random_uuid(), 1, 'salesforce', p.person_object,
            p.person_id, 'update', '[]', 'done'
     from generate_series(0, $3::int - 1) as w(n) cross join pairs p where p.id <= $1::int - $4::int order by 1`,
    [pairs, pairs, writes, unwritten],
  );
}

async function walk(object: 'contact' | 'deal', limit: number): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let [after, pages]: [string | null, number] = [null, 0];
  do {
    const page: Awaited<ReturnType<typeof bench.ledger.lastChanged>> = await bench.ledger.lastChanged(
      object,
      limit,
      after,
    );
    ids.push(...page.pairs.map(({ recordId }) => String(recordId)));
    after = page.next;
    pages += 1;
  } while (after !== null && pages < 1_000);
  return { ids, pages };
}

const numbers = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((from - to) / step) + 1 }, (_, at) => String(from - at * step));

describe('pairs in the order of their last change', () => {
  it('come once each, page by page, whatever was written to them before', async () => {
    await fill({ pairs: 60, writes: 20 });

    const contacts = await walk('contact', 7);
    const deals = await walk('deal', 4);

    expect(contacts.ids).toEqual(numbers(60, 1, 1).filter((id) => Number(id) % 10 !== 0));
    expect(deals.ids).toEqual(['60', '50', '40', '30', '20', '10']);
  });

  it('end with those that nothing was written to, the newest pair first', async () => {
    await fill({ pairs: 30, unwritten: 12 });

    expect((await walk('contact', 5)).ids).toEqual(
      [...numbers(18, 1, 1), ...numbers(30, 19, 1)].filter((id) => Number(id) % 10 !== 0),
    );
  });

  it.each(['', 'w.1', 'w.x.1', 'p.', "p.1' or true", 'h.1', 'w.99999999999999999.1'])(
    'refuse the cursor %j',
    async (cursor) => {
      await expect(bench.ledger.lastChanged('contact', 10, cursor)).rejects.toMatchObject({ code: 'bad_cursor' });
    },
  );

  it('come once each where writes of one microsecond stand on both sides of a power of ten', async () => {
    const { pool } = bench.database;
    await fill({ pairs: 12, every: 100, unwritten: 12 });
    await pool.query(`select setval('writes_id', 995)`);
    await pool.query(
      `insert into writes (at, connection_id, pair_id, token, mapping_version, system, object, record_id, operation, changes, state)
       select statement_timestamp(), 1, id, gen_random_uuid(), 1, 'salesforce', person_object, person_id, 'update', '[]', 'done'
       from pairs order by pairs.id`,
    );
    const { rows } = await pool.query<{ id: string }>('select id from writes order by writes.id');
    expect(rows.map(({ id }) => id)).toEqual(numbers(1007, 996, 1).reverse());

    expect((await walk('contact', 3)).ids).toEqual(numbers(12, 1, 1));
  });

  it('are few looks into indexes, also of the kind that was written to long ago', async () => {
    await fill({ pairs: 3_000, writes: 3, every: 100 });
    await bench.database.pool.query('analyze');

    const startedAt = performance.now();
    const page = await bench.ledger.lastChanged('deal', 25, null);
    const plans = await explain([
      `select at, id, pair_id from writes where connection_id = 1 and object = 'Opportunity' and state = 'done'
         and (at, id) < (now() + interval '1 day', 1) order by at desc, id desc limit 500`,
      `select pair_id from bases where hubspot ->> 'email' is not null
         and left(lower(hubspot ->> 'email'), 320) = left('person7@x.example', 320)`,
    ]);

    expect(page.pairs).toHaveLength(25);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(plans[0]).toMatch(/Index (Only )?Scan Backward using writes_\d{4}_\d\d_object_at_id_idx/);
    expect(plans[1]).toContain('bases_email');
    expect(plans.join('\n')).not.toContain('Seq Scan');
  });
});

async function explain(statements: readonly string[]): Promise<string[]> {
  return await Promise.all(
    statements.map(async (text) => {
      const { rows } = await bench.database.pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    }),
  );
}

describe('what is known of pairs', () => {
  it('is found by HubSpot id, Salesforce id and email, each pair once', async () => {
    await fill({ pairs: 20 });

    const found = await bench.ledger.findPairs('contact', {
      recordIds: ['7'],
      counterpartIds: ['7', '8'],
      email: ' PERSON9@x.example',
    });

    expect(found.map(({ recordId, email }) => [recordId, email]).sort()).toEqual([
      ['7', 'Person7@x.example'],
      ['8', 'Person8@x.example'],
      ['9', 'Person9@x.example'],
    ]);
  });

  it('is stored and found under an email of any length, and under that alone', async () => {
    await fill({ pairs: 3 });
    const start = Array.from({ length: 120 }, (_, at) => createHash('sha256').update(`${at}`).digest('hex')).join('');
    const emailOf = (end: string) => `${start}${end}@x.example`;
    for (const [id, email] of [
      ['1', emailOf('A')],
      ['2', emailOf('b')],
    ]) {
      await bench.database.pool.query(
        `update bases set hubspot = jsonb_build_object('email', $2::text) where pair_id = $1`,
        [id, email],
      );
    }

    const found = await bench.ledger.findPairs('contact', { email: emailOf('a') });

    expect(found.map(({ recordId }) => recordId)).toEqual(['1']);
  });

  it('is nothing under an id of another kind, and nothing by an email that is a pattern', async () => {
    await fill({ pairs: 20 });

    const [deal, pattern, quote] = await Promise.all([
      bench.ledger.findPairs('deal', { recordIds: ['7'], counterpartIds: ['7'] }),
      bench.ledger.findPairs('contact', { email: '%@x.example' }),
      bench.ledger.findPairs('contact', { email: "' or ''='" }),
    ]);

    expect([deal, pattern, quote]).toEqual([[], [], []]);
  });

  it('tells of records without a pair that they wait or fail, and leaves out those of which nothing is noted', async () => {
    await bench.mark(['1', '2']);
    await bench.database.pool.query(
      `insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
       values (1, 'hubspot', 'contact', '2', 'needs-human', 'x', '', ''), (1, 'salesforce', 'Lead', '3', 'needs-human', 'x', '', '')`,
    );

    const marks = await bench.ledger.recordMarks({ system: 'hubspot', objects: ['contact'] }, ['1', '2', '3']);
    const leads = await bench.ledger.recordMarks({ system: 'salesforce', objects: ['Lead', 'Contact'] }, ['3']);

    expect(Object.fromEntries(marks)).toEqual({
      1: { failing: false, pending: true, isDecided: false },
      2: { failing: true, pending: true, isDecided: false },
    });
    expect(Object.fromEntries(leads)).toEqual({ 3: { failing: true, pending: false, isDecided: false } });
  });
});
