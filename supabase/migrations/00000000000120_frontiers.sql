-- Where a session's frontier goes back, nothing of later pages stays in what its row shows: its preview
-- goes, and the title is given anew where it was a name that is not known yet.

drop function if exists public.falsafa_set_frontier(text, uuid, bigint);

create or replace function public.falsafa_set_frontier(
    the_key text, the_id uuid, the_frontier bigint, the_title text default null
) returns void
language plpgsql set search_path = '' as $$
declare
    goes_back boolean;
begin
    if not public.falsafa_lock_session(the_key, the_id) then
        raise exception using errcode = 'FAL02', message = 'There is no such session.';
    end if;
    select the_frontier < coalesce(
        (select s.frontier from public.falsafa_sessions s where s.session_id = the_id),
        9223372036854775807
    ) into goes_back;
    insert into public.falsafa_sessions (session_id, frontier) values (the_id, the_frontier)
    on conflict (session_id) do update set frontier = excluded.frontier;
    if goes_back or the_title is not null then
        execute format(
            'update public.chat_sessions set title = coalesce($2, title),'
            ' last_message_preview = case when $3 then null else last_message_preview end'
            ' where %I = $1',
            the_key
        ) using the_id, the_title, goes_back;
    end if;
end $$;

select public.falsafa_finish_migration('00000000000120_frontiers');
