-- Times are ISO 8601 texts in UTC with microseconds, so that they sort. Lists and objects that
-- nobody queries by are JSON. Positions are code points into the canonical text.
-- Tables of content are keyed by (book_id, version). Search indices make tables of their own.

CREATE TABLE books (
    id TEXT PRIMARY KEY,
    uploader_id TEXT,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    description TEXT NOT NULL,
    language TEXT NOT NULL,
    file_path TEXT NOT NULL, -- key in the blob store
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    source_url TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    processing_status TEXT NOT NULL,
    failure TEXT NOT NULL,
    warnings TEXT NOT NULL, -- JSON
    total_chunks INTEGER NOT NULL,
    serving INTEGER NOT NULL DEFAULT 0, -- the content version that answers
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
-- Not unique: a caller who gives the id may have the same content twice.
CREATE INDEX books_by_content ON books (content_hash, uploader_id) WHERE content_hash <> '';
CREATE INDEX books_by_age ON books (created_at, id);

CREATE TABLE layouts (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    revision TEXT NOT NULL, -- random: another one each time the layout is written
    length INTEGER NOT NULL,
    PRIMARY KEY (book_id, version)
) WITHOUT ROWID;

CREATE TABLE chapters (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    title TEXT NOT NULL,
    start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER,
    heading_start INTEGER,
    heading_end INTEGER,
    parents TEXT NOT NULL, -- JSON
    PRIMARY KEY (book_id, version, idx),
    FOREIGN KEY (book_id, version) REFERENCES layouts ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE source_anchors (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    start_offset INTEGER NOT NULL,
    item TEXT NOT NULL,
    item_index INTEGER NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (book_id, version, idx),
    FOREIGN KEY (book_id, version) REFERENCES layouts ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE casts (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    revision TEXT NOT NULL, -- random: another one each time the cast is written
    warnings TEXT NOT NULL, -- JSON
    PRIMARY KEY (book_id, version)
) WITHOUT ROWID;

CREATE TABLE characters (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    idx INTEGER NOT NULL, -- by falling prominence
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    gender TEXT,
    first_mention_start INTEGER NOT NULL,
    first_mention_end INTEGER NOT NULL,
    mention_count INTEGER NOT NULL,
    quote_count INTEGER NOT NULL,
    is_narrator INTEGER NOT NULL,
    PRIMARY KEY (book_id, version, idx),
    UNIQUE (book_id, version, id),
    FOREIGN KEY (book_id, version) REFERENCES casts ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE aliases (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    character_id TEXT NOT NULL,
    text TEXT NOT NULL,
    known_from INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (book_id, version, idx),
    FOREIGN KEY (book_id, version) REFERENCES casts ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE quotes (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    id TEXT NOT NULL,
    start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    utterance INTEGER NOT NULL,
    speaker_id TEXT,
    confidence REAL NOT NULL,
    attribution TEXT NOT NULL,
    addressee_ids TEXT NOT NULL, -- JSON
    known_from INTEGER NOT NULL,
    PRIMARY KEY (book_id, version, idx),
    FOREIGN KEY (book_id, version) REFERENCES casts ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE mentions (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    character_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    alias TEXT NOT NULL,
    PRIMARY KEY (book_id, version, idx),
    FOREIGN KEY (book_id, version) REFERENCES casts ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE merges (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    absorbed_id TEXT NOT NULL,
    into_id TEXT NOT NULL,
    known_from INTEGER NOT NULL,
    PRIMARY KEY (book_id, version, idx),
    FOREIGN KEY (book_id, version) REFERENCES casts ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE personas (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    character_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    system_prompt TEXT NOT NULL,
    through INTEGER NOT NULL,
    origin TEXT NOT NULL,
    traits TEXT NOT NULL, -- JSON
    created_at TEXT NOT NULL,
    PRIMARY KEY (book_id, version, character_id, number)
) WITHOUT ROWID;

CREATE TABLE passages (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    chapter_index INTEGER NOT NULL,
    text TEXT NOT NULL,
    context TEXT NOT NULL,
    PRIMARY KEY (book_id, version, idx)
) WITHOUT ROWID;

CREATE TABLE chat_sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    book_id TEXT NOT NULL,
    character_id TEXT,
    title TEXT NOT NULL,
    frontier INTEGER NOT NULL,
    message_count INTEGER NOT NULL,
    last_message_at TEXT,
    last_message_preview TEXT NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0, -- the highest fencing number that has written
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX chat_sessions_by_use ON chat_sessions (user_id, updated_at, id);
CREATE INDEX chat_sessions_by_book ON chat_sessions (book_id);

CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES chat_sessions ON DELETE CASCADE,
    turn_id TEXT NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    state TEXT NOT NULL,
    metadata TEXT NOT NULL, -- JSON: citations, what was degraded
    created_at TEXT NOT NULL
);
-- 'user' > 'assistant' as texts, so the role sorts downwards: the question before its answer.
CREATE INDEX messages_in_order ON messages (session_id, created_at, role DESC, id);

CREATE TABLE session_locks (
    session_id TEXT PRIMARY KEY,
    fence INTEGER NOT NULL, -- grows with every holder; the row outlives them
    token TEXT, -- NULL: free
    expires_at TEXT
) WITHOUT ROWID;

CREATE TABLE reading_progress (
    user_id TEXT NOT NULL,
    book_id TEXT NOT NULL,
    frontier INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (user_id, book_id)
) WITHOUT ROWID;
CREATE INDEX reading_progress_by_book ON reading_progress (book_id);

CREATE TABLE idempotency_keys (
    owner_id TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    PRIMARY KEY (owner_id, key)
) WITHOUT ROWID;

CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of enqueueing
    id TEXT NOT NULL UNIQUE,
    book_id TEXT NOT NULL,
    owner_id TEXT,
    file_url TEXT NOT NULL,
    version_number INTEGER NOT NULL,
    state TEXT NOT NULL,
    phase TEXT,
    progress REAL NOT NULL,
    detail TEXT NOT NULL,
    phases_done TEXT NOT NULL, -- JSON
    attempts INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    error_code TEXT,
    error_message TEXT,
    cancel_requested INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    finished_at TEXT,
    claimable_at TEXT NOT NULL, -- queued: after a pause; running: when the lease runs out
    token INTEGER NOT NULL DEFAULT 0, -- of the last lease
    worker_id TEXT
);
CREATE UNIQUE INDEX one_active_job_a_book ON jobs (book_id) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_by_book ON jobs (book_id);

CREATE TABLE cache (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX cache_by_expiry ON cache (expires_at);

CREATE TABLE turn_events (
    turn_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    event TEXT NOT NULL, -- JSON
    is_last INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (turn_id, number)
) WITHOUT ROWID;
CREATE INDEX turn_events_by_age ON turn_events (created_at);
