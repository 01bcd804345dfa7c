-- The other deployment: sessions are keyed by `session_id`, categories by int, other words of status;
-- and hardly a constraint: no key on some tables, columns that may be null.
create table public.categories (
    id serial primary key,
    name text not null,
    slug text not null
);

create table public.books (
    id uuid default gen_random_uuid(),
    title text not null,
    slug text not null,
    author text,
    description text,
    category_id integer references public.categories,
    uploader_id uuid,
    file_path text,
    language text default 'en',
    total_chunks integer,
    status text default 'active',
    processing_status text default 'queued'
        check (processing_status in ('queued', 'processing', 'success', 'failed')),
    is_public boolean default false,
    metadata jsonb,
    page_count integer,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    deleted_at timestamptz
);

create table public.characters (
    id uuid default gen_random_uuid(),
    book_id uuid not null,
    name text not null,
    description text,
    avatar_url text,
    aliases text[],
    role text,
    mention_count integer,
    personality_traits jsonb,
    system_prompt text,
    processing_version integer,
    is_primary boolean,
    sort_order integer,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    deleted_at timestamptz
);

create table public.chat_sessions (
    session_id uuid default gen_random_uuid(),
    user_id uuid not null,
    character_id uuid,
    book_id uuid,
    title text,
    last_message_at timestamptz,
    last_message_preview text,
    message_count integer,
    is_archived boolean default false,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    deleted_at timestamptz
);

create table public.messages (
    id uuid default gen_random_uuid(),
    session_id uuid not null,
    role text not null,
    content text not null,
    metadata jsonb default '{"from": "frontend"}',
    created_at timestamptz default now()
);

create table public.user_preferences (
    user_id uuid,
    preferences jsonb
);
