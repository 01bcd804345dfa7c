"""A reply made of quotations: a character's own lines first, then what the narration tells.

Whatever stands in quotation marks is the book's text, but for white space; what was left out of a
long stretch is marked by an ellipsis outside the marks. [n] is the number of the passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from application.ports.chat_model import ChatRequest, Evidence
from domain.follow_up import standalone_query
from domain.sentences import sentences
from domain.span import Span
from domain.wording import Wordings, best_fit, content_words

NOTE = "(No language model is set up, so this answer is in the book's own words.)"
NO_WORDS = "I find no words on that in what has been read of the book."
NOT_SEARCHED = (
    "(The book cannot be searched just now, so this rests on no passage that was looked up.)"
)
UNCERTAIN = "I find no words that answer this outright; what comes nearest is this:"
ONLY_TOLD = "I say nothing of that myself, but the book tells of it:"
ALSO_TOLD = "And the book tells of it:"

MAX_LINES = 2  # of a character in one reply
MAX_SENTENCES = 3  # where the book itself answers
LONGEST = 320  # code points of one quotation
_NEARLY = 0.6  # of the best fit: enough for a second quotation
_EARLIER_PASSAGES = 0.1  # how much the order of the search weighs beside the words
_OPENERS = frozenset(
    content_words("hello hi hey good morning afternoon evening day dear greetings sir madam ma'am")
)
_WORTH_TELLING = 4  # words that carry meaning: enough to stand alone
_UNCITED = 0.5  # how much a line counts that lies in no passage
_ASKS = 0.5  # and one that asks something itself
_SAID = 0.4  # and what the conversation has quoted already
_MARKS = '“”"'
_CLAUSE_END = re.compile(r"[,;:—](?=\s)")


@dataclass(frozen=True, slots=True)
class _Quotable:
    text: str
    number: int | None  # of the passage that it lies in; None for a line elsewhere


def compose_reply(request: ChatRequest) -> str:
    query = standalone_query(request.message, [m.content for m in request.history], {})
    paragraphs = list(_answer(request, query))
    if not request.was_searched:
        paragraphs.append(NOT_SEARCHED)
    if not request.history:
        paragraphs.append(NOTE)
    return "\n\n".join(paragraphs)


def _answer(request: ChatRequest, query: str) -> Iterator[str]:
    own = _own_lines(request)
    told = [sentence for e in request.evidence for sentence in _sentences(e)]
    told += [sentence for text in request.excerpts for sentence in _uncited_sentences(text)]
    if own and set(content_words(request.message)) <= _OPENERS:
        yield _quoted(max(own, key=_worth), query)
        return
    fits = _fits(own, told, query, _flat(" ".join(m.content for m in request.history)))
    of_lines = fits[: len(own)]
    lines = _best(own, of_lines, MAX_LINES)
    most = 1 if request.character_name else MAX_SENTENCES
    narrated = _best(told, fits[len(own) :], most, beside=max(of_lines, default=0.0))
    if lines:
        yield "\n".join(_quoted(line, query) for line in lines)
        if narrated and not _repeats(narrated[0], lines):
            yield f"{ALSO_TOLD} {_quoted(narrated[0], query)}"
    elif narrated:
        lead = [ONLY_TOLD] if request.character_name else []
        yield "\n".join([*lead, *(_quoted(sentence, query) for sentence in narrated)])
    else:
        yield from _nearest(own, told, query)


def _own_lines(request: ChatRequest) -> list[_Quotable]:
    """The character's lines, those that fit best (the turn has ordered them) first, then those
    that stand in the passages."""
    places = {line.span: line.text for line in request.own_lines}
    places |= {line.span: line.text for e in request.evidence for line in e.own_lines}
    return [_Quotable(text, _number_of(span, request.evidence)) for span, text in places.items()]


def _number_of(span: Span, evidence: Sequence[Evidence]) -> int | None:
    return next((e.number for e in evidence if e.passage.span.contains(span)), None)


def _sentences(evidence: Evidence) -> Iterator[_Quotable]:
    """Those of the passage that hold no line of the character: these are quoted by themselves."""
    passage = evidence.passage
    for sentence in sentences(passage.text, Span(0, len(passage.text))):
        start = passage.span.start + sentence.start
        place = Span(start, start + len(sentence))
        if not any(place.overlaps(line.span) for line in evidence.own_lines):
            yield _Quotable(_unmarked(sentence.of(passage.text)), evidence.number)


def _uncited_sentences(excerpt: str) -> Iterator[_Quotable]:
    for sentence in sentences(excerpt, Span(0, len(excerpt))):
        yield _Quotable(_unmarked(sentence.of(excerpt)), number=None)


def _unmarked(sentence: str) -> str:
    """Without quotation marks that stand about the whole of it, or have lost their other half."""
    bare = sentence.strip(_MARKS)
    return sentence if any(mark in bare for mark in _MARKS) else bare


def _fits(
    own: Sequence[_Quotable], told: Sequence[_Quotable], query: str, said: str
) -> list[float]:
    """Of the character's lines, then of what is told; measured together. `said`: before."""
    fits = Wordings([q.text for q in (*own, *told)]).fits(query)
    asked = frozenset(content_words(query))
    worths = [*map(_worth, own), *(_worth(q) * _news(q, asked) for q in told)]
    return [
        fit * worth * (_SAID if fit and _flat(_shortened(quotable.text, query)[0]) in said else 1)
        for fit, worth, quotable in zip(fits, worths, (*own, *told), strict=True)
    ]


def _worth(quotable: _Quotable) -> float:
    """An exclamation tells little, and a question less; what search found first, a little more."""
    substance = min(1.0, len(content_words(quotable.text)) / _WORTH_TELLING)
    place = 1 + _EARLIER_PASSAGES / quotable.number if quotable.number else _UNCITED
    return substance * place * (_ASKS if quotable.text.rstrip(_MARKS).endswith("?") else 1)


def _news(quotable: _Quotable, asked: frozenset[str]) -> float:
    """A character's line may say the question's words again, as an answer; a sentence that does
    tells nothing."""
    new = frozenset(content_words(quotable.text)) - asked
    return min(1.0, (1 + len(new)) / _WORTH_TELLING)


def _best(
    quotables: Sequence[_Quotable], fits: Sequence[float], count: int, beside: float = 0.0
) -> list[_Quotable]:
    """Those that fit nearly as well as the best of them, and as what they stand `beside`."""
    order = sorted(range(len(fits)), key=lambda place: -fits[place])
    least = max([beside, *fits]) * _NEARLY
    return [quotables[place] for place in order[:count] if fits[place] > 0 and fits[place] >= least]


def _repeats(sentence: _Quotable, lines: Sequence[_Quotable]) -> bool:
    flat = _flat(sentence.text)
    return any(_flat(line.text) in flat or flat in _flat(line.text) for line in lines)


def _nearest(own: Sequence[_Quotable], told: Sequence[_Quotable], query: str) -> Iterator[str]:
    """Nothing shares a word with the question: the first thing of substance that search found."""
    found = sorted((q.number, place, q) for place, q in enumerate((*own, *told)) if q.number)
    for _, _, quotable in found:
        if len(content_words(quotable.text)) >= _WORTH_TELLING:
            yield f"{UNCERTAIN} {_quoted(quotable, query)}"
            return
    yield NO_WORDS


def _quoted(quotable: _Quotable, query: str) -> str:
    """The words in quotation marks, shortened if they are long, with the passage's number."""
    words, before, after = _shortened(quotable.text, query)
    opening, closing = "‘’" if any(mark in words for mark in '“”"') else "“”"
    number = f" [{quotable.number}]" if quotable.number is not None else ""
    return f"{'… ' * before}{opening}{_flat(words)}{closing}{' …' * after}{number}"


def _shortened(text: str, query: str) -> tuple[str, bool, bool]:
    """The whole sentences about the one that fits best, and whether words before and after them
    were left out."""
    if len(text) <= LONGEST:
        return text, False, False
    parts = list(sentences(text, Span(0, len(text))))
    first = last = best_fit(query, [p.of(text) for p in parts]) or 0
    while last + 1 < len(parts) and parts[last + 1].end - parts[first].start <= LONGEST:
        last += 1
    while first > 0 and parts[last].end - parts[first - 1].start <= LONGEST:
        first -= 1
    kept = Span(parts[first].start, parts[last].end)
    if len(kept) > LONGEST:
        kept = Span(kept.start, kept.start + _cut(kept.of(text)))
    return kept.of(text), kept.start > parts[0].start, kept.end < parts[-1].end


def _cut(sentence: str) -> int:
    """Where an endless sentence is left: at the end of a clause, else of a word."""
    clauses = [m.start() for m in _CLAUSE_END.finditer(sentence, LONGEST // 2, LONGEST)]
    word = sentence.rfind(" ", 1, LONGEST)
    return clauses[-1] if clauses else word if word > 0 else LONGEST


def _flat(text: str) -> str:
    return " ".join(text.split())
