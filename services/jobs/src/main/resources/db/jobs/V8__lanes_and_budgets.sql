-- When the day of the budget ends for which the lane was paused: one that somebody resumed since is not paused again for it.
alter table lane_orders add column held_until timestamptz;
