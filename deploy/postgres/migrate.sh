#!/bin/sh
# The roles that PostgREST takes on, then every migration in order. It may be repeated.
set -eu
psql -v ON_ERROR_STOP=1 -q -v password="$PGPASSWORD" -f /deploy/roles.sql
for migration in /migrations/*.sql; do
    echo "applying $(basename "$migration")"
    psql -v ON_ERROR_STOP=1 -q --single-transaction -f "$migration"
done
psql -q -c "notify pgrst, 'reload schema'"
