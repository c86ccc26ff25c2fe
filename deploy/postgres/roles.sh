#!/usr/bin/env bash
# Runs once, when PostgreSQL's data folder is made: one login and one schema a service; none can read another's.
set -euo pipefail
for schema in jobs credits events; do
  variable="DB_${schema^^}_PASSWORD"
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    -v schema="$schema" -v login="rekindle_$schema" -v password="${!variable:?is missing; make it by ./rekindle keys}" <<'SQL'
create role :"login" login password :'password';
alter role :"login" set search_path = :"schema";
create schema :"schema" authorization :"login";
SQL
done
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -v database="$POSTGRES_DB" <<'SQL'
revoke all on database :"database" from public;
grant connect on database :"database" to rekindle_jobs, rekindle_credits, rekindle_events;
SQL
