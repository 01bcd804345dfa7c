"""A small book with its cast, read from a marked-up text, for the tests of conversation.

`{speaker>addressee:words}` is a line that they say, `[id:name]` a name that the narration uses, a
line that begins with `# ` the heading of a chapter.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.book import Book, BookLayout, BookStatus, Chapter, ContentVersion
from domain.cast import Alias, AttributionKind, Cast, Character, Gender, Mention, Merge, Quote
from domain.frontier import Frontier
from domain.ids import BookId, CharacterId, OwnerId, QuoteId
from domain.passage import Passage
from domain.span import Span

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OWNER = OwnerId("00000000-0000-0000-0000-00000000aaaa")
BOOK_ID = BookId("00000000-0000-0000-0000-00000000b00c")
VERSION = ContentVersion(BOOK_ID, 1)
MERE, FENN, GREY = CharacterId("mere"), CharacterId("fenn"), CharacterId("grey")
GENDERS = {MERE: Gender.FEMALE, FENN: Gender.MALE, GREY: None}

MARKUP = """\
# Chapter 1. The Ferry

[mere:Mrs. Mere] was a broad woman with tar on her sleeves, and she had kept the ferry for thirty years.

“{mere>fenn:Ropes before weather, Mr. Fenn. Ropes before weather, I always say.}” said [mere:Mrs. Mere].

“{fenn>mere:Is the river always so high in March, ma'am?}” asked [fenn:Mr. Fenn], a thin young man with a surveyor's chain.

“{mere>fenn:It is high when it pleases, Mr. Fenn, and low when it is tired.}”

“{fenn>mere:I have come to measure it, ma'am, for the bridge.}”

“{mere>fenn:A bridge! A bridge will drown more men than my ferry ever did. Mark the ropes, Mr. Fenn.}”

[fenn:Mr. Fenn] wrote the depth of the river in a green book and counted the piles of the old landing.

“{fenn>mere:What do you fear from a bridge, ma'am?}”

“{mere>fenn:I fear nothing that floats.}”

# Chapter 2. The Stranger

A stranger, whom the children called [grey:Grey], slept in the boathouse and was never seen by day.

“{grey>mere:Keep the lamp low,}” whispered [grey:Grey]. “{grey>mere:Keep the lamp low, or they will see us from the mill.}”

“{mere>grey:Who will see? There is nobody at the mill but owls.}” said [mere:Mrs. Mere].

“{grey>mere:The lamp, I beg of you. I have a reason that I cannot tell.}”

# Chapter 3. The Green Book

“{mere>fenn:So it was you in my boathouse, Mr. Fenn, with your lamp and your whispers!}” cried [mere:Mrs. Mere].

It was true: [grey:Grey] and [fenn:Mr. Fenn] were one man, and the green book held the debts of the mill.

“{fenn>mere:I measured the mill, ma'am, and never the river. Forgive me for the lines that I cut.}”

“{mere>fenn:Ropes can be spliced. Sit down and eat, Mr. Fenn.}”
"""  # noqa: E501

_PIECE = re.compile(
    r"\{(?P<speaker>\w+)>(?P<addressee>\w+):(?P<said>[^}]*)\}|\[(?P<who>\w+):(?P<name>[^\]]*)\]"
)


@dataclass(frozen=True, slots=True)
class Story:
    text: str
    cast: Cast
    layout: BookLayout
    passages: tuple[Passage, ...]
    book: Book

    def after(self, words: str) -> Frontier:
        return Frontier(self.text.index(words) + len(words))


def the_story() -> Story:
    text, quotes, mentions = _read(MARKUP)
    layout = BookLayout(len(text), _chapters(text))
    revealed = text.index("were one man") + len("were one man")
    cast = Cast(
        characters=tuple(_character(who, quotes, mentions) for who in (MERE, FENN, GREY)),
        quotes=tuple(quotes),
        mentions=tuple(mentions),
        merges=(Merge(GREY, FENN, revealed),),
    )
    return Story(text, cast, layout, _passages(text, layout), _book())


def _read(markup: str) -> tuple[str, list[Quote], list[Mention]]:
    text, end = "", 0
    quotes: list[Quote] = []
    mentions: list[Mention] = []
    for piece in _PIECE.finditer(markup.replace("# ", "")):
        text += markup.replace("# ", "")[end : piece.start()]
        end = piece.end()
        start = len(text)
        text += piece["said"] or piece["name"]
        span = Span(start, len(text))
        if piece["said"]:
            quotes.append(_quote(span, len(quotes), piece.groupdict()))
        else:
            mentions.append(Mention(span, CharacterId(piece["who"]), alias=piece["name"]))
    return text + markup.replace("# ", "")[end:], quotes, mentions


def _quote(span: Span, number: int, roles: Mapping[str, str]) -> Quote:
    return Quote(
        id=QuoteId(f"quote-{number}"),
        span=span,
        utterance=number,
        speaker_id=CharacterId(roles["speaker"]),
        confidence=0.9,
        attribution=AttributionKind.EXPLICIT,
        addressee_ids=(CharacterId(roles["addressee"]),),
        known_from=span.end,
    )


def _character(who: CharacterId, quotes: list[Quote], mentions: list[Mention]) -> Character:
    own = [m for m in mentions if m.character_id == who]
    called = Counter(m.alias for m in own)
    return Character(
        id=who,
        name=own[0].alias,
        aliases=tuple(Alias(a, own[0].span.end, n) for a, n in called.most_common()),
        first_mention=own[0].span,
        gender=GENDERS[who],
        mention_count=len(own),
        quote_count=sum(q.speaker_id == who for q in quotes),
    )


def _chapters(text: str) -> tuple[Chapter, ...]:
    headings = [Span(m.start(), m.end()) for m in re.finditer(r"^Chapter \d\..*$", text, re.M)]
    ends = [h.start for h in headings[1:]] + [len(text)]
    return tuple(
        Chapter(i, heading.of(text), Span(heading.start, end), number=i + 1, heading=heading)
        for i, (heading, end) in enumerate(zip(headings, ends, strict=True))
    )


def _passages(text: str, layout: BookLayout) -> tuple[Passage, ...]:
    """One a paragraph."""
    passages: list[Passage] = []
    for match in re.finditer(r"\S(?:.|\n(?!\n))*", text):
        span = Span(match.start(), match.end()).trimmed(text)
        chapter = layout.chapter_at(span.start)
        assert chapter is not None
        passages.append(Passage(len(passages), span, chapter.index, span.of(text)))
    return tuple(passages)


def _book() -> Book:
    return Book(
        id=BOOK_ID,
        owner_id=OWNER,
        title="The Ferry Woman",
        author="Nobody in Particular",
        content_hash="00",
        created_at=NOON,
        updated_at=NOON,
        status=BookStatus.COMPLETED,
        serving=1,
    )
