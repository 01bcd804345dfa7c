"""Talk with a book that only an older backend has read: its stored personas and its old chunks.

There is no canonical text, so nothing can be cited and no page is known: every reply says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from application.chat_limits import ChatLimits
from application.ground_turn import NOT_SEARCHED, Grounding
from application.ports.chat_model import ChatRequest
from application.ports.older_content import OlderCharacter, OlderCharacters, OlderPassages
from application.ports.token_counter import TokenCounter
from domain.book import Book
from domain.conversation import Message
from domain.errors import CharacterNotFound, Unavailable
from domain.frontier import WHOLE_BOOK
from domain.ground_rules import book_persona, system_prompt
from domain.ids import BookId, CharacterId
from domain.prompt_data import as_data, one_line, titled

READ_BY_AN_OLDER_BACKEND = (
    "This book was read by an older version: until it has been read anew (falsafa migrate), nothing"
    " is cited, and the reader's page is not kept to."
)


@dataclass(frozen=True, slots=True)
class OlderInterlocutor:
    """Whoever answers, as the older backend knew them."""

    book_id: BookId
    persona: str
    character: OlderCharacter | None = None  # None: the book itself


class OlderBook:
    def __init__(
        self,
        *,
        characters: OlderCharacters,
        passages: OlderPassages | None,
        tokens: TokenCounter,
        limits: ChatLimits,
    ) -> None:
        self._characters = characters
        self._passages = passages
        self._tokens = tokens
        self._limits = limits

    async def meet(self, book: Book, character_id: CharacterId | None) -> OlderInterlocutor:
        """Raises CharacterNotFound, StoreUnavailable."""
        if character_id is None:
            return OlderInterlocutor(book.id, book_persona(book.title, book.author))
        character = await self._characters.character(book.id, character_id)
        if character is None:
            raise CharacterNotFound("There is no such character in this book.")
        name = as_data(one_line(character.name))
        introduction = f"You are {name}, of the book {titled(book.title, book.author)}."
        persona = character.prompt or introduction
        return OlderInterlocutor(book.id, persona, character)

    async def ground(
        self,
        who: OlderInterlocutor,
        message: str,
        preferences: str,
        history: Sequence[Message],
    ) -> Grounding:
        """A request without numbered passages. A search that fails degrades the turn further."""
        degraded = [READ_BY_AN_OLDER_BACKEND]
        excerpts: Sequence[str] = ()
        try:
            excerpts = await self._found(who.book_id, message)
        except Unavailable:
            degraded.append(NOT_SEARCHED)
        request = ChatRequest(
            system=system_prompt(
                who.persona, WHOLE_BOOK, was_searched=bool(excerpts), has_numbers=False
            ),
            history=history,
            message=message,
            excerpts=excerpts,
            was_searched=bool(excerpts),
            character_name=who.character.name if who.character else None,
            preferences=preferences,
            max_output_tokens=self._limits.output_tokens,
        )
        return Grounding(request, (), tuple(degraded))

    async def _found(self, book_id: BookId, message: str) -> list[str]:
        if self._passages is None:
            return []
        found = await self._passages.passages(book_id, message, self._limits.passages)
        sizes = self._tokens.count_all(found)
        kept, left = [], self._limits.evidence_tokens
        for text, size in zip(found, sizes, strict=True):
            if size <= left:
                left -= size
                kept.append(text)
        return kept
