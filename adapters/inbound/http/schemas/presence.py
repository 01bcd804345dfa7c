"""Where people are: chapter by chapter, and in scenes."""

from pydantic import BaseModel, Field

from adapters.inbound.http.schemas.common import Position
from domain.book import Chapter
from domain.presence import ChapterPresence
from domain.scenes import Scene


class ChapterPresenceOut(BaseModel):
    chapter: int = Field(description="Its place in reading order, as `index` of the chapter.")
    number: int | None = Field(description="Body chapters count from 1.")
    title: str
    mentions: int
    quotes: int = Field(description="Lines spoken.")
    first: Position = Field(description="The first mention or line in the chapter.")
    last: Position

    @classmethod
    def of(cls, presence: ChapterPresence, chapter: Chapter) -> "ChapterPresenceOut":
        return cls(
            chapter=presence.chapter,
            number=chapter.number,
            title=chapter.full_title,
            mentions=presence.mentions,
            quotes=presence.quotes,
            first=Position.of(presence.first),
            last=Position.of(presence.last),
        )


class SceneOut(Position):
    """A stretch of a chapter in which the same people are together."""

    chapter: int = Field(description="Its place in reading order, as `index` of the chapter.")
    character_ids: list[str] = Field(description="Most present first.")
    quotes: int = Field(description="Lines spoken by them.")

    @classmethod
    def of_scene(cls, scene: Scene) -> "SceneOut":
        return cls(
            start=scene.span.start,
            end=scene.span.end,
            chapter=scene.chapter,
            character_ids=list(scene.character_ids),
            quotes=scene.quotes,
        )
