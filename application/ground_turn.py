"""What a model is given for one turn: who it is, what the book says, what was said before.

Nothing in it lies past the frontier: the search, the persona and the lines are each read up to it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from application.chat_limits import ChatLimits
from application.hybrid_search import MAX_QUERY_CHARACTERS, HybridSearch, SearchRequest
from application.interlocutor import Interlocutors
from application.ports.book_repository import BookRepository
from application.ports.chat_model import ChatRequest, Evidence, OwnLine
from application.ports.passage_repository import PassageRepository
from application.ports.token_counter import TokenCounter
from application.rewrite_query import RewriteQuery, Rewriting
from domain.book import ContentVersion
from domain.conversation import Message, Role
from domain.errors import Unavailable
from domain.follow_up import leans, standalone_query
from domain.frontier import Frontier
from domain.ground_rules import system_prompt
from domain.interlocutor import Interlocutor
from domain.passage import SearchHit, SearchResult
from domain.search_queries import SearchQueries
from domain.speech import Line

# Passages that search is asked for beyond those of a turn: some may be of an imprint or a licence,
# which answer no question about a book.
_OF_EDITION = 4

NOT_SEARCHED = "The book could not be searched, so the answer rests on no passage of it."
BY_LINES_ALONE = (
    "The book could not be searched, so the answer rests on passages with the character's own lines"
    " alone."
)
NOT_REWRITTEN = (
    "The language model could not make the message a query: what it leans on was found by rule."
)


@dataclass(frozen=True, slots=True)
class Question:
    version: ContentVersion
    interlocutor: Interlocutor
    message: str
    preferences: str
    history: Sequence[Message]
    frontier: Frontier


@dataclass(frozen=True, slots=True)
class Grounding:
    request: ChatRequest
    hits: tuple[SearchHit, ...]  # each one's rank is the number it is cited by
    degraded: tuple[str, ...]


class GroundTurn:
    def __init__(
        self,
        *,
        search: HybridSearch,
        interlocutors: Interlocutors,
        books: BookRepository,
        passages: PassageRepository,
        tokens: TokenCounter,
        limits: ChatLimits,
        rewrite_query: RewriteQuery | None = None,
    ) -> None:
        self._search = search
        self._interlocutors = interlocutors
        self._books = books
        self._passages = passages
        self._tokens = tokens
        self._limits = limits
        self._rewrite_query = rewrite_query

    async def ground(self, question: Question) -> Grounding:
        who = question.interlocutor
        said = [message.content for message in question.history]
        asks = self._rewrite_query is not None and leans(question.message, said, who.names)
        rewritten = await self._rewritten(question) if asks else None
        query = standalone_query(question.message, said, who.names, who.own_names)
        found = await self._find(question, query, rewritten)
        fitting = _fitting_lines(who, f"{query}\n{rewritten.keywords}" if rewritten else query)
        more = await self._passages_of_lines(question, found.hits if found else (), fitting)
        hits = self._within_budget([*(found.hits if found else ()), *more])
        persona = await self._interlocutors.persona(question.version, who, question.frontier)
        lines = list(dict.fromkeys([*fitting, *who.telling]))[: self._limits.own_lines]
        was_searched = bool(found or hits)
        request = ChatRequest(
            system=system_prompt(persona, question.frontier, was_searched=was_searched),
            history=self._recent(question.history),
            message=question.message,
            evidence=[_evidence(hit, who) for hit in hits],
            was_searched=was_searched,
            character_name=who.character.name if who.character else None,
            own_lines=[_own(line) for line in lines],
            preferences=question.preferences,
            max_output_tokens=self._limits.output_tokens,
        )
        not_rewritten = (NOT_REWRITTEN,) if asks and not rewritten else ()
        unsearched = BY_LINES_ALONE if hits else NOT_SEARCHED
        degraded = found.degraded if found else (unsearched,)
        return Grounding(request, hits, (*degraded, *not_rewritten))

    async def _rewritten(self, question: Question) -> SearchQueries | None:
        """None where there is no model for it, or it could not: then rules have to do."""
        if self._rewrite_query is None:
            return None
        who = question.interlocutor.character
        return await self._rewrite_query.rewrite(
            Rewriting(
                version=question.version,
                frontier=question.frontier,
                message=question.message,
                history=question.history,
                names=tuple(question.interlocutor.names),
                character_id=who.id if who else None,
                character_name=who.name if who else "",
            )
        )

    async def _find(
        self, question: Question, query: str, rewritten: SearchQueries | None
    ) -> SearchResult | None:
        """None where the book cannot be searched: that degrades the turn instead of ending it.

        What tells of the edition alone is left out.
        """
        wanted = SearchRequest(
            version=question.version,
            query=(rewritten.narrative if rewritten else query).strip()[:MAX_QUERY_CHARACTERS],
            keywords=rewritten.keywords if rewritten else None,
            up_to=question.frontier,
            limit=self._limits.passages + _OF_EDITION,
        )
        try:
            found, layout = await asyncio.gather(
                self._search.search(wanted), self._books.layout(question.version)
            )
        except Unavailable:
            return None
        chapters = layout.chapters
        told = [h for h in found.hits if not chapters[h.passage.chapter_index].is_of_edition]
        return replace(found, hits=tuple(told[: self._limits.passages]))

    async def _passages_of_lines(
        self, question: Question, hits: Sequence[SearchHit], fitting: Sequence[Line]
    ) -> list[SearchHit]:
        """The passages that hold the character's best lines, so that these can be cited too.

        Where no line fits the question, one that is telling of the character stands in.
        """
        who = question.interlocutor
        found = {hit.passage.index for hit in hits}
        places = [who.passage_of_line.get(line.span) for line in fitting or who.telling[:1]]
        wanted = list(dict.fromkeys(p for p in places if p is not None))
        missing = [p for p in wanted[: self._limits.line_passages] if p not in found]
        if not missing:
            return []
        try:
            passages, layout = await asyncio.gather(
                self._passages.get(question.version, missing, question.frontier),
                self._books.layout(question.version),
            )
        except Unavailable:
            return []  # the lines themselves are known
        ordered = [passages[place] for place in missing if place in passages]
        return [
            SearchHit.of(rank, passage, layout, question.frontier)
            for rank, passage in enumerate(ordered, start=len(hits) + 1)
        ]

    def _within_budget(self, hits: Sequence[SearchHit]) -> tuple[SearchHit, ...]:
        """As many of the best as fit, numbered anew from 1."""
        sizes = self._tokens.count_all([hit.passage.text for hit in hits])
        kept: list[SearchHit] = []
        left = self._limits.evidence_tokens
        for hit, size in zip(hits, sizes, strict=True):
            if size <= left:
                left -= size
                kept.append(replace(hit, rank=len(kept) + 1))
        return tuple(kept)

    def _recent(self, history: Sequence[Message]) -> Sequence[Message]:
        """The last whole turns that fit the budget."""
        sizes = self._tokens.count_all([m.content for m in reversed(history)])
        count = sum(total <= self._limits.history_tokens for total in accumulate(sizes))
        recent = history[len(history) - count :]
        return recent[1:] if recent and recent[0].role is Role.ASSISTANT else recent


def _fitting_lines(who: Interlocutor, query: str) -> list[Line]:
    """The character's lines that share words with the question, best first."""
    fits = who.wordings.fits(query)
    best = sorted(range(len(fits)), key=lambda place: -fits[place])
    return [who.lines[place] for place in best if fits[place] > 0]


def _evidence(hit: SearchHit, who: Interlocutor) -> Evidence:
    return Evidence(
        number=hit.rank,
        passage=hit.passage,
        chapter_title=hit.chapter_title,
        own_lines=tuple(_own(line) for line in who.lines_within(hit.passage.span)),
    )


def _own(line: Line) -> OwnLine:
    return OwnLine(line.text, line.span)
