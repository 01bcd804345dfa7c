"""The literary and conversational core: standard library only, no I/O, no async."""
