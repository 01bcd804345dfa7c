-- What a content version of a book holds beside its text: its cast, the personas of its characters,
-- its passages. A cast and a list of passages are replaced as a whole, in one step, and read in one
-- statement, so that no reader sees half of two.

create table if not exists public.falsafa_casts (
    book_id uuid not null,
    version integer not null,
    revision uuid not null default gen_random_uuid(), -- another one each time it is written
    warnings jsonb not null,
    roster jsonb not null, -- the characters as frontends show them: see falsafa_roster
    primary key (book_id, version)
);

create table if not exists public.falsafa_characters (
    book_id uuid not null,
    version integer not null,
    idx integer not null,
    id uuid not null,
    name text not null,
    gender text,
    first_mention_start bigint not null,
    first_mention_end bigint not null,
    mention_count integer not null,
    quote_count integer not null,
    is_narrator boolean not null,
    primary key (book_id, version, idx),
    foreign key (book_id, version) references public.falsafa_casts on delete cascade
);

create table if not exists public.falsafa_aliases (
    book_id uuid not null,
    version integer not null,
    idx integer not null,
    character_id uuid not null,
    text text not null,
    known_from bigint not null,
    count integer not null,
    primary key (book_id, version, idx),
    foreign key (book_id, version) references public.falsafa_casts on delete cascade
);

create table if not exists public.falsafa_quotes (
    book_id uuid not null,
    version integer not null,
    idx integer not null,
    id text not null,
    start_offset bigint not null,
    end_offset bigint not null,
    utterance integer not null,
    speaker_id uuid,
    confidence double precision not null,
    attribution text not null,
    addressee_ids uuid[] not null,
    known_from bigint not null,
    primary key (book_id, version, idx),
    foreign key (book_id, version) references public.falsafa_casts on delete cascade
);

create table if not exists public.falsafa_mentions (
    book_id uuid not null,
    version integer not null,
    idx integer not null,
    start_offset bigint not null,
    end_offset bigint not null,
    character_id uuid not null,
    kind text not null,
    alias text not null,
    primary key (book_id, version, idx),
    foreign key (book_id, version) references public.falsafa_casts on delete cascade
);

create table if not exists public.falsafa_merges (
    book_id uuid not null,
    version integer not null,
    idx integer not null,
    absorbed_id uuid not null,
    into_id uuid not null,
    known_from bigint not null,
    primary key (book_id, version, idx),
    foreign key (book_id, version) references public.falsafa_casts on delete cascade
);

create table if not exists public.falsafa_personas (
    book_id uuid not null,
    version integer not null,
    character_id uuid not null,
    number integer not null,
    system_prompt text not null,
    through bigint not null,
    origin text not null,
    traits jsonb not null,
    created_at timestamptz not null,
    primary key (book_id, version, character_id, number)
);

create table if not exists public.falsafa_passage_lists (
    book_id uuid not null,
    version integer not null,
    revision uuid not null default gen_random_uuid(),
    count integer not null,
    primary key (book_id, version)
);

create table if not exists public.falsafa_passages (
    book_id uuid not null,
    version integer not null,
    idx integer not null,
    start_offset bigint not null,
    end_offset bigint not null,
    chapter_index integer not null,
    text text not null,
    context text not null,
    primary key (book_id, version, idx),
    foreign key (book_id, version) references public.falsafa_passage_lists on delete cascade
);

-- Casts. A table comes and goes as an object of columns, each an array of values in the order of the
-- rows: a novel has some 15,000 mentions, whose names of columns would weigh more than they.

create or replace function public.falsafa_put_cast(
    the_book uuid, the_version integer, the_cast json
) returns void
language plpgsql set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(the_book::text || the_version, 1));
    delete from public.falsafa_casts c where (c.book_id, c.version) = (the_book, the_version);
    insert into public.falsafa_casts (book_id, version, warnings, roster)
    values (the_book, the_version, the_cast -> 'warnings', the_cast -> 'roster');
    insert into public.falsafa_characters
        (book_id, version, id, name, gender, first_mention_start, first_mention_end,
         mention_count, quote_count, is_narrator, idx)
    select the_book, the_version, r.*
    from json_to_record(the_cast -> 'characters') as c (
            id uuid[], name text[], gender text[], first_mention_start bigint[],
            first_mention_end bigint[], mention_count integer[], quote_count integer[],
            is_narrator boolean[]
        ),
        unnest(
            c.id, c.name, c.gender, c.first_mention_start, c.first_mention_end, c.mention_count,
            c.quote_count, c.is_narrator
        ) with ordinality as r;
    insert into public.falsafa_aliases
        (book_id, version, character_id, text, known_from, count, idx)
    select the_book, the_version, r.*
    from json_to_record(the_cast -> 'aliases') as c (
            character_id uuid[], text text[], known_from bigint[], count integer[]
        ),
        unnest(c.character_id, c.text, c.known_from, c.count) with ordinality as r;
    insert into public.falsafa_quotes
        (book_id, version, id, start_offset, end_offset, utterance, speaker_id, confidence,
         attribution, addressee_ids, known_from, idx)
    select
        the_book, the_version, r.id, r.start_offset, r.end_offset, r.utterance, r.speaker_id,
        r.confidence, r.attribution, string_to_array(r.addressee_ids, ' ')::uuid[], r.known_from,
        r.idx
    from json_to_record(the_cast -> 'quotes') as c (
            id text[], start_offset bigint[], end_offset bigint[], utterance integer[],
            speaker_id uuid[], confidence double precision[], attribution text[],
            addressee_ids text[], known_from bigint[]
        ),
        unnest(
            c.id, c.start_offset, c.end_offset, c.utterance, c.speaker_id, c.confidence,
            c.attribution, c.addressee_ids, c.known_from
        ) with ordinality as r (
            id, start_offset, end_offset, utterance, speaker_id, confidence, attribution,
            addressee_ids, known_from, idx
        );
    insert into public.falsafa_mentions
        (book_id, version, start_offset, end_offset, character_id, kind, alias, idx)
    select the_book, the_version, r.*
    from json_to_record(the_cast -> 'mentions') as c (
            start_offset bigint[], end_offset bigint[], character_id uuid[], kind text[],
            alias text[]
        ),
        unnest(c.start_offset, c.end_offset, c.character_id, c.kind, c.alias)
            with ordinality as r;
    insert into public.falsafa_merges (book_id, version, absorbed_id, into_id, known_from, idx)
    select the_book, the_version, r.*
    from json_to_record(the_cast -> 'merges') as c (
            absorbed_id uuid[], into_id uuid[], known_from bigint[]
        ),
        unnest(c.absorbed_id, c.into_id, c.known_from) with ordinality as r;
end $$;

-- Null where there is none; the revision alone where the caller has this one.
create or replace function public.falsafa_cast(
    the_book uuid, the_version integer, known_revision uuid default null
) returns json
language sql stable set search_path = '' as $$
    select case
        when h.revision = known_revision then json_build_object('revision', h.revision)
        else json_build_object(
            'revision', h.revision,
            'warnings', h.warnings,
            'characters', (
                select json_build_object(
                    'id', json_agg(id order by idx),
                    'name', json_agg(name order by idx),
                    'gender', json_agg(gender order by idx),
                    'first_mention_start', json_agg(first_mention_start order by idx),
                    'first_mention_end', json_agg(first_mention_end order by idx),
                    'mention_count', json_agg(mention_count order by idx),
                    'quote_count', json_agg(quote_count order by idx),
                    'is_narrator', json_agg(is_narrator order by idx)
                )
                from public.falsafa_characters
                where (book_id, version) = (the_book, the_version)
            ),
            'aliases', (
                select json_build_object(
                    'character_id', json_agg(character_id order by idx),
                    'text', json_agg(text order by idx),
                    'known_from', json_agg(known_from order by idx),
                    'count', json_agg(count order by idx)
                )
                from public.falsafa_aliases
                where (book_id, version) = (the_book, the_version)
            ),
            'quotes', (
                select json_build_object(
                    'id', json_agg(id order by idx),
                    'start_offset', json_agg(start_offset order by idx),
                    'end_offset', json_agg(end_offset order by idx),
                    'utterance', json_agg(utterance order by idx),
                    'speaker_id', json_agg(speaker_id order by idx),
                    'confidence', json_agg(confidence order by idx),
                    'attribution', json_agg(attribution order by idx),
                    'addressee_ids', json_agg(array_to_string(addressee_ids, ' ') order by idx),
                    'known_from', json_agg(known_from order by idx)
                )
                from public.falsafa_quotes
                where (book_id, version) = (the_book, the_version)
            ),
            'mentions', (
                select json_build_object(
                    'start_offset', json_agg(start_offset order by idx),
                    'end_offset', json_agg(end_offset order by idx),
                    'character_id', json_agg(character_id order by idx),
                    'kind', json_agg(kind order by idx),
                    'alias', json_agg(alias order by idx)
                )
                from public.falsafa_mentions
                where (book_id, version) = (the_book, the_version)
            ),
            'merges', (
                select json_build_object(
                    'absorbed_id', json_agg(absorbed_id order by idx),
                    'into_id', json_agg(into_id order by idx),
                    'known_from', json_agg(known_from order by idx)
                )
                from public.falsafa_merges
                where (book_id, version) = (the_book, the_version)
            )
        )
    end
    from public.falsafa_casts h
    where (h.book_id, h.version) = (the_book, the_version);
$$;

-- Passages

create or replace function public.falsafa_put_passages(
    the_book uuid, the_version integer, the_passages json
) returns void
language plpgsql set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(the_book::text || the_version, 2));
    delete from public.falsafa_passage_lists l where (l.book_id, l.version) = (the_book, the_version);
    insert into public.falsafa_passage_lists (book_id, version, count)
    values (the_book, the_version, json_array_length(the_passages));
    insert into public.falsafa_passages
    select the_book, the_version, p.*
    from json_to_recordset(the_passages) as p (
        idx integer, start_offset bigint, end_offset bigint, chapter_index integer, text text,
        context text
    );
end $$;

create or replace function public.falsafa_passage_json(p public.falsafa_passages) returns json
language sql immutable set search_path = '' as $$
    select json_build_array(
        p.idx, p.start_offset, p.end_offset, p.chapter_index, p.text, p.context
    );
$$;

-- All of them, with their revision: null where there are none, the revision alone where the caller
-- has this one.
create or replace function public.falsafa_passages(
    the_book uuid, the_version integer, known_revision uuid default null
) returns json
language sql stable set search_path = '' as $$
    select case
        when l.revision = known_revision then json_build_object('revision', l.revision)
        else json_build_object(
            'revision', l.revision,
            'passages', (
                select coalesce(json_agg(public.falsafa_passage_json(p) order by p.idx), '[]')
                from public.falsafa_passages p
                where (p.book_id, p.version) = (the_book, the_version)
            )
        )
    end
    from public.falsafa_passage_lists l
    where (l.book_id, l.version) = (the_book, the_version);
$$;

-- Those of the indices that a reader who has read up to here may see.
create or replace function public.falsafa_passages_at(
    the_book uuid, the_version integer, indices integer[], up_to bigint
) returns json
language sql stable set search_path = '' as $$
    select coalesce(json_agg(public.falsafa_passage_json(p)), '[]')
    from public.falsafa_passages p
    where (p.book_id, p.version) = (the_book, the_version)
        and p.idx = any (indices) and p.end_offset <= up_to;
$$;

-- Personas

-- The one for the whole book: the highest number.
create or replace function public.falsafa_persona_prompt(
    the_book uuid, the_version integer, the_character uuid
) returns text
language sql stable set search_path = '' as $$
    select p.system_prompt
    from public.falsafa_personas p
    where (p.book_id, p.version, p.character_id) = (the_book, the_version, the_character)
    order by p.number desc
    limit 1;
$$;

-- A few words on the character, of the persona's own: what a model says of their mind, or how the
-- book shows them.
create or replace function public.falsafa_persona_description(
    the_book uuid, the_version integer, the_character uuid
) returns text
language sql stable set search_path = '' as $$
    select trait.value ->> 'text'
    from public.falsafa_personas p, jsonb_array_elements(p.traits) with ordinality as trait
    where (p.book_id, p.version, p.character_id) = (the_book, the_version, the_character)
        and trait.value ->> 'label' in ('psychology', 'portrait')
    order by p.number desc, trait.ordinality
    limit 1;
$$;

-- Under the same number again it overwrites. What frontends read of the version that serves is kept
-- in step.
create or replace function public.falsafa_put_persona(
    the_book uuid, the_version integer, the_persona jsonb
) returns void
language plpgsql set search_path = '' as $$
declare
    p public.falsafa_personas := jsonb_populate_record(null::public.falsafa_personas, the_persona);
begin
    insert into public.falsafa_personas
        (book_id, version, character_id, number, system_prompt, through, origin, traits, created_at)
    values
        (the_book, the_version, p.character_id, p.number, p.system_prompt, p.through, p.origin,
         p.traits, p.created_at)
    on conflict (book_id, version, character_id, number) do update set
        system_prompt = excluded.system_prompt,
        through = excluded.through,
        origin = excluded.origin,
        traits = excluded.traits,
        created_at = excluded.created_at;
    update public.characters c
    set system_prompt = public.falsafa_persona_prompt(the_book, the_version, p.character_id),
        updated_at = now()
    where c.id = p.character_id and c.book_id = the_book and c.deleted_at is null
        and exists (
            select from public.falsafa_books b
            where b.book_id = the_book and b.serving = the_version
        );
end $$;

-- The characters of a version as frontends list them, the most prominent first. An entry of the
-- roster: {"id", "name", "aliases": [], "mention_count", "is_primary"}.
create or replace function public.falsafa_roster(the_book uuid, the_version integer)
returns table (
    id uuid,
    name text,
    aliases text[],
    mention_count integer,
    is_primary boolean,
    place integer,
    prompt text,
    few_words text
)
language sql stable set search_path = '' as $$
    select
        (entry.value ->> 'id')::uuid,
        entry.value ->> 'name',
        array(select jsonb_array_elements_text(entry.value -> 'aliases')),
        (entry.value ->> 'mention_count')::integer,
        (entry.value ->> 'is_primary')::boolean,
        entry.ordinality::integer - 1,
        public.falsafa_persona_prompt(the_book, the_version, (entry.value ->> 'id')::uuid),
        public.falsafa_persona_description(the_book, the_version, (entry.value ->> 'id')::uuid)
    from public.falsafa_casts c, jsonb_array_elements(c.roster) with ordinality as entry
    where (c.book_id, c.version) = (the_book, the_version);
$$;

-- Written when a version comes to serve. Rows are looked up by id and book, for a deployment may
-- have no unique index on either. What people fill in (avatar_url, role, personality_traits, a
-- description) stays.
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
        -- Who stood in the former version and is marked was marked by a person, and stays so.
        deleted_at = case when former.id is not null then c.deleted_at end
    from public.falsafa_roster(the_book, the_version) r
        left join public.falsafa_roster(the_book, former_version) former on former.id = r.id
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
        and not exists (
            select from public.falsafa_roster(the_book, the_version) r where r.id = c.id
        );
end $$;

select public.falsafa_finish_migration('00000000000100_content');
