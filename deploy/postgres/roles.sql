-- What Supabase has and a bare PostgreSQL has not: the roles that PostgREST takes on.
select 'create role anon nologin noinherit'
where not exists (select from pg_roles where rolname = 'anon') \gexec
select 'create role authenticated nologin noinherit'
where not exists (select from pg_roles where rolname = 'authenticated') \gexec
select 'create role service_role nologin noinherit bypassrls'
where not exists (select from pg_roles where rolname = 'service_role') \gexec
select 'create role authenticator login noinherit'
where not exists (select from pg_roles where rolname = 'authenticator') \gexec
alter role authenticator password :'password';
grant anon, authenticated, service_role to authenticator;
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to service_role;
alter default privileges in schema public grant all on sequences to service_role;
alter default privileges in schema public grant execute on functions to service_role;
