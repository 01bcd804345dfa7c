-- The tables that deployments have and frontends read and write. Where one exists it stays as it
-- is: this is for a database that has none of them.

create table if not exists public.categories (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    slug text not null
);

create table if not exists public.books (
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

create table if not exists public.characters (
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

create table if not exists public.chat_sessions (
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

create table if not exists public.messages (
    id uuid primary key default gen_random_uuid(),
    session_id uuid not null,
    role text not null check (role in ('user', 'assistant')),
    content text not null,
    metadata jsonb not null default '{}',
    created_at timestamptz not null default now()
);

create table if not exists public.user_preferences (
    user_id uuid primary key,
    preferences jsonb not null default '{}',
    updated_at timestamptz not null default now()
);
