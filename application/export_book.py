"""A book's chapters, cast, quotations, relations and scenes, as plain data for a file."""

from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.text_store import TextStore
from application.told_books import ToldBooks
from domain.book import Chapter
from domain.cast import Cast, Character, Quote
from domain.cast_json import scenes_to_json
from domain.errors import BookNotReady
from domain.frontier import Frontier
from domain.ids import BookId
from domain.relations import Relation, relations_of
from domain.scenes import scenes_of
from domain.span import Span


class ExportBook:
    def __init__(
        self,
        *,
        books: BookRepository,
        casts: CastRepository,
        texts: TextStore,
        told_books: ToldBooks,
    ) -> None:
        self._books = books
        self._told_books = told_books
        self._casts = casts
        self._texts = texts

    async def export(self, book_id: BookId, up_to: Frontier) -> dict[str, object]:
        """JSON-ready; nothing in it lies past the frontier. Raises BookNotFound, BookNotReady."""
        book = await self._books.get(book_id)
        if book.version is None:
            raise BookNotReady("The book is not ready yet; look at its job.")
        told = await self._told_books.up_to(book, up_to)
        layout = await self._books.layout(book.version)
        cast = await self._casts.get(book.version, up_to)
        text = await self._texts.slice(book.version, Span(0, layout.length), up_to)
        chapters = layout.up_to(up_to)
        return {
            "format": "falsafa-book/1",
            "book": {
                "id": book.id,
                "title": book.title,
                "author": book.author,
                "language": book.language,
                "content_hash": book.content_hash,
                "warnings": list(told.warnings),
            },
            "positions": "code points of the canonical text, end exclusive",
            "chapters": [_chapter(c) for c in chapters],
            "characters": [_character(c) for c in cast.characters],
            "quotes": [_quote(q, text) for q in cast.quotes],
            "relations": [_relation(r) for r in relations_of(cast)],
            "scenes": scenes_to_json(scenes_of(cast, chapters)),
            "merges": _merges(cast),
        }


def _chapter(chapter: Chapter) -> dict[str, object]:
    return {
        "index": chapter.index,
        "number": chapter.number,
        "kind": chapter.kind,
        "title": chapter.title,
        "parents": list(chapter.parents),
        "start": chapter.span.start,
        "end": chapter.span.end,
    }


def _character(character: Character) -> dict[str, object]:
    return {
        "id": character.id,
        "name": character.name,
        "gender": character.gender,
        "is_narrator": character.is_narrator,
        "mentions": character.mention_count,
        "quotes": character.quote_count,
        "first_mention": [character.first_mention.start, character.first_mention.end],
        "aliases": [
            {"text": a.text, "known_from": a.known_from, "count": a.count}
            for a in character.aliases
        ],
    }


def _quote(quote: Quote, text: str) -> dict[str, object]:
    return {
        "id": quote.id,
        "start": quote.span.start,
        "end": quote.span.end,
        "text": quote.span.of(text),
        "utterance": quote.utterance,
        "speaker_id": quote.speaker_id,
        "addressee_ids": list(quote.addressee_ids),
        "confidence": round(quote.confidence, 3),
        "attribution": quote.attribution,
    }


def _relation(relation: Relation) -> dict[str, object]:
    return {
        "between": [relation.first_id, relation.second_id],
        "kind": relation.kind,
        "weight": relation.weight,
        "known_from": relation.known_from,
        "evidence": [[s.start, s.end] for s in relation.evidence],
    }


def _merges(cast: Cast) -> list[dict[str, object]]:
    return [
        {"absorbed_id": m.absorbed_id, "into_id": m.into_id, "known_from": m.known_from}
        for m in cast.merges
    ]
