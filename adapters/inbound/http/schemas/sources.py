"""Places in a book, as its text counts them and as an e-reader finds them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from adapters.inbound.http.schemas.common import Position
from domain.conversation import Citation, Source
from domain.epub_locator import EpubLocator

NO_EPUB = "Null if the book was no EPUB, or was read by an earlier release."


class LocationsOut(BaseModel):
    # Readium writes its names so.
    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True
    )

    progression: float = Field(description="In the item: 0 to 1.", examples=[0.41])
    total_progression: float = Field(description="In the book's text: 0 to 1.", examples=[0.037])
    position: int = Field(description="Of 1,024 characters each, from 1.", examples=[17])
    css_selector: str = Field(examples=[":root > :nth-child(2) > :nth-child(1)"])
    partial_cfi: str = Field(description="Inside the item.", examples=["/4/2/10/1:23"])


class LocatorTextOut(BaseModel):
    before: str = Field("", description="Empty in a search result.")
    highlight: str
    after: str = Field("", description="Empty in a search result.")


class ReadiumLocatorOut(BaseModel):
    """https://readium.org/architecture/models/locators/"""

    href: str = Field(description="From the EPUB's root.", examples=["epub/text/chapter-1.xhtml"])
    type: str = "application/xhtml+xml"
    title: str = Field(description="The chapter's.")
    locations: LocationsOut
    text: LocatorTextOut


class EpubOut(BaseModel):
    """Where to jump in the EPUB that the book came from."""

    cfi: str = Field(
        description="A range, as e-readers take it.",
        examples=["epubcfi(/6/14!/4/2/10,/1:23,/1:53)"],
    )
    epubjs_cfi: str = Field(
        description="The same for epub.js, which leaves out empty texts where it counts.",
        examples=["epubcfi(/6/14!/4/2/10,/1:23,/1:53)"],
    )
    locator: ReadiumLocatorOut

    @classmethod
    def of(cls, epub: EpubLocator, chapter_title: str, text: LocatorTextOut) -> "EpubOut":
        return cls(
            cfi=epub.cfi,
            epubjs_cfi=epub.epubjs_cfi,
            locator=ReadiumLocatorOut(
                href=epub.href,
                title=chapter_title,
                locations=LocationsOut(
                    progression=epub.progression,
                    total_progression=epub.total_progression,
                    position=epub.position,
                    css_selector=epub.css_selector,
                    partial_cfi=epub.partial_cfi,
                ),
                text=text,
            ),
        )


class SourceOut(Position):
    """A place in the book: a W3C text position selector and text quote selector in one."""

    exact: str = Field(examples=["Facts alone are wanted in life."])
    prefix: str
    suffix: str
    chapter_index: int
    chapter_title: str
    epub: EpubOut | None = Field(description=NO_EPUB)

    @classmethod
    def of_source(cls, source: Source | Citation) -> "SourceOut":
        return cls(**source_fields(source))


def source_fields(source: Source | Citation) -> dict[str, Any]:
    text = LocatorTextOut(before=source.prefix, highlight=source.exact, after=source.suffix)
    return {
        "start": source.span.start,
        "end": source.span.end,
        "exact": source.exact,
        "prefix": source.prefix,
        "suffix": source.suffix,
        "chapter_index": source.chapter_index,
        "chapter_title": source.chapter_title,
        "epub": EpubOut.of(source.epub, source.chapter_title, text) if source.epub else None,
    }
