-- Lists and searches of records, and the funnel.

-- All that is locked below, at once and in the order in which outcomes are committed.
lock table writes, links, pairs, bases, stage_moves in share mode;

-- A contact by its email where HubSpot cannot be asked. The values stay where they are: nothing is copied out of the bases [24]. An entry
-- must be short, and a text of a CRM need not be: no address is longer than 320 characters.
create index bases_email on bases (left(lower(hubspot ->> 'email'), 320)) where hubspot ->> 'email' is not null;

-- Which pairs were written to last, kind by kind: of deals, too, where a backfill wrote to 100,000 contacts since. A write enters it once, when
-- it is done.
create index writes_done on writes (object, at, id) where state = 'done';

-- The funnel reads moves that are over: ours since HubSpot holds the stage, others since they happened. Of one person in order, and of a
-- period; both without a look into the table. The two columns of the time are in there because an index that holds only what is made of them
-- is not read alone.
create index stage_moves_person on stage_moves (connection_id, contact_id, (coalesce(closed_at, at)), id)
  include (to_stage, closed_at, at) where state in ('verified', 'seen');
create index stage_moves_over on stage_moves (connection_id, (coalesce(closed_at, at)), id)
  include (contact_id, to_stage, kind, closed_at, at) where state in ('verified', 'seen');
create index stage_moves_recycled on stage_moves (connection_id, closed_at) where kind = 'recycle' and state = 'verified';
-- The few whose moves are another one's, or nobody's any more.
create index links_merged on links (pair_id) where system = 'hubspot' and object = 'contact' and status = 'merged';
create index pairs_gone on pairs (id) where object = 'contact' and tombstone_reason in ('contact_deleted', 'erased');
