-- The tables that deployments have and frontends read and write. One that exists stays as it is: this
-- is for a database that lacks them. Then none but the service role may use them, until the operator
-- adds policies for readers.
do $$
begin
    if to_regclass('public.categories') is null then
        create table public.categories (
            id uuid primary key default gen_random_uuid(),
            name text not null,
            slug text not null
        );
        alter table public.categories enable row level security;
    end if;

    if to_regclass('public.books') is null then
        create table public.books (
            id uuid primary key default gen_random_uuid(),
            title text not null,
            slug text not null,
            author text,
            description text,
            category_id uuid,
            uploader_id uuid,
            file_path text,
            language text not null default 'en',
            total_chunks integer not null default 0,
            status text not null default 'draft',
            processing_status text not null default 'pending',
            is_public boolean not null default false,
            metadata jsonb not null default '{}',
            page_count integer,
            created_at timestamptz not null default now(),
            updated_at timestamptz not null default now(),
            deleted_at timestamptz
        );
        create index on public.books (created_at, id);
        alter table public.books enable row level security;
    end if;

    if to_regclass('public.characters') is null then
        create table public.characters (
            id uuid primary key default gen_random_uuid(),
            book_id uuid not null,
            name text not null,
            description text,
            avatar_url text,
            aliases text[] not null default '{}',
            role text,
            mention_count integer not null default 0,
            personality_traits jsonb not null default '{}',
            system_prompt text,
            processing_version integer not null default 0,
            is_primary boolean not null default false,
            sort_order integer not null default 0,
            created_at timestamptz not null default now(),
            updated_at timestamptz not null default now(),
            deleted_at timestamptz
        );
        create index on public.characters (book_id);
        alter table public.characters enable row level security;
    end if;

    if to_regclass('public.chat_sessions') is null then
        create table public.chat_sessions (
            id uuid primary key default gen_random_uuid(),
            user_id uuid not null,
            character_id uuid,
            book_id uuid,
            title text,
            last_message_at timestamptz,
            last_message_preview text,
            message_count integer not null default 0,
            is_archived boolean not null default false,
            created_at timestamptz not null default now(),
            updated_at timestamptz not null default now(),
            deleted_at timestamptz
        );
        create index on public.chat_sessions (user_id, updated_at, id);
        create index on public.chat_sessions (book_id);
        alter table public.chat_sessions enable row level security;
    end if;

    if to_regclass('public.messages') is null then
        create table public.messages (
            id uuid primary key default gen_random_uuid(),
            session_id uuid not null,
            role text not null check (role in ('user', 'assistant')),
            content text not null,
            metadata jsonb not null default '{}',
            created_at timestamptz not null default now()
        );
        create index on public.messages (session_id, created_at);
        alter table public.messages enable row level security;
    end if;

    if to_regclass('public.user_preferences') is null then
        create table public.user_preferences (
            user_id uuid primary key,
            preferences jsonb not null default '{}',
            updated_at timestamptz not null default now()
        );
        alter table public.user_preferences enable row level security;
    end if;
end $$;
