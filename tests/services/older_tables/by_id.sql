-- One deployment: sessions are keyed by `id`, categories by uuid; with foreign keys, checks, row-level
-- security for its readers, and a trigger that notes each change.
create schema auth;
create table auth.users (id uuid primary key, email text);

create table public.categories (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    slug text not null unique
);

create table public.books (
    id uuid primary key default gen_random_uuid(),
    title text not null,
    slug text not null unique,
    author text,
    description text,
    category_id uuid references public.categories,
    uploader_id uuid references auth.users on delete set null,
    file_path text,
    language text not null default 'en',
    total_chunks integer not null default 0,
    status text not null default 'draft' check (status in ('draft', 'published')),
    processing_status text not null default 'pending'
        check (processing_status in ('pending', 'processing', 'completed', 'failed')),
    is_public boolean not null default true,
    metadata jsonb not null default '{"theme": "plain"}',
    page_count integer,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz
);

create table public.characters (
    id uuid primary key default gen_random_uuid(),
    book_id uuid not null references public.books on delete cascade,
    name text not null,
    description text,
    avatar_url text,
    aliases text[] not null default '{}',
    role text,
    mention_count integer not null default 0,
    personality_traits jsonb not null default '{}',
    system_prompt text,
    processing_version integer not null default 1,
    is_primary boolean not null default false,
    sort_order integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz
);

create table public.chat_sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users on delete cascade,
    character_id uuid references public.characters on delete cascade,
    book_id uuid references public.books on delete cascade,
    title text,
    last_message_at timestamptz,
    last_message_preview text,
    message_count integer not null default 0,
    is_archived boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz
);

create table public.messages (
    id uuid primary key default gen_random_uuid(),
    session_id uuid not null references public.chat_sessions on delete cascade,
    role text not null check (role in ('user', 'assistant')),
    content text not null,
    metadata jsonb,
    created_at timestamptz not null default now()
);
create index messages_by_time on public.messages (session_id, created_at);

create table public.user_preferences (
    user_id uuid primary key references auth.users on delete cascade,
    tone text default 'warm'
);

alter table public.books enable row level security;
create policy "books can be read" on public.books for select using (is_public);
alter table public.chat_sessions enable row level security;
create policy "sessions of one's own" on public.chat_sessions
    using (user_id::text = current_setting('request.jwt.claim.sub', true));
alter table public.messages enable row level security;

create function public.note_change() returns trigger language plpgsql as $$
begin
    new.metadata := coalesce(new.metadata, '{}') || '{"changed": true}';
    return new;
end $$;
create trigger books_change before update on public.books
    for each row execute function public.note_change();
