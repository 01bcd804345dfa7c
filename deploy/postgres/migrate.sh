#!/bin/sh
# The roles that PostgREST takes on, then every migration in order. It may be repeated.
set -eu
psql -v ON_ERROR_STOP=1 -q -f /supabase/self_hosting/roles.sql
psql -v ON_ERROR_STOP=1 -q -v password="$PGPASSWORD" <<'SQL'
alter role authenticator password :'password';
SQL
for migration in /supabase/migrations/*.sql; do
    echo "applying $(basename "$migration")"
    psql -v ON_ERROR_STOP=1 -q --single-transaction -f "$migration"
done
psql -q -c "notify pgrst, 'reload schema'"
