"""What taking a book in will cost, told before anything is sent to anybody or kept."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from application.ports.book_parser import BookParser
from application.ports.character_extractor import CharacterExtractor
from application.ports.token_counter import TokenCounter
from application.write_personas import PersonaEstimate, WritePersonas
from domain.book import ParsedBook
from domain.chunking import chunk, windows


@dataclass(frozen=True, slots=True)
class IngestEstimate:
    title: str
    personas: PersonaEstimate
    embedding_tokens: int = 0  # that a paid embedder will read
    embedder: str = ""  # "" where embedding costs nothing


class EstimateIngest:
    def __init__(
        self,
        *,
        parser: BookParser,
        extractor: CharacterExtractor,
        write_personas: WritePersonas,
        tokens: TokenCounter,
        paid_embedder: str | None = None,
    ) -> None:
        self._parser = parser
        self._extractor = extractor
        self._write_personas = write_personas
        self._tokens = tokens
        self._paid_embedder = paid_embedder

    async def estimate(self, path: Path, file_name: str, media_type: str = "") -> IngestEstimate:
        """Reads the book and finds its cast, as an ingest does. Raises what these raise."""
        book = await self._parser.parse(path, file_name, media_type)
        found = await self._extractor.extract(book.text, book.layout, book.metadata.language)
        personas = await self._write_personas.estimate(
            found.cast, book.text, book.layout, book.metadata.title, book.metadata.author
        )
        title = book.metadata.title or path.stem
        if not self._paid_embedder:
            return IngestEstimate(title, personas)
        tokens = await asyncio.to_thread(self._embedding_tokens, book)
        return IngestEstimate(title, personas, tokens, self._paid_embedder)

    def _embedding_tokens(self, book: ParsedBook) -> int:
        """Each passage is embedded whole, and again in windows."""
        passages = chunk(book.text, book.layout, self._tokens.count_all)
        pieces = [w for p in passages for w in windows(p, self._tokens.count_all)]
        return sum(self._tokens.count_all([*(p.text for p in passages), *pieces]))
