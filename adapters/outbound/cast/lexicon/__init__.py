"""What the pipeline knows of English before it opens a book: small closed word lists."""
