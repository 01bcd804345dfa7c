"""What the text shows of a character: who they are, how they speak, with whom, and where.

Nothing here is inferred beyond counting: every statement points at the places it comes from. Give
it a cast already cut to a frontier and the text up to there, and nothing later is told.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from domain.cast import Cast, Character, MentionKind, Quote
from domain.ids import CharacterId
from domain.relations import Relation, RelationKind, relations_of
from domain.sentences import sentences
from domain.span import Span
from domain.speech import Line, SpeechStyle, Voices
from domain.wording import content_words, words

SURE = 0.5  # confidence from which a line is taken for the speaker's own
_FEW_LINES = 5  # with fewer sure ones, the unsure are better than none
MAX_TELLING = 10
MAX_SIGHTINGS = 5
MAX_PARTNERS = 6
_TELLING_WORDS = range(7, 46)
_SIGHTING_LENGTH = range(40, 330)  # code points
_SIGHTINGS_TRIED = 200  # mentions looked at: descriptions come early
_DESCRIBES = re.compile(
    r"\b(?:was|were|had|seemed|looked|wore|man|woman|girl|boy|gentleman|lady|face|eyes|hair|voice"
    r"|manner|aged?|years|always|never)\b"
)


@dataclass(frozen=True, slots=True)
class Partner:
    name: str
    times: int
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    character: Character
    lines: tuple[Line, ...]  # all that they say, in order
    style: SpeechStyle | None  # None for one who says nothing
    speaks_with: tuple[Partner, ...]  # most often first
    appears_with: tuple[Partner, ...]
    telling_lines: tuple[Line, ...]  # their most characteristic, spread through what was read
    sightings: tuple[Line, ...]  # sentences of the narration that describe them, in order


class Profiler:
    """Profiles of the characters of one cast; what they are set against is counted once."""

    def __init__(self, cast: Cast, text: str) -> None:
        self._cast = cast
        self._text = text
        self._lines = _lines_by_speaker(cast.quotes, text)
        self._quoted = sorted(q.span for q in cast.quotes)
        self._relations = relations_of(cast)
        self._names = {c.id: c.name for c in cast.characters}
        self._voices = Voices(
            self._lines,
            narration="\n".join(_outside(self._quoted, text)),
            names=[a.text for c in cast.characters for a in c.aliases],
        )

    def profile(self, character: Character) -> Profile:
        lines = self._lines.get(character.id, [])
        style = self._voices.style_of(character.id)
        return Profile(
            character=character,
            lines=tuple(lines),
            style=style,
            speaks_with=self._partners(character.id, RelationKind.SPEAKS_WITH),
            appears_with=self._partners(character.id, RelationKind.APPEARS_WITH),
            telling_lines=telling_lines(lines, style),
            sightings=self._sightings(character),
        )

    def _partners(self, who: CharacterId, kind: RelationKind) -> tuple[Partner, ...]:
        own = [r for r in self._relations if r.kind is kind and who in (r.first_id, r.second_id)]
        return tuple(
            Partner(self._names[_other(relation, who)], relation.weight, relation.evidence)
            for relation in own[:MAX_PARTNERS]
        )

    def _sightings(self, character: Character) -> tuple[Line, ...]:
        """The sentence that brings them in, then those that describe more than they narrate."""
        seen = list(dict.fromkeys(self._sentences_about(character.id)))
        fitting = [s for s in seen if len(s.text) in _SIGHTING_LENGTH]
        best = sorted(fitting[1:], key=lambda s: (-len(_DESCRIBES.findall(s.text)), s.span))
        described = [s for s in best if _DESCRIBES.search(s.text)]
        return tuple(sorted([*fitting[:1], *described[: MAX_SIGHTINGS - 1]]))

    def _sentences_about(self, who: CharacterId) -> Iterator[Line]:
        named = [
            m.span
            for m in self._cast.mentions
            if m.character_id == who and m.kind is not MentionKind.PRONOUN
        ]
        for mention in named[:_SIGHTINGS_TRIED]:
            sentence = _sentence_around(mention, self._text)
            if not self._is_quoted(sentence):
                yield Line(sentence, sentence.of(self._text))

    def _is_quoted(self, sentence: Span) -> bool:
        """Whether any of it is speech: quotations do not overlap."""
        before = bisect_left(self._quoted, sentence.end, key=lambda q: q.start) - 1
        return before >= 0 and self._quoted[before].overlaps(sentence)


def telling_lines(lines: Sequence[Line], style: SpeechStyle | None) -> tuple[Line, ...]:
    """Whole sentences of middling length, rich in what only this speaker says, none like another,
    one from each stretch of the book."""
    if style is None:
        return ()
    dear = [e.text for e in (*style.favourites, *style.spellings)]
    fitting = [line for line in lines if len(words(line.text)) in _TELLING_WORDS]
    chosen: list[Line] = []
    for stretch in _stretches(fitting, MAX_TELLING):
        ranked = sorted(stretch, key=lambda line: -_telling(line, dear))
        fresh = (line for line in ranked if not any(_alike(line, other) for other in chosen))
        chosen.extend(islice(fresh, 1))
    return tuple(chosen)


def _lines_by_speaker(quotes: Sequence[Quote], text: str) -> dict[CharacterId, list[Line]]:
    said: defaultdict[CharacterId, list[Quote]] = defaultdict(list)
    for quote in quotes:
        if quote.speaker_id is not None:
            said[quote.speaker_id].append(quote)
    lines = {}
    for who, theirs in said.items():
        sure = [q for q in theirs if q.confidence >= SURE]
        chosen = sure if len(sure) >= _FEW_LINES else theirs
        lines[who] = [Line(q.span, q.span.of(text)) for q in chosen]
    return lines


def _outside(spans: Sequence[Span], text: str) -> Iterator[str]:
    end = 0
    for span in spans:
        yield text[end : max(end, span.start)]
        end = max(end, span.end)
    yield text[end:]


def _other(relation: Relation, who: CharacterId) -> CharacterId:
    return relation.second_id if relation.first_id == who else relation.first_id


def _sentence_around(mention: Span, text: str) -> Span:
    before = text.rfind("\n\n", 0, mention.start)
    start = before + 2 if before >= 0 else 0
    end = text.find("\n\n", mention.end)
    paragraph = Span(start, end if end >= 0 else len(text))
    return next((s for s in sentences(text, paragraph) if s.contains(mention)), mention)


def _stretches(lines: Sequence[Line], count: int) -> Iterator[Sequence[Line]]:
    size = -(-len(lines) // count) or 1
    return (lines[i : i + size] for i in range(0, len(lines), size))


def _telling(line: Line, dear: Sequence[str]) -> float:
    said = words(line.text)
    own = sum(f" {phrase} " in f" {' '.join(said)} " for phrase in dear)
    is_whole = line.text[-1:] in ".!?" and line.text[:1].isupper()
    variety = len(set(content_words(line.text))) / len(said)
    return 2.0 * own + 2.0 * is_whole + variety


def _alike(line: Line, other: Line) -> bool:
    mine, theirs = Counter(content_words(line.text)), Counter(content_words(other.text))
    return (mine & theirs).total() * 2 > max(1, mine.total())
