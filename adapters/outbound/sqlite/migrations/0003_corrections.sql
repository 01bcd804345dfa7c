-- What people have put right in casts. Not of a content version: replayed on each.

CREATE TABLE corrections (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they are made
    book_id TEXT NOT NULL,
    id TEXT NOT NULL,
    author TEXT NOT NULL,
    change TEXT NOT NULL, -- JSON
    created_at TEXT NOT NULL,
    UNIQUE (book_id, id)
);
