-- Lists and searches of records, and the funnel.

-- A contact by its email where HubSpot cannot be asked. The values stay where they are: nothing is copied out of the bases [24].
create index bases_email on bases (lower(hubspot ->> 'email')) where hubspot ->> 'email' is not null;

-- Which pairs were written to last, kind by kind: of deals, too, where a backfill wrote to 100,000 contacts since. A write enters it once, when
-- it is done.
create index writes_done on writes (object, at, id) where state = 'done';
