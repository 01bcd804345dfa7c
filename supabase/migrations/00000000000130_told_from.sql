-- From which offset on the text has told a character's gender, who the narrator is, and to whom a
-- line is said. Casts of before have kept none: their genders are told at the end of the book.

alter table public.falsafa_characters
    add column if not exists gender_known_from bigint not null default 9223372036854775807,
    add column if not exists narrator_known_from bigint not null default 0;
alter table public.falsafa_quotes
    add column if not exists addressees_known_from bigint not null default 0;

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
         mention_count, quote_count, is_narrator, gender_known_from, narrator_known_from, idx)
    select the_book, the_version, r.*
    from json_to_record(the_cast -> 'characters') as c (
            id uuid[], name text[], gender text[], first_mention_start bigint[],
            first_mention_end bigint[], mention_count integer[], quote_count integer[],
            is_narrator boolean[], gender_known_from bigint[], narrator_known_from bigint[]
        ),
        unnest(
            c.id, c.name, c.gender, c.first_mention_start, c.first_mention_end, c.mention_count,
            c.quote_count, c.is_narrator, c.gender_known_from, c.narrator_known_from
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
         attribution, addressee_ids, known_from, addressees_known_from, idx)
    select
        the_book, the_version, r.id, r.start_offset, r.end_offset, r.utterance, r.speaker_id,
        r.confidence, r.attribution, string_to_array(r.addressee_ids, ' ')::uuid[], r.known_from,
        r.addressees_known_from, r.idx
    from json_to_record(the_cast -> 'quotes') as c (
            id text[], start_offset bigint[], end_offset bigint[], utterance integer[],
            speaker_id uuid[], confidence double precision[], attribution text[],
            addressee_ids text[], known_from bigint[], addressees_known_from bigint[]
        ),
        unnest(
            c.id, c.start_offset, c.end_offset, c.utterance, c.speaker_id, c.confidence,
            c.attribution, c.addressee_ids, c.known_from, c.addressees_known_from
        ) with ordinality as r (
            id, start_offset, end_offset, utterance, speaker_id, confidence, attribution,
            addressee_ids, known_from, addressees_known_from, idx
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
                    'is_narrator', json_agg(is_narrator order by idx),
                    'gender_known_from', json_agg(gender_known_from order by idx),
                    'narrator_known_from', json_agg(narrator_known_from order by idx)
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
                    'known_from', json_agg(known_from order by idx),
                    'addressees_known_from', json_agg(addressees_known_from order by idx)
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

select public.falsafa_finish_migration('00000000000130_told_from');
