"""Whom a reply names as the speaker of what it quotes: "“...,” said Mrs. Mere", "Grey: “...”".

By rule, and only what stands beside the quotation in the same line. A pronoun tells that somebody
is quoted, but not who.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.ids import CharacterId
from domain.marker import BEGINNING
from domain.typography import QUOTATION_MARKS

_VERBS = """
add admit announce answer argue ask assure beg begin boast claim complain conclude confess
confide continue cry declare demand exclaim explain insist interrupt joke lament laugh murmur mutter
note object observe plead proclaim promise protest recall remark remind repeat reply respond retort
say scream shout sigh snap sneer sob state suggest tell think thunder urge utter vow warn whisper
wonder write
"""
_IRREGULAR = """
begged begun began said says told thought wrote written writes writing put puts cried cries replied
replies asks asked speaks spoke spoken goes confided muttered cry saying telling
"""
_LONGEST_BEFORE = 160  # code points
_LINE = re.compile(rf"[\n{re.escape(QUOTATION_MARKS.replace(chr(39), '').replace('’', ''))}]")
_SENTENCE = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\b\w)[.!?][)*_]*\s+(?=\W*[A-Z])"
)
_CLAUSE = re.compile(r";\s+(?=\w)")
_CITED = re.compile(rf"\s*[,.;:…—)*_]*\s*{BEGINNING}", re.IGNORECASE)
_PRONOUNS = "he|she|they|it|we|you|who"
# Nobody either: "I never said so, but the book tells: “...”".
_BOOK = r"(?:the|this) (?:book|novel|story|text|chapter|passage|narrator|narration)"
_FIRST = "I"
_ADVERBS = "then|once|later|also|often|always|never|had|has|have|would|did|will"


def _verbs() -> str:
    forms = set(_IRREGULAR.split())
    for verb in _VERBS.split():
        stem = verb.removesuffix("e")
        forms |= {verb, verb + "s", stem + "ed", stem + "ing"}
    return "|".join(sorted(forms, key=len, reverse=True))


_VERB = rf"(?:{_verbs()})"
_SAY = re.compile(rf"\b{_VERB}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attribution:
    """`speakers`: all who may bear the name that is given; none for a pronoun."""

    name: str = ""
    speakers: frozenset[CharacterId] = frozenset()
    is_said: bool = False  # somebody is told to have said it, or it is cited by a number


class Attributions:
    """By the names of a book's people. Making it takes long where they are many."""

    def __init__(self, names: Mapping[str, Iterable[CharacterId]]) -> None:
        self._ids: dict[str, frozenset[CharacterId]] = {}
        for name, ids in names.items():
            key = _key(name)
            self._ids[key] = self._ids.get(key, frozenset()) | frozenset(ids)
        name = "|".join(map(_pattern, sorted(names, key=len, reverse=True))) or r"(?!)"
        who = rf"(?P<name>{name})(?!\w)|(?P<first>I)\b|(?P<pronoun>(?i:{_PRONOUNS}))\b"
        self._who = re.compile(rf"(?<!\w)(?:{who}|(?i:{_BOOK})\b)")
        said_by = rf"(?:(?:{_ADVERBS}|\w+ly) ){{0,3}}{_VERB}\b"
        self._after = [
            re.compile(rf"[\s,.;:)*_—–-]*(?:as |so |thus |and )?(?:{pattern})")
            for pattern in (
                rf"(?i:{_VERB})\s+(?:{who})",
                rf"(?:{who})\s+(?i:{said_by})",
            )
        ] + [
            re.compile(rf"\s*(?:[—–]|--?|~)\s*(?:{who})"),
            re.compile(rf"\s*\(\s*(?:{who})"),
            re.compile(rf"[\s,]*(?i:is|was|were|are)\b[^.!?]{{0,30}}?(?<!\w)(?:{who})"),
        ]
        self._colon = re.compile(rf"\A[\s*_>-]*(?:{who})[*_]*\s*:[*_]*\s*[*_]*\Z")
        self._possessive = re.compile(rf"(?<!\w)(?:{who})(?:['’]s?)\s[^.!?:]{{0,40}}\Z")
        self._words_of = re.compile(
            rf"(?i:words of|word of|according to|line of|cry of)\s+(?:{who})[\s,:*_]*\Z"
        )

    def of(
        self, reply: str, start: int, after: int, told_by: int, own: CharacterId | None = None
    ) -> Attribution:
        """For what stands between `start` (its first letter) and `after` (behind its closing
        mark). `told_by`: up to where the reply has been read; `own`: who answers, and says "I"."""
        before = _line_before(reply[max(0, start - 1 - _LONGEST_BEFORE) : max(0, start - 1)])
        behind = _LINE.split(reply[after:told_by], maxsplit=1)[0]
        is_cited = _CITED.match(behind) is not None
        if named := self._named_after(behind) or self._named_before(before):
            return self._attribution(named, own)
        is_told = _SAY.search(before) is not None or before.rstrip(" *_").endswith(":")
        return Attribution(is_said=is_told or is_cited)

    def _named_after(self, behind: str) -> re.Match[str] | None:
        return next((m for pattern in self._after if (m := pattern.match(behind))), None)

    def _named_before(self, before: str) -> re.Match[str] | None:
        for pattern in (self._colon, self._words_of, self._possessive):
            if match := pattern.search(before):
                return match
        verbs = list(_SAY.finditer(before))
        if not verbs:
            return None
        subjects = list(self._who.finditer(before, 0, verbs[-1].start()))
        return subjects[-1] if subjects else self._who.match(before, verbs[-1].end() + 1)

    def _attribution(self, named: re.Match[str], own: CharacterId | None) -> Attribution:
        if name := named["name"]:
            return Attribution(name, self._ids.get(_key(name), frozenset()), is_said=True)
        if named["first"] and own is not None:
            return Attribution(_FIRST, frozenset([own]), is_said=True)
        return Attribution(is_said=True)


def _pattern(name: str) -> str:
    """The name as it is written, or with a capital where it is a common noun ("the old man")."""
    words = re.sub("['’]", "['’]", re.escape(name[1:]).replace(r"\ ", r"\s+"))
    return f"[{re.escape(name[:1] + name[:1].upper())}]{words}"


def _line_before(text: str) -> str:
    """The last clause of it that could be a sentence, without other quotations."""
    line = _LINE.split(text)[-1]
    return _CLAUSE.split(_SENTENCE.split(line)[-1])[-1]


def _key(name: str) -> str:
    return " ".join(name.replace("’", "'").split()).casefold()
