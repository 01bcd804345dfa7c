-- Books, beside the rows of frontends. Bodies are texts, so that no function keeps a deployment from
-- changing its own tables.
-- SQLSTATEs of ours: FAL01 no such book, FAL02 no such session, FAL03 a newer writer has taken over,
-- FAL04 an idempotency key of another request.

-- Those that match what is given, newest first; null matches all.
create or replace function public.falsafa_find_books(
    the_id uuid default null,
    the_owner text default null,
    before_time timestamptz default null,
    before_id uuid default null,
    up_to integer default null
) returns table (
    id uuid,
    owner_id text,
    title text,
    author text,
    description text,
    language text,
    content_hash text,
    blob_key text,
    file_name text,
    media_type text,
    source_url text,
    processing_status text,
    failure text,
    warnings jsonb,
    total_chunks integer,
    serving integer,
    older boolean,
    created_at timestamptz,
    updated_at timestamptz
)
language plpgsql stable set search_path = '' as $$
begin
    -- Executed as a text, it is planned for what is given: a book by its id is found by its key.
    return query execute $query$
        select
            b.id,
            coalesce(f.owner_id, b.uploader_id::text),
            b.title,
            coalesce(b.author, ''),
            coalesce(b.description, ''),
            coalesce(b.language, ''),
            coalesce(f.content_hash, ''),
            coalesce(
                nullif(f.blob_key, ''),
                case when b.file_path !~* '^https?:' then b.file_path end,
                ''
            ),
            coalesce(f.file_name, ''),
            coalesce(f.media_type, ''),
            coalesce(
                nullif(f.source_url, ''),
                case when b.file_path ~* '^https?:' then b.file_path end,
                ''
            ),
            b.processing_status,
            coalesce(f.failure, ''),
            coalesce(f.warnings, '[]'),
            coalesce(b.total_chunks, 0),
            coalesce(f.serving, 0),
            coalesce(f.older, b.processing_status in ('completed', 'success'), false),
            b.created_at,
            case when f.made_here then b.updated_at else greatest(b.updated_at, f.updated_at) end
        from public.books b left join public.falsafa_books f on f.book_id = b.id
        where b.deleted_at is null
            and ($1 is null or b.id = $1)
            and ($2 is null or coalesce(f.owner_id, b.uploader_id::text) = $2)
            and ($3 is null or (b.created_at, b.id) < ($3, $4))
        order by b.created_at desc, b.id desc
        limit $5
    $query$ using the_id, the_owner, before_time, before_id, up_to;
end $$;

-- The oldest of this owner (null: nobody) and this content.
create or replace function public.falsafa_find_content(the_owner text, the_hash text)
returns uuid
language sql stable set search_path = '' as $$
    select b.id
    from public.falsafa_books f join public.books b on b.id = f.book_id
    where f.content_hash = the_hash and f.content_hash <> '' and b.deleted_at is null
        and coalesce(f.owner_id, b.uploader_id::text) is not distinct from the_owner
    order by b.created_at, b.id
    limit 1;
$$;

-- The book of this id; else, of this owner and content; else it is made. With `named`, where the
-- caller chose the id, a frontend must have made it.
create or replace function public.falsafa_add_book(the_book jsonb, named boolean) returns uuid
language plpgsql set search_path = '' as $$
declare
    the_id constant uuid := the_book ->> 'id';
    found_id uuid;
    f public.falsafa_books := jsonb_populate_record(null::public.falsafa_books, the_book);
begin
    perform pg_advisory_xact_lock(hashtextextended(the_id::text, 0));
    if exists (select from public.books b where b.id = the_id and b.deleted_at is null) then
        return the_id;
    end if;
    if named then
        raise exception using errcode = 'FAL01', message = 'There is no such book.';
    end if;
    if f.content_hash <> '' then
        perform pg_advisory_xact_lock(
            hashtextextended(f.content_hash || coalesce(f.owner_id, ''), 0)
        );
        found_id := public.falsafa_find_content(f.owner_id, f.content_hash);
        if found_id is not null then
            return found_id;
        end if;
    end if;
    begin
        perform public.falsafa_insert_book(the_book);
    exception when foreign_key_violation then
        -- The deployment knows no such user: the book is still that owner's with us.
        perform public.falsafa_insert_book(the_book || '{"uploader_id": null}');
    end;
    insert into public.falsafa_books
        (book_id, made_here, older, owner_id, failure, warnings, content_hash, blob_key, file_name,
         media_type, source_url, updated_at)
    values
        (the_id, true, f.older, f.owner_id, f.failure, f.warnings, f.content_hash, f.blob_key,
         f.file_name, f.media_type, f.source_url, f.updated_at);
    return the_id;
end $$;

-- Columns that are not named here keep the deployment's defaults.
create or replace function public.falsafa_insert_book(the_book jsonb) returns void
language sql set search_path = '' as $$
    insert into public.books
        (id, title, slug, author, description, language, uploader_id, file_path,
         processing_status, total_chunks, created_at, updated_at)
    select
        b.id, b.title,
        concat_ws(
            '-',
            nullif(btrim(regexp_replace(lower(b.title), '[^a-z0-9]+', '-', 'g'), '-'), ''),
            right(b.id::text, 12)
        ),
        nullif(b.author, ''), nullif(b.description, ''), b.language, b.uploader_id,
        nullif(b.blob_key, ''), b.processing_status, b.total_chunks, b.created_at, b.updated_at
    from jsonb_to_record(the_book) as b (
        id uuid, title text, author text, description text, language text, uploader_id uuid,
        blob_key text, processing_status text, total_chunks integer, created_at timestamptz,
        updated_at timestamptz
    );
$$;

-- Of a frontend's row only the state of processing is ours to write. Where its file lies stays the
-- row's to say, for as long as we have no other: the frontend may mend it.
create or replace function public.falsafa_save_book(the_book jsonb) returns void
language plpgsql set search_path = '' as $$
declare
    the_id constant uuid := the_book ->> 'id';
    f public.falsafa_books := jsonb_populate_record(null::public.falsafa_books, the_book);
    its_file text;
begin
    update public.books b
    set processing_status = the_book ->> 'processing_status',
        total_chunks = (the_book ->> 'total_chunks')::integer
    where b.id = the_id and b.deleted_at is null
    returning coalesce(b.file_path, '') into its_file;
    if not found then
        raise exception using errcode = 'FAL01', message = 'There is no such book.';
    end if;
    insert into public.falsafa_books as ours
        (book_id, older, failure, warnings, content_hash, blob_key, file_name, media_type,
         source_url, updated_at)
    values
        (the_id, f.older, f.failure, f.warnings, f.content_hash,
         coalesce(nullif(f.blob_key, its_file), ''), f.file_name, f.media_type,
         coalesce(nullif(f.source_url, its_file), ''), f.updated_at)
    on conflict (book_id) do update set
        older = excluded.older,
        failure = excluded.failure,
        warnings = excluded.warnings,
        content_hash = excluded.content_hash,
        blob_key = case when ours.made_here then f.blob_key else excluded.blob_key end,
        file_name = excluded.file_name,
        media_type = excluded.media_type,
        source_url = case when ours.made_here then f.source_url else excluded.source_url end,
        updated_at = excluded.updated_at;
    update public.falsafa_books ours set owner_id = f.owner_id
    where ours.book_id = the_id and ours.made_here;
    if found then
        update public.books b
        set title = the_book ->> 'title',
            author = nullif(the_book ->> 'author', ''),
            description = nullif(the_book ->> 'description', ''),
            language = the_book ->> 'language',
            file_path = nullif(f.blob_key, ''),
            created_at = (the_book ->> 'created_at')::timestamptz,
            updated_at = f.updated_at
        where b.id = the_id;
    end if;
end $$;

-- Never back to an older version. What frontends read of the version comes to stand in the same
-- step, where the function for it is there.
create or replace function public.falsafa_publish(the_book uuid, the_version integer) returns void
language plpgsql set search_path = '' as $$
begin
    perform from public.books b where b.id = the_book and b.deleted_at is null for update;
    if not found then
        raise exception using errcode = 'FAL01', message = 'There is no such book.';
    end if;
    insert into public.falsafa_books as ours (book_id, serving) values (the_book, the_version)
    on conflict (book_id) do update set serving = excluded.serving
    where ours.serving <= excluded.serving;
    if not found then
        raise exception using
            errcode = 'FAL03', message = 'A newer version of the book serves already.';
    end if;
    if to_regprocedure('public.falsafa_publish_characters(uuid, integer)') is not null then
        execute 'select public.falsafa_publish_characters($1, $2)' using the_book, the_version;
    end if;
end $$;

-- A frontend's row is marked, as frontends do; one of ours is deleted, unless another table of the
-- deployment holds on to it, or people have talked with it: where sessions go with their book, what
-- they said would go as well.
create or replace function public.falsafa_delete_book(the_book uuid) returns void
language plpgsql set search_path = '' as $$
begin
    begin
        if exists (
            select from public.falsafa_books ours where ours.book_id = the_book and ours.made_here
        ) and not exists (
            select from public.chat_sessions s
            where s.book_id = the_book or s.character_id in (
                select c.id from public.characters c where c.book_id = the_book
            )
        ) then
            delete from public.characters c where c.book_id = the_book;
            delete from public.books b where b.id = the_book;
        end if;
    exception when foreign_key_violation then
        null; -- it is marked below
    end;
    update public.books b set deleted_at = now() where b.id = the_book and b.deleted_at is null;
    update public.characters c set deleted_at = now()
    where c.book_id = the_book and c.deleted_at is null;
    delete from public.falsafa_layouts ours where ours.book_id = the_book;
    delete from public.falsafa_books ours where ours.book_id = the_book;
end $$;

-- Layouts

create or replace function public.falsafa_put_layout(
    the_book uuid, the_version integer, the_length bigint, chapters jsonb, anchors jsonb
) returns void
language plpgsql set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(the_book::text || the_version, 0));
    delete from public.falsafa_layouts l where (l.book_id, l.version) = (the_book, the_version);
    insert into public.falsafa_layouts (book_id, version, length)
    values (the_book, the_version, the_length);
    insert into public.falsafa_chapters
    select the_book, the_version, c.*
    from jsonb_to_recordset(chapters) as c (
        idx integer, title text, start_offset bigint, end_offset bigint, kind text,
        number integer, heading_start bigint, heading_end bigint, parents jsonb
    );
    insert into public.falsafa_source_anchors
    select the_book, the_version, a.*
    from jsonb_to_recordset(anchors) as a (
        idx integer, start_offset bigint, item text, item_index integer, path text
    );
end $$;

-- Null where there is none; the revision alone where the caller has this one.
create or replace function public.falsafa_layout(
    the_book uuid, the_version integer, known_revision uuid default null
) returns jsonb
language sql stable set search_path = '' as $$
    select case
        when l.revision = known_revision then jsonb_build_object('revision', l.revision)
        else jsonb_build_object(
            'revision', l.revision,
            'length', l.length,
            'chapters', coalesce(
                (
                    select jsonb_agg(to_jsonb(c) - 'book_id' - 'version' order by c.idx)
                    from public.falsafa_chapters c
                    where (c.book_id, c.version) = (the_book, the_version)
                ),
                '[]'
            ),
            'anchors', coalesce(
                (
                    select jsonb_agg(
                        jsonb_build_array(a.start_offset, a.item, a.item_index, a.path)
                        order by a.idx
                    )
                    from public.falsafa_source_anchors a
                    where (a.book_id, a.version) = (the_book, the_version)
                ),
                '[]'
            )
        )
    end
    from public.falsafa_layouts l
    where (l.book_id, l.version) = (the_book, the_version);
$$;

select public.falsafa_finish_migration('00000000000003_books');
