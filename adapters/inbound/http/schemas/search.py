"""Search results: ranks, never scores. A score holds statistics of the unread part too."""

from pydantic import BaseModel, Field

from adapters.inbound.http.schemas.common import Position
from adapters.inbound.http.schemas.sources import NO_EPUB, EpubOut, LocatorTextOut
from domain.passage import SearchHit, SearchResult


class HitOut(Position):
    rank: int = Field(ge=1)
    text: str
    passage_index: int
    chapter_index: int
    chapter_title: str
    highlights: list[Position] = Field(description="The words that matched, in the same offsets.")
    epub: EpubOut | None = Field(description=NO_EPUB)

    @classmethod
    def of_hit(cls, hit: SearchHit) -> "HitOut":
        text = LocatorTextOut(highlight=hit.passage.text)
        return cls(
            start=hit.passage.span.start,
            end=hit.passage.span.end,
            rank=hit.rank,
            text=hit.passage.text,
            passage_index=hit.passage.index,
            chapter_index=hit.passage.chapter_index,
            chapter_title=hit.chapter_title,
            highlights=[Position.of(span) for span in hit.highlights],
            epub=EpubOut.of(hit.epub, hit.chapter_title, text) if hit.epub else None,
        )


class SearchOut(BaseModel):
    hits: list[HitOut]
    signals: list[str] = Field(
        description="What ordered them. `tokens`: each word of the query beside those of a passage,"
        " where a local model embeds and the book was indexed since there are such vectors.",
        examples=[["keywords", "vectors", "tokens"]],
    )
    degraded: list[str] = Field(description="Plain words for each part that was missing.")

    @classmethod
    def of(cls, result: SearchResult) -> "SearchOut":
        return cls(
            hits=[HitOut.of_hit(hit) for hit in result.hits],
            signals=list(result.signals),
            degraded=list(result.degraded),
        )
