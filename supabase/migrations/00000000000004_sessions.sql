-- Sessions and messages, beside the rows of frontends. The key of `chat_sessions` is `id` in some
-- deployments and `session_id` in others: `the_key` names it.

-- Those of one id or one user, latest used first; null matches all. A session without a book is of
-- its character's.
create or replace function public.falsafa_find_sessions(
    the_key text,
    the_id uuid default null,
    the_user uuid default null,
    the_book uuid default null,
    before_time timestamptz default null,
    before_id uuid default null,
    up_to integer default null
) returns table (
    id uuid,
    user_id uuid,
    book_id uuid,
    character_id uuid,
    title text,
    frontier bigint,
    message_count integer,
    last_message_at timestamptz,
    last_message_preview text,
    created_at timestamptz,
    updated_at timestamptz
)
language plpgsql stable set search_path = '' as $$
begin
    return query execute format(
        $query$
        select
            s.%1$I, s.user_id, coalesce(s.book_id, c.book_id), s.character_id,
            coalesce(s.title, ''), coalesce(f.frontier, 9223372036854775807),
            coalesce(s.message_count, 0), s.last_message_at,
            coalesce(s.last_message_preview, ''), s.created_at, s.updated_at
        from public.chat_sessions s
        left join public.characters c on s.book_id is null and c.id = s.character_id
        left join public.falsafa_sessions f on f.session_id = s.%1$I
        where s.deleted_at is null and coalesce(s.book_id, c.book_id) is not null
            and ($1 is null or s.%1$I = $1)
            and ($2 is null or s.user_id = $2)
            and ($3 is null or coalesce(s.book_id, c.book_id) = $3)
            and ($4 is null or (s.updated_at, s.%1$I) < ($4, $5))
        order by s.updated_at desc, s.%1$I desc
        limit $6
        $query$,
        the_key
    ) using the_id, the_user, the_book, before_time, before_id, up_to;
end $$;

create or replace function public.falsafa_add_session(the_key text, the_session jsonb) returns void
language plpgsql set search_path = '' as $$
declare
    the_id constant uuid := the_session ->> 'id';
begin
    perform pg_advisory_xact_lock(hashtextextended(the_id::text, 0));
    if not public.falsafa_lock_session(the_key, the_id) then
        execute format(
            $query$
            insert into public.chat_sessions
                (%I, user_id, book_id, character_id, title, message_count, last_message_at,
                 last_message_preview, created_at, updated_at)
            select
                s.id, s.user_id, s.book_id, s.character_id, s.title, s.message_count,
                s.last_message_at, nullif(s.last_message_preview, ''), s.created_at, s.updated_at
            from jsonb_to_record($1) as s (
                id uuid, user_id uuid, book_id uuid, character_id uuid, title text,
                message_count integer, last_message_at timestamptz, last_message_preview text,
                created_at timestamptz, updated_at timestamptz
            )
            $query$,
            the_key
        ) using the_session;
        insert into public.falsafa_sessions (session_id, frontier)
        values (the_id, (the_session ->> 'frontier')::bigint)
        on conflict (session_id) do nothing;
    end if;
end $$;

-- Whether it is there; then nobody else writes to it until this transaction ends.
create or replace function public.falsafa_lock_session(the_key text, the_id uuid) returns boolean
language plpgsql set search_path = '' as $$
declare
    found_id uuid;
begin
    execute format(
        'select %1$I from public.chat_sessions where %1$I = $1 and deleted_at is null for update',
        the_key
    ) into found_id using the_id;
    return found_id is not null;
end $$;

-- By session or by book. Marked, as frontends do: its messages no longer exist either.
create or replace function public.falsafa_delete_sessions(
    the_key text, the_id uuid default null, the_book uuid default null
) returns void
language plpgsql set search_path = '' as $$
begin
    execute format(
        $query$
        update public.chat_sessions set deleted_at = now()
        where %1$I in (select id from public.falsafa_find_sessions($1, $2, null, $3))
        $query$,
        the_key
    ) using the_key, the_id, the_book;
end $$;

create or replace function public.falsafa_set_frontier(
    the_key text, the_id uuid, the_frontier bigint
) returns void
language plpgsql set search_path = '' as $$
begin
    if not public.falsafa_lock_session(the_key, the_id) then
        raise exception using errcode = 'FAL02', message = 'There is no such session.';
    end if;
    insert into public.falsafa_sessions (session_id, frontier) values (the_id, the_frontier)
    on conflict (session_id) do update set frontier = excluded.frontier;
end $$;

-- Refuse a holder of the session's lock whom a later one has followed; else note the number.
create or replace function public.falsafa_check_fence(the_id uuid, the_fence bigint) returns void
language plpgsql set search_path = '' as $$
begin
    insert into public.falsafa_sessions as ours (session_id, fence) values (the_id, the_fence)
    on conflict (session_id) do update set fence = excluded.fence
    where ours.fence <= excluded.fence;
    if not found then
        raise exception using
            errcode = 'FAL03', message = 'A newer turn of this session has taken over.';
    end if;
end $$;

-- The message and what its session tells of it, in one step; the same message again does nothing.
create or replace function public.falsafa_append_message(
    the_key text, the_message jsonb, the_preview text, the_fence bigint
) returns void
language plpgsql set search_path = '' as $$
declare
    m record;
    moment timestamptz;
begin
    select * into m from jsonb_to_record(the_message) as told (
        id uuid, session_id uuid, role text, content text, metadata jsonb, created_at timestamptz
    );
    if not public.falsafa_lock_session(the_key, m.session_id) then
        raise exception using errcode = 'FAL02', message = 'There is no such session.';
    end if;
    perform public.falsafa_check_fence(m.session_id, the_fence);
    if exists (select from public.messages there where there.id = m.id) then
        return;
    end if;
    -- Frontends sort by the time alone: no two messages of a session may have the same.
    moment := m.created_at;
    while exists (
        select from public.messages there
        where there.session_id = m.session_id and there.created_at = moment
    ) loop
        moment := moment
            + case when m.role = 'user' then -1 else 1 end * interval '1 microsecond';
    end loop;
    if moment <> m.created_at then
        m.metadata := m.metadata || jsonb_build_object('created_at', m.created_at);
    end if;
    insert into public.messages (id, session_id, role, content, metadata, created_at)
    values (m.id, m.session_id, m.role, m.content, m.metadata, moment);
    execute format(
        'update public.chat_sessions set message_count = coalesce(message_count, 0) + 1'
        ' where %I = $1',
        the_key
    ) using m.session_id;
    execute format(
        $query$
        update public.chat_sessions set
            last_message_at = $2,
            last_message_preview = $3,
            updated_at = greatest(updated_at, $2)
        where %I = $1 and (last_message_at is null or last_message_at <= $2)
        $query$,
        the_key
    ) using m.session_id, m.created_at, the_preview;
end $$;

create or replace function public.falsafa_settle_message(
    the_key text, the_id uuid, the_state text, the_fence bigint
) returns void
language plpgsql set search_path = '' as $$
declare
    its_session uuid;
begin
    select m.session_id into its_session from public.messages m where m.id = the_id;
    if its_session is null or not public.falsafa_lock_session(the_key, its_session) then
        return; -- deleted with its session
    end if;
    perform public.falsafa_check_fence(its_session, the_fence);
    update public.messages m
    set metadata = coalesce(m.metadata, '{}') || jsonb_build_object('state', the_state)
    where m.id = the_id;
end $$;

-- Oldest first. A frontend's own messages name no turn: theirs begins with each question.
create or replace function public.falsafa_messages_of(the_key text, the_session uuid)
returns table (
    id uuid,
    session_id uuid,
    turn_id text,
    role text,
    content text,
    state text,
    metadata jsonb,
    created_at timestamptz
)
language sql stable set search_path = '' as $$
    select
        m.id,
        m.session_id,
        coalesce(
            m.metadata ->> 'turn_id',
            first_value(m.id) over (
                partition by m.metadata ->> 'turn_id', m.question
                order by m.created_at, m.role desc, m.id
            )::text
        ),
        m.role,
        m.content,
        case when m.metadata ? 'turn_id' then m.metadata ->> 'state' else 'complete' end,
        coalesce(m.metadata, '{}'),
        m.created_at
    from (
        select
            told.*,
            count(*) filter (where told.role = 'user') over (
                order by told.created_at, told.role desc, told.id
            ) as question
        from public.messages told
        where told.session_id = the_session and told.role in ('user', 'assistant')
    ) m
    where exists (select from public.falsafa_find_sessions(the_key, the_session));
$$;

-- 'user' > 'assistant' as texts, so the role sorts downwards.
create or replace function public.falsafa_page_of_messages(
    the_key text,
    the_session uuid,
    up_to integer,
    after_time timestamptz default null,
    after_role text default null,
    after_id uuid default null
) returns setof jsonb
language sql stable set search_path = '' as $$
    select to_jsonb(m)
    from public.falsafa_messages_of(the_key, the_session) m
    where after_time is null
        or m.created_at > after_time
        or (m.created_at = after_time and m.role < after_role)
        or (m.created_at = after_time and m.role = after_role and m.id > after_id)
    order by m.created_at, m.role desc, m.id
    limit up_to;
$$;

-- The last ones, newest first, of turns that gave a text and whose question is settled.
create or replace function public.falsafa_history(the_key text, the_session uuid, up_to integer)
returns setof jsonb
language sql stable set search_path = '' as $$
    select to_jsonb(m) - 'whole'
    from (
        select
            told.*,
            bool_or(told.role = 'assistant' and btrim(told.content, E' \t\r\n') <> '') over turn
                and bool_and(told.state in ('complete', 'partial')) over turn as whole
        from public.falsafa_messages_of(the_key, the_session) told
        window turn as (partition by told.turn_id)
    ) m
    where m.whole
    order by m.created_at desc, m.role, m.id desc
    limit up_to;
$$;

select public.falsafa_finish_migration('00000000000004_sessions');
