"""What routes ask for, by the names that the container has for it.

No `from __future__ import annotations` here or in a router: the injector reads annotations as
objects.
"""

from typing import Annotated
from uuid import UUID

from dependency_injector.wiring import Provide
from fastapi import Depends, Header, Query

from adapters.inbound.http.schemas.common import Locator
from application.cancel_job import CancelJob
from application.check_health import CheckHealth
from application.correct_cast import CorrectCast
from application.delete_book import DeleteBook
from application.hybrid_search import HybridSearch
from application.move_session import MoveSession
from application.open_session import OpenSession
from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.idempotency_store import IdempotencyStore
from application.ports.job_queue import JobQueue
from application.ports.reading_progress import ReadingProgressRepository
from application.ports.session_repository import SessionRepository
from application.ports.text_store import TextStore
from application.resolve_frontier import ResolveFrontier
from application.set_progress import SetProgress
from application.submit_book import SubmitBook
from application.told_books import ToldBooks
from application.turn_runner import TurnRunner
from domain.book import Book, ContentVersion
from domain.cast import Cast, Character
from domain.conversation import Session
from domain.errors import BookNotFound, BookNotReady, CharacterNotFound, SessionNotFound
from domain.ids import LOCAL_OWNER, BookId, CharacterId, OwnerId, SessionId
from domain.merged import as_known
from domain.page import PageRequest


async def from_container() -> object:
    """A marker, which `@inject` replaces. FastAPI would call the marker itself on a thread of its
    pool, once a dependency and request."""
    return Provide["replaced"]


_INJECTED = Depends(from_container)

SubmitBookUse = Annotated[SubmitBook, Provide["submit_book"], _INJECTED]
CancelJobUse = Annotated[CancelJob, Provide["cancel_job"], _INJECTED]
DeleteBookUse = Annotated[DeleteBook, Provide["delete_book"], _INJECTED]
ResolveFrontierUse = Annotated[ResolveFrontier, Provide["resolve_frontier"], _INJECTED]
ToldBooksUse = Annotated[ToldBooks, Provide["told_books"], _INJECTED]
HybridSearchUse = Annotated[HybridSearch, Provide["hybrid_search"], _INJECTED]
CorrectCastUse = Annotated[CorrectCast, Provide["correct_cast"], _INJECTED]
MoveSessionUse = Annotated[MoveSession, Provide["move_session"], _INJECTED]
SetProgressUse = Annotated[SetProgress, Provide["set_progress"], _INJECTED]
OpenSessionUse = Annotated[OpenSession, Provide["open_session"], _INJECTED]
Turns = Annotated[TurnRunner, Provide["turn_runner"], _INJECTED]
Books = Annotated[BookRepository, Provide["books"], _INJECTED]
Casts = Annotated[CastRepository, Provide["casts"], _INJECTED]
Texts = Annotated[TextStore, Provide["texts"], _INJECTED]
Sessions = Annotated[SessionRepository, Provide["sessions"], _INJECTED]
Progress = Annotated[ReadingProgressRepository, Provide["reading_progress"], _INJECTED]
Idempotency = Annotated[IdempotencyStore, Provide["idempotency"], _INJECTED]
Jobs = Annotated[JobQueue, Provide["jobs"], _INJECTED]
Readiness = Annotated[CheckHealth, Provide["readiness"], _INJECTED]


async def _current_user(
    x_user_id: Annotated[
        UUID | None,
        Header(description="For whom a trusted frontend asks; absent: the one local reader."),
    ] = None,
) -> OwnerId:
    return OwnerId(str(x_user_id)) if x_user_id else LOCAL_OWNER


CurrentUser = Annotated[OwnerId, Depends(_current_user)]


async def _page(
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[
        str | None, Query(max_length=512, description="`next_cursor` of the page before.")
    ] = None,
) -> PageRequest:
    return PageRequest(limit=limit, cursor=cursor)


Paging = Annotated[PageRequest, Depends(_page)]

UpTo = Annotated[
    Locator | None,
    Query(description="Absent: the reader's progress in the book, else the whole book."),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        description="Any string of yours: the same request with the same key makes nothing twice.",
    ),
]


async def readable_book(books: BookRepository, book_id: UUID, user: OwnerId) -> Book:
    """The reader's own, or nobody's. Raises BookNotFound, for somebody else's too."""
    book = await books.get(BookId(str(book_id)))
    if book.owner_id not in (None, user):
        raise BookNotFound("There is no such book.")
    return book


async def served_version(books: BookRepository, book_id: UUID, user: OwnerId) -> ContentVersion:
    """What answers for the book. Raises BookNotFound, BookNotReady."""
    book = await readable_book(books, book_id, user)
    if book.version is None:
        raise BookNotReady("The book is not ready yet; its job tells how far it is.")
    return book.version


def character_in(cast: Cast, character_id: UUID) -> Character:
    """Or whom they have turned out to be. Raises CharacterNotFound."""
    character = as_known(cast, CharacterId(str(character_id)))
    if character is None:
        raise CharacterNotFound("No such character has been met up to there.")
    return character


async def session_of(sessions: SessionRepository, session_id: SessionId, user: OwnerId) -> Session:
    """Raises SessionNotFound, for somebody else's too."""
    session = await sessions.get(session_id)
    if session.user_id != user:
        raise SessionNotFound("There is no such session.")
    return session
