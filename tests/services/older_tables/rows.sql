-- Rows as frontends and the older backend left them. Where they have foreign keys to users, those are
-- there. Words and keys that differ are variables.
insert into public.categories (id, name, slug) values (:'category', 'Novels', 'novels');

insert into public.books
    (id, title, slug, author, category_id, uploader_id, file_path, total_chunks,
     processing_status, created_at, updated_at, deleted_at)
values
    ('b0000000-0000-0000-0000-000000000001', 'Hard Times', 'hard-times', 'Charles Dickens',
     :'category', 'a0000000-0000-0000-0000-000000000001', 'uploads/hard-times.epub', 321,
     :'completed', '2025-01-01', '2025-01-02', null),
    ('b0000000-0000-0000-0000-000000000002', 'Emma', 'emma', null, null,
     'a0000000-0000-0000-0000-000000000001', 'https://files.example/emma.epub', 0, :'pending',
     '2025-01-03', '2025-01-03', null),
    ('b0000000-0000-0000-0000-000000000003', 'Given up', 'given-up', null, null, null, null, 0,
     'failed', '2025-01-04', '2025-01-04', '2025-01-05');

insert into public.characters
    (id, book_id, name, aliases, mention_count, system_prompt, created_at, deleted_at)
values
    ('c0000000-0000-0000-0000-000000000001', 'b0000000-0000-0000-0000-000000000001',
     'Louisa Gradgrind', '{Louisa,Loo}', 120, 'You are Louisa.', '2025-01-02', null),
    -- The same person once more: nothing kept rows from repeating.
    ('c0000000-0000-0000-0000-000000000002', 'b0000000-0000-0000-0000-000000000001',
     'Louisa Gradgrind', '{}', 3, null, '2025-01-02', null),
    ('c0000000-0000-0000-0000-000000000003', 'b0000000-0000-0000-0000-000000000001',
     'Bitzer', '{}', 9, null, '2025-01-02', '2025-01-03');

insert into public.chat_sessions
    (:session_key, user_id, character_id, book_id, title, message_count, last_message_at,
     last_message_preview, created_at, updated_at, deleted_at)
values
    ('d0000000-0000-0000-0000-000000000001', 'a0000000-0000-0000-0000-000000000001',
     'c0000000-0000-0000-0000-000000000001', 'b0000000-0000-0000-0000-000000000001', 'On facts', 3,
     '2025-02-01 10:00:03+00', 'Never wonder.', '2025-02-01', '2025-02-01 10:00:03+00', null),
    -- It names no book: it is its character's.
    ('d0000000-0000-0000-0000-000000000002', 'a0000000-0000-0000-0000-000000000001',
     'c0000000-0000-0000-0000-000000000001', null, null, 0, null, null, '2025-02-02',
     '2025-02-02', null),
    ('d0000000-0000-0000-0000-000000000003', 'a0000000-0000-0000-0000-000000000001',
     'c0000000-0000-0000-0000-000000000001', 'b0000000-0000-0000-0000-000000000001', 'Gone', 1,
     null, null, '2025-02-03', '2025-02-03', '2025-02-04');

insert into public.messages (id, session_id, role, content, metadata, created_at) values
    ('e0000000-0000-0000-0000-000000000001', 'd0000000-0000-0000-0000-000000000001', 'assistant',
     'Good evening.', null, '2025-02-01 10:00:00+00'),
    ('e0000000-0000-0000-0000-000000000002', 'd0000000-0000-0000-0000-000000000001', 'user',
     'What do you wonder at?', '{"client": "web"}', '2025-02-01 10:00:02+00'),
    ('e0000000-0000-0000-0000-000000000003', 'd0000000-0000-0000-0000-000000000001', 'assistant',
     'Never wonder.', '{}', '2025-02-01 10:00:03+00'),
    ('e0000000-0000-0000-0000-000000000004', 'd0000000-0000-0000-0000-000000000003', 'user',
     'Are you there?', '{}', '2025-02-03');

insert into public.user_preferences (user_id) values ('a0000000-0000-0000-0000-000000000001');
