-- The audit log as one list: moves of the stage in the order of time. Writes have that order by their key, actions by an index of their own.
-- No index per filter: each would cost every write, and a filter that finds little reads the log in windows (docs/activity.md).
create index stage_moves_at on stage_moves (at, id);
