-- What people put right in casts, and how a cast that is put right while it serves reaches the
-- frontends' own rows.

-- Not of a content version: replayed on each.
create table if not exists public.falsafa_corrections (
    book_id uuid not null,
    id uuid not null,
    seq bigint generated always as identity, -- the order in which they are made
    author text not null,
    change jsonb not null,
    created_at timestamptz not null,
    primary key (book_id, id)
);

-- The last of the book's; where it is there already, a lost answer was asked for again. A book's are
-- added one after the other, so that a number is never seen before a smaller one.
create or replace function public.falsafa_add_correction(the_book uuid, the_correction jsonb)
returns void
language plpgsql set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(the_book::text, 3));
    insert into public.falsafa_corrections (book_id, id, author, change, created_at)
    select the_book, c.id, c.author, c.change, c.created_at
    from jsonb_to_record(the_correction) as c (
        id uuid, author text, change jsonb, created_at timestamptz
    )
    on conflict (book_id, id) do nothing;
end $$;

-- The ids of those whom a version's roster shows.
create or replace function public.falsafa_rostered(the_book uuid, the_version integer)
returns uuid[]
language sql stable set search_path = '' as $$
    select coalesce(array_agg((entry.value ->> 'id')::uuid), '{}')
    from public.falsafa_casts c, jsonb_array_elements(c.roster) as entry
    where (c.book_id, c.version) = (the_book, the_version);
$$;

-- Rows are looked up by id and book, for a deployment may have no unique index on either. What people
-- fill in (avatar_url, role, personality_traits, a description) stays; `shown` are the ids of those
-- whom frontends were shown until now.
create or replace function public.falsafa_show_characters(
    the_book uuid, the_version integer, shown uuid[]
) returns void
language plpgsql set search_path = '' as $$
begin
    update public.characters c
    set name = r.name,
        aliases = r.aliases,
        mention_count = r.mention_count,
        description = coalesce(nullif(c.description, ''), r.few_words),
        system_prompt = coalesce(r.prompt, c.system_prompt),
        is_primary = r.is_primary,
        sort_order = r.place,
        processing_version = coalesce(c.processing_version, 0) + 1,
        updated_at = now(),
        -- Who was shown until now and is marked was marked by a person, and stays so.
        deleted_at = case when c.id = any (shown) then c.deleted_at end
    from public.falsafa_roster(the_book, the_version) r
    where c.id = r.id and c.book_id = the_book;
    insert into public.characters
        (id, book_id, name, description, aliases, mention_count, system_prompt,
         processing_version, is_primary, sort_order)
    select
        r.id, the_book, r.name, r.few_words, r.aliases, r.mention_count, r.prompt, 1,
        r.is_primary, r.place
    from public.falsafa_roster(the_book, the_version) r
    where not exists (
        select from public.characters c where c.id = r.id and c.book_id = the_book
    );
    -- Nobody can be talked with who is not of the cast.
    update public.characters c
    set deleted_at = now(), updated_at = now()
    where c.book_id = the_book and c.deleted_at is null
        and not c.id = any (public.falsafa_rostered(the_book, the_version));
end $$;

-- Called when a version comes to serve.
create or replace function public.falsafa_publish_characters(the_book uuid, the_version integer)
returns void
language plpgsql set search_path = '' as $$
declare
    former_version integer;
begin
    perform from public.falsafa_casts c where (c.book_id, c.version) = (the_book, the_version);
    if not found then
        return;
    end if;
    select max(c.version) into former_version
    from public.falsafa_casts c where c.book_id = the_book and c.version < the_version;
    perform public.falsafa_show_characters(
        the_book, the_version, public.falsafa_rostered(the_book, former_version)
    );
end $$;

-- As falsafa_put_cast; and what frontends read of the version that serves is kept in step.
create or replace function public.falsafa_replace_cast(
    the_book uuid, the_version integer, the_cast json
) returns void
language plpgsql set search_path = '' as $$
declare
    shown uuid[];
begin
    perform pg_advisory_xact_lock(hashtextextended(the_book::text || the_version, 1));
    shown := public.falsafa_rostered(the_book, the_version);
    perform public.falsafa_put_cast(the_book, the_version, the_cast);
    perform from public.falsafa_books b
    where b.book_id = the_book and b.serving = the_version;
    if found then
        perform public.falsafa_show_characters(the_book, the_version, shown);
    end if;
end $$;

select public.falsafa_finish_migration('00000000000110_corrections');
