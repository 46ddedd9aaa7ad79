import type { MappingLedger, MappingLine, MappingVersion, NewMapping, VersionName } from '../ports/ledger-mappings.ts';
import { activateVersion, lockConnection, registerMapping, startWithMapping } from './activate-mapping.ts';
import type { LedgerContext } from './context.ts';
import { asLedger, inTransaction } from './pool.ts';

/** The versions of the mapping: registered, proposed, activated. */
export function createMappingLedger(context: LedgerContext): MappingLedger {
  const { pool, connectionId } = context;
  return {
    activeVersion: () =>
      asLedger(async () => {
        const { rows } = await pool.query<{ version: number | null }>({
          name: 'active-mapping',
          text: 'select mapping_version as version from connections where id = $1',
          values: [connectionId],
        });
        return rows[0]?.version ?? null;
      }),
    mappingVersion: (version) => asLedger(async () => (await readVersions(context, { limit: 1, version }))[0] ?? null),
    mappingVersions: (limit) => asLedger(async () => await readVersions(context, { limit, version: null })),
    mappingLine: (name) => asLedger(async () => (await readLines(context, { name, limit: 1 }))[0] ?? null),
    mappingLines: (limit, below) => asLedger(() => readLines(context, { limit, below })),
    proposeMapping: (mapping, by) => asLedger(() => propose(context, mapping, by)),
    activateVersion: (version, by, applied) => asLedger(() => activateVersion(context, { version, by, applied })),
    startWithMapping: (mapping, by) => asLedger(() => startWithMapping(context, mapping, by)),
  };
}

// What was proposed before the active version was activated is no longer waiting for anybody.
const proposedSql = `
with proposed as (
  select v.version from mapping_versions v join connections c on c.id = v.connection_id
  left join mapping_versions a on a.connection_id = c.id and a.version = c.mapping_version
  where v.connection_id = $1 and v.proposed_at is not null and v.version is distinct from c.mapping_version
    and (a.activated_at is null or v.proposed_at > a.activated_at)
  order by v.proposed_at desc limit 1
)`;
const lineColumns = `
select v.version, v.hash, v.version is not distinct from c.mapping_version as "isActive",
       v.version in (select version from proposed) as "isProposed",
       floor(extract(epoch from v.proposed_at)::float8 * 1000) as "proposedAtMs", v.proposed_by as "proposedBy",
       floor(extract(epoch from v.activated_at)::float8 * 1000) as "activatedAtMs", v.activated_by as "activatedBy"`;

const versionsSql = `${proposedSql}${lineColumns}, v.files
from mapping_versions v join connections c on c.id = v.connection_id
where v.connection_id = $1 and ($2::int is null or v.version = $2)
order by v.version desc limit $3`;

const linesSql = `${proposedSql}${lineColumns}, v.files is not null as "filesKept",
       jsonb_build_object('createsPerRun', v.creates_per_run, 'changesPerRun', v.changes_per_run) as limits
from mapping_versions v join connections c on c.id = v.connection_id
where v.connection_id = $1 and ($2::int is null or v.version < $2) and ($3::int is null or v.version = $3)
  and case $4 when 'active' then v.version = c.mapping_version when 'proposed' then v.version in (select version from proposed) else true end
order by v.version desc limit $5`;

type WantedLines = { limit: number; below?: number | undefined; name?: VersionName };

async function readLines({ pool, connectionId }: LedgerContext, { limit, below, name }: WantedLines) {
  const values = [
    connectionId,
    below ?? null,
    typeof name === 'number' ? name : null,
    typeof name === 'string' ? name : null,
    limit,
  ];
  return (await pool.query<MappingLine>({ name: 'mapping-lines', text: linesSql, values })).rows;
}

type Wanted = { limit: number; version: number | null };

async function readVersions({ pool, connectionId }: LedgerContext, { limit, version }: Wanted) {
  const values = [connectionId, version, limit];
  return (await pool.query<MappingVersion>({ name: 'mapping-versions', text: versionsSql, values })).rows;
}

async function propose(context: LedgerContext, mapping: NewMapping, by: string): Promise<number> {
  return await inTransaction(context.pool, async (client) => {
    await lockConnection(client, context);
    const version = await registerMapping(client, context, mapping);
    await client.query(
      `update mapping_versions set proposed_at = clock_timestamp(), proposed_by = $3 where connection_id = $1 and version = $2`,
      [context.connectionId, version, by],
    );
    return version;
  });
}
