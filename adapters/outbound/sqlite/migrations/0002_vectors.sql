-- Embeddings of passages and of windows of them, each a blob of float32.

CREATE TABLE vector_indices (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    model TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    revision TEXT NOT NULL, -- random: another one each time a vector is written
    PRIMARY KEY (book_id, version)
) WITHOUT ROWID;

CREATE TABLE vectors (
    book_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    key INTEGER NOT NULL,
    passage INTEGER NOT NULL,
    end_offset INTEGER NOT NULL, -- of the passage
    vector BLOB NOT NULL,
    PRIMARY KEY (book_id, version, key)
);
