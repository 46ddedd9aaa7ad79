-- The call budgets that all processes share: one statement per reservation, decided under the lock of the bucket's row.

-- `rate` calls per window at an even pace, of which `burst` may go at once; the vendor's own word for its limit, where lower than the one
-- configured, scales both. A reservation of n calls may be sent at once when the slots before it are free: w/T + burst calls at most fall
-- into any window w. More than a burst is charged twice for the surplus: it needs room before it and after it.
-- Priorities 3 and 4 (`low`) are only ever granted what may go now, so they never queue in front of live work.
create function reserve_calls(
  connection smallint, bucket_name text, system_name text, wanted integer, low boolean,
  window_s float8, configured float8, rate float8, burst float8,
  out granted boolean, out wait_ms float8, out pause_until_ms float8, out pause_code text
) language plpgsql as $$
declare
  moment timestamptz;
  pace paces%rowtype;
  scale float8;
  slot interval;
  room float8;
  begins timestamptz;
  surplus float8;
begin
  -- A lost second of counting costs nothing; a disk flush per call would.
  perform set_config('synchronous_commit', 'off', true);
  select extract(epoch from until) * 1000, code into pause_until_ms, pause_code
  from waits where connection_id = connection and system = system_name and until > clock_timestamp();
  if found then
    granted := false;
    return;
  end if;
  granted := true;
  wait_ms := 0;
  if rate is not null then
    insert into paces (connection_id, bucket, next_at) values (connection, bucket_name, '-infinity') on conflict do nothing;
    select * into pace from paces where connection_id = connection and bucket = bucket_name for update;
    moment := clock_timestamp();
    scale := least(1, coalesce(pace.limit_per_window, configured) / configured);
    slot := make_interval(secs => window_s / (rate * scale));
    room := greatest(1, floor(burst * scale));
    surplus := greatest(0, wanted - room);
    begins := greatest(pace.next_at, moment - surplus * slot);
    wait_ms := greatest(0, extract(epoch from begins + (wanted - room) * slot - moment) * 1000);
    granted := not low or wait_ms = 0;
    if not granted then return; end if;
    update paces set next_at = begins + (wanted + surplus) * slot where connection_id = connection and bucket = bucket_name;
  end if;
  insert into calls (connection_id, bucket, hour, calls)
  values (connection, bucket_name, date_trunc('hour', clock_timestamp()), wanted)
  on conflict (connection_id, bucket, hour) do update set calls = calls.calls + excluded.calls;
end $$;

-- A budget per day: the calls of the last 24 hours against a number, or a share of the vendor's limit (as last seen). Low priorities
-- stop at `low_share` of it, so that live work keeps a reserve; also when others have used up that share of the vendor's own day.
create function reserve_daily_calls(
  connection smallint, bucket_name text, system_name text, wanted integer, low boolean,
  amount float8, assumed_limit integer, low_share float8,
  out granted boolean, out wait_ms float8, out pause_until_ms float8, out pause_code text
) language plpgsql as $$
declare
  used bigint;
  oldest timestamptz;
  vendor record;
  budget float8;
begin
  select coalesce(sum(c.calls), 0), min(c.hour) filter (where c.calls > 0) into used, oldest
  from calls c where c.connection_id = connection and c.bucket = bucket_name and c.hour > clock_timestamp() - interval '24 hours';
  select c.vendor_used, c.vendor_limit into vendor
  from calls c where c.connection_id = connection and c.bucket = bucket_name and c.vendor_limit is not null
    and c.hour > clock_timestamp() - interval '24 hours'
  order by c.hour desc limit 1;
  budget := case when amount <= 1 then amount * coalesce(vendor.vendor_limit, assumed_limit) else amount end;
  if used + wanted > (budget * (case when low then low_share else 1 end))
     or (low and vendor.vendor_used >= low_share * vendor.vendor_limit) then
    granted := false;
    -- The oldest hour leaves the sum 24 hours after it began.
    wait_ms := extract(epoch from greatest(clock_timestamp() + interval '1 minute',
      least(coalesce(oldest + interval '24 hours', clock_timestamp()), clock_timestamp() + interval '1 hour')) - clock_timestamp()) * 1000;
    pause_code := 'daily_budget_spent';
    return;
  end if;
  select r.* into granted, wait_ms, pause_until_ms, pause_code
  from reserve_calls(connection, bucket_name, system_name, wanted, low, null, null, null, null) as r;
end $$;
