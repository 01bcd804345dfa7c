"""Short ways from a text to the hand-over points of the pipeline."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from adapters.outbound.cast.apartness import Apartness
from adapters.outbound.cast.evidence import Evidence
from adapters.outbound.cast.names import NameMention, find_names, word_use
from adapters.outbound.cast.paragraphs import paragraphs
from adapters.outbound.cast.quotations import Quotation, find_quotations
from adapters.outbound.cast.references import References, find_references
from adapters.outbound.cast.tags import TagFinder
from adapters.outbound.cast.tokens import Tokens, tokenize
from adapters.outbound.cast.utterances import Utterance, group_utterances
from domain.naming.clustering import cluster
from domain.naming.name_key import NameKey
from domain.span import Span


class Page(NamedTuple):
    text: str
    blocks: list[Span]
    quotations: list[Quotation]
    tokens: Tokens


def read(text: str) -> Page:
    blocks = paragraphs(text)
    quotations = find_quotations(text, blocks)
    return Page(text, blocks, quotations, tokenize(text, blocks, [q.span for q in quotations]))


def quoted(text: str) -> list[str]:
    return [q.span.of(text) for q in read(text).quotations]


def key(name: str) -> NameKey:
    """'Mr. Brown' -> titles ('Mr',), words ('Brown',)."""
    titles = {"Mr", "Mrs", "Miss", "Dr", "Captain", "Aunt", "Lord", "Sir", "King"}
    words = name.replace(".", "").split()
    count = next((i for i, word in enumerate(words) if word not in titles), 0)
    return NameKey(tuple(words[:count]), tuple(words[count:]))


def names_in(text: str) -> list[NameMention]:
    page = read(text)
    return find_names(page.tokens, word_use(page.tokens))


def identities_of(
    narrated: Mapping[str, int],
    apart: Sequence[tuple[str, str]] = (),
    speaks: Mapping[str, int] | None = None,
) -> set[frozenset[str]]:
    """The groups that names form, which stand so often each in narration."""
    tags = speaks or {}
    evidence = {
        key(name): Evidence(mentions=n, narrated=n, speaks=tags.get(name, 0))
        for name, n in narrated.items()
    }
    together = Counter({(min(key(a), key(b)), max(key(a), key(b))): 50 for a, b in apart})
    places = Counter({k: e.mentions for k, e in evidence.items()})
    found = cluster(evidence, Apartness(together, places), {})
    names = {key(name): name for name in narrated}
    return {frozenset(names[k] for k in identity.keys) for identity in found}


def references_to(
    text: str, known: Sequence[str], roles: dict[str, int] | None = None
) -> References:
    """References in a text whose people are the given names, numbered in order."""
    page = read(text)
    owner = {key(name): number for number, name in enumerate(known)}
    return find_references(page.tokens, names_in(text), owner, roles or {})


def utterances_in(text: str, known: Sequence[str]) -> list[Utterance]:
    page = read(text)
    finder = TagFinder(page.tokens, references_to(text, known))
    return group_utterances(text, page.blocks, page.quotations, page.tokens, finder)
