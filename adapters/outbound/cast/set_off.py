"""Words in marks that nobody says: terms, titles, inscriptions, what one feels like saying."""

from __future__ import annotations

import re

from adapters.outbound.cast.lexicon.speech import STRONG_SPEECH_VERBS
from domain.naming.word_lists import word_list
from domain.span import Span

_LOOK_BACK = 80  # code points of narration that lead in to the marks
_LOOK_AHEAD = 40
_MAX_TERM, _MAX_TITLE = 3, 7  # words: "the so-called 'blue room' was", "a song called 'Far Away'"
_MAX_FRAGMENT = 4
_CRIES = "!?-—–…"
_STOPS = ".,;:" + _CRIES  # a full stop or comma may belong to the sentence around the marks
_LEADS_IN = ",:-—–"
_MARKS = " \n\r\t_'\"“”‘’«»„"
# What marks come after where they set off a word or a title. A comma or colon leads in to speech.
_TERM_LEADS = word_list("""
the a an of his her their its my your our this that these those some any no as to in for with by
from on at under than or called named entitled titled dubbed styled term termed name word words
so-called known is was were be been being title like play novel song
""")
_LAST_WORD = re.compile(r"([\w’'-]*\w['’]?)$")
# Said by nobody: "as if to say", "felt like answering", "it was on his lips to ask".
_UNSAID = re.compile(
    r"\b(?:as\s+(?:much\s+as|if|though)\s+to\s+say|as\s+who\s+should\s+say|seem(?:ed|ing)?\s+to\s+say"
    r"|(?:felt|feel)\s+like\s+\w+ing|(?:tongue|lips)\s+to\s+\w+|eyes?\s+(?:said|signified)"
    r"|look\s+(?:said|signified)|(?:might|could|should)\s+have\s+(?:said|asked|answered|cried))\W*$"
)
# What a letter or a sign says: "the note ran as follows:", "a card in his hand:".
_READ = re.compile(
    r"\b(?:(?:ran|runs|read|reads)\s+(?:as\s+follows|thus|in\s+this\s+way)"
    r"|(?:letter|note|telegram|wire|card|message|advertisement|notice|inscription|placard|label|motto"
    r"|epitaph|postscript)\b[^.?!\"“”:]{0,40}:)\W*$"
)
# Under an epigraph: "-- George Eliot"
_AUTHOR = re.compile(r"\s*(?:--|[—–])\s*_?[A-Z][^\n.!?]{0,50}[._]*\s*(?:\n\s*\n|\Z)")
_WRITTEN = re.compile(
    r"\W*(?:was|were|is|are)\s+(?:\w+ly\s+)?"
    r"(?:engraved|inscribed|painted|carved|printed|embroidered|stencilled|written|scrawled)\b"
)


def is_set_off(text: str, paragraph: Span, start: int, end: int) -> bool:
    """Whether `text[start:end]`, without its marks, is something other than speech.

    A thought in marks counts as speech, as it does in annotated corpora.
    """
    lead = text[max(paragraph.start, start - _LOOK_BACK) : start - 1].rstrip(_MARKS)
    if _UNSAID.search(lead) or _READ.search(lead):
        return True
    if _WRITTEN.match(text, end, min(end + _LOOK_AHEAD, paragraph.end)):
        return True
    if not lead and paragraph.end - end <= 1 and _AUTHOR.match(text, paragraph.end):
        return True
    content = text[start:end]
    last = _LAST_WORD.search(lead)
    if last is None:  # begins a sentence, or is led in
        goes_on = text[end : paragraph.end].strip(_MARKS)
        return bool(lead and goes_on) and lead[-1] not in _LEADS_IN and _is_fragment(content)
    return _is_term(content, last[1].casefold())


def _is_fragment(content: str) -> bool:
    """A few words in which nothing ends, neither clause nor sentence."""
    return len(content.split()) <= _MAX_FRAGMENT and content.rstrip(_MARKS)[-1:] not in _STOPS


def _is_term(content: str, lead: str) -> bool:
    """`lead`: the word before the marks, with nothing but white space between."""
    words = len(content.split())
    lower = content.lstrip(_MARKS)[:1].islower()
    stop = content.rstrip(_MARKS)[-1:]
    if stop in _CRIES:
        return False
    whole = stop not in _STOPS
    if lead in STRONG_SPEECH_VERBS:
        return whole and lower
    if lead in _TERM_LEADS or lead.endswith(("'s", "’s", "s'", "s’")):
        return words <= _MAX_TITLE or lower
    return words <= _MAX_TERM or (words <= _MAX_TITLE and (lower or whole))
