"""A reader says how far they have come in a book."""

from application.move_session import MoveSession
from application.ports.clock import Clock
from application.ports.reading_progress import ReadingProgressRepository
from application.resolve_frontier import ResolveFrontier
from domain.book import ContentVersion
from domain.conversation import ReadingProgress
from domain.ids import OwnerId


class SetProgress:
    def __init__(
        self,
        *,
        reading_progress: ReadingProgressRepository,
        resolve_frontier: ResolveFrontier,
        move_session: MoveSession,
        clock: Clock,
    ) -> None:
        self._reading_progress = reading_progress
        self._resolve_frontier = resolve_frontier
        self._move_session = move_session
        self._clock = clock

    async def set(
        self,
        version: ContentVersion,
        reader: OwnerId,
        locator: str,
        *,
        moves_sessions: bool = True,
    ) -> ReadingProgress:
        """It may go back. The reader's sessions with the book are taken along, forward alone,
        unless `moves_sessions` says otherwise. Raises InvalidLocator."""
        frontier = await self._resolve_frontier.resolve(version, locator)
        reached = ReadingProgress(reader, version.book_id, frontier, self._clock())
        await self._reading_progress.put(reached)
        if moves_sessions and not frontier.is_whole_book:
            await self._move_session.take_along(reader, version.book_id, frontier)
        return reached
