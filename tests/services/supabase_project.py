"""A real Supabase project, with our migrations and nothing else: whatever is in it is deleted.

FALSAFA_TEST_SUPABASE_URL and FALSAFA_TEST_SUPABASE_SERVICE_ROLE_KEY name it; without
FALSAFA_TEST_SUPABASE_MAY_BE_EMPTIED=yes its tables are left alone.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.outbound.supabase.client import SupabaseClient

PROJECT_MAY_BE_EMPTIED = (
    bool(os.environ.get("FALSAFA_TEST_SUPABASE_URL"))
    and os.environ.get("FALSAFA_TEST_SUPABASE_MAY_BE_EMPTIED") == "yes"
)

# What a row of each always has; rows that belong to one of these go with it.
_TABLES = {
    "books": "id",
    "categories": "id",
    "characters": "id",
    "chat_sessions": "id",
    "messages": "id",
    "falsafa_books": "book_id",
    "falsafa_layouts": "book_id",
    "falsafa_casts": "book_id",
    "falsafa_corrections": "book_id",
    "falsafa_personas": "book_id",
    "falsafa_passage_lists": "book_id",
    "falsafa_sessions": "session_id",
    "falsafa_reading_progress": "book_id",
    "falsafa_idempotency_keys": "owner_id",
}


def supabase_project() -> "SupabaseClient":
    from adapters.outbound.supabase.client import SupabaseClient  # slow to import

    return SupabaseClient(
        os.environ["FALSAFA_TEST_SUPABASE_URL"],
        os.environ["FALSAFA_TEST_SUPABASE_SERVICE_ROLE_KEY"],
        rest_path=os.environ.get("FALSAFA_TEST_SUPABASE_REST_PATH", "/rest/v1"),
    )


async def empty(client: "SupabaseClient") -> None:
    for table, column in _TABLES.items():
        await client.rows(lambda api: api.table(table).delete().not_.is_(column, "null"))  # noqa: B023
