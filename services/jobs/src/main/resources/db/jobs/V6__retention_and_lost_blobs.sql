-- Set once a job is history: its outputs, attempts and changes are gone.
alter table jobs add column archived_at timestamptz;

create index jobs_to_archive on jobs (ended_at) where archived_at is null and ended_at is not null;
create index jobs_ended on jobs (ended_at) where ended_at is not null;
create index job_outputs_age on job_outputs (created_at);
create index batches_ended on batches (ended_at) where ended_at is not null;

-- Set when the blob store turned out to have lost the bytes.
alter table photos add column original_lost_at timestamptz;
alter table photo_variants add column lost_at timestamptz;
alter table job_outputs add column lost_at timestamptz;
