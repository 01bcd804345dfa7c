-- Falsafa's own tables, beside those of deployments. Nothing refers to a table of a deployment by a
-- foreign key: that would add triggers to it.
-- Times are timestamptz, positions code points into the canonical text, end exclusive.

-- Which of these files have been applied.
create table if not exists public.falsafa_migrations (
    name text primary key,
    applied_at timestamptz not null default now()
);

-- What `books` has no column for.
create table if not exists public.falsafa_books (
    book_id uuid primary key,
    made_here boolean not null default false, -- the row in `books` is ours too, and not a frontend's
    older boolean not null default false, -- an older backend had read it
    owner_id text,
    serving integer not null default 0, -- the content version that answers
    failure text not null default '',
    warnings jsonb not null default '[]',
    content_hash text not null default '',
    blob_key text not null default '',
    file_name text not null default '',
    media_type text not null default '',
    source_url text not null default '',
    updated_at timestamptz not null default now()
);
-- Not unique: the same file may be sent for several books of a frontend.
create index if not exists falsafa_books_by_content
    on public.falsafa_books (content_hash) where content_hash <> '';

create table if not exists public.falsafa_layouts (
    book_id uuid not null,
    version integer not null,
    revision uuid not null default gen_random_uuid(), -- another one each time it is written
    length bigint not null,
    primary key (book_id, version)
);

create table if not exists public.falsafa_chapters (
    book_id uuid not null,
    version integer not null,
    idx integer not null,
    title text not null,
    start_offset bigint not null,
    end_offset bigint not null,
    kind text not null,
    number integer,
    heading_start bigint,
    heading_end bigint,
    parents jsonb not null,
    primary key (book_id, version, idx),
    foreign key (book_id, version) references public.falsafa_layouts on delete cascade
);

create table if not exists public.falsafa_source_anchors (
    book_id uuid not null,
    version integer not null,
    idx integer not null,
    start_offset bigint not null,
    item text not null,
    item_index integer not null,
    path text not null,
    primary key (book_id, version, idx),
    foreign key (book_id, version) references public.falsafa_layouts on delete cascade
);

-- What `chat_sessions` has no column for. A frontend's session has no row until its first turn.
create table if not exists public.falsafa_sessions (
    session_id uuid primary key,
    frontier bigint not null default 9223372036854775807, -- the whole book
    fence bigint not null default 0 -- the highest fencing number that has written
);

create table if not exists public.falsafa_reading_progress (
    user_id text not null,
    book_id uuid not null,
    frontier bigint not null,
    updated_at timestamptz not null,
    primary key (user_id, book_id)
);
create index if not exists falsafa_reading_progress_by_book
    on public.falsafa_reading_progress (book_id);

create table if not exists public.falsafa_idempotency_keys (
    owner_id text not null,
    key text not null,
    fingerprint text not null,
    resource_id text not null,
    created_at timestamptz not null default now(),
    primary key (owner_id, key)
);

-- Called at the end of each migration: what is ours is for the service role alone, and the API
-- learns of it.
create or replace function public.falsafa_finish_migration(migration text) returns void
language plpgsql set search_path = '' as $$
declare
    thing text;
    others text;
begin
    insert into public.falsafa_migrations (name) values (migration) on conflict do nothing;
    select string_agg(quote_ident(rolname), ', ') into others
        from pg_roles where rolname in ('anon', 'authenticated');
    for thing in
        select format('public.%I', tablename) from pg_tables
        where schemaname = 'public' and starts_with(tablename, 'falsafa_')
    loop
        execute format('alter table %s enable row level security', thing);
        if others is not null then
            execute format('revoke all on table %s from %s', thing, others);
        end if;
        if exists (select from pg_roles where rolname = 'service_role') then
            execute format('grant all on table %s to service_role', thing);
        end if;
    end loop;
    for thing in
        select oid::regprocedure::text from pg_proc
        where pronamespace = 'public'::regnamespace and starts_with(proname, 'falsafa_')
    loop
        execute format('revoke all on function %s from public', thing);
        if others is not null then
            execute format('revoke all on function %s from %s', thing, others);
        end if;
        if exists (select from pg_roles where rolname = 'service_role') then
            execute format('grant execute on function %s to service_role', thing);
        end if;
    end loop;
    notify pgrst, 'reload schema';
end $$;

-- What the health check asks for. PostgREST tells its version as the application's name.
create or replace function public.falsafa_status() returns jsonb
language sql stable set search_path = '' as $$
    select jsonb_build_object(
        'api', current_setting('application_name'),
        'database', current_setting('server_version'),
        'migrations', coalesce(
            (select jsonb_agg(name order by name) from public.falsafa_migrations), '[]'
        )
    );
$$;

select public.falsafa_finish_migration('00000000000001_tables_of_deployments');
select public.falsafa_finish_migration('00000000000002_tables_of_falsafa');
