"""A vector for each token of a text: what late interaction compares, and where books keep theirs.

Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
Interaction over BERT", 2020.
"""

from array import array
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from application.ports.embedder import Vector
from domain.book import ContentVersion
from domain.span import Span

# int8 [tokens, width], row after row: each a vector of length UNIT, but for rounding, so that no
# scale need be kept beside it. Rounding moves a cosine by some thousandths.
Levels: TypeAlias = "array[int]"
UNIT = 127.0

# What learned to order results knows as many; more cost time at each search and gain less and less.
QUERY_HEADS = 3


@dataclass(frozen=True, slots=True)
class TextTokens:
    """`spans`: where each token stands in its text, in code points."""

    spans: tuple[Span, ...]
    levels: Levels


@dataclass(frozen=True, slots=True)
class Encoded:
    vector: Vector
    tokens: TextTokens


@dataclass(frozen=True, slots=True)
class AdaptedTokens:
    """A query's tokens moved to where what answers it stands, by QUERY_HEADS heads that learned it
    each for itself; also those that mark its ends, which speak for the whole.

    `spans`: of the tokens; `levels`: of the first head's, then of the next one's. `factors`,
    `shares`: by head; a token's weight is that of its word times its factor, and its share.
    """

    spans: tuple[Span, ...]
    levels: Levels
    factors: tuple[tuple[float, ...], ...]
    shares: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    vector: Vector
    tokens: TextTokens
    adapted: AdaptedTokens


class TokenEncoder(Protocol):
    """What some embedders can do beside: the vectors of a text's tokens, from the same run."""

    @property
    def encoding(self) -> str:
        """Names model and reduction: vectors of one name alone can be compared. Fit for a key."""
        ...

    @property
    def token_width(self) -> int: ...

    async def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """As `embed` of documents, with the tokens; those past the longest text of the model are
        left out.

        Raises ModelUnavailable and its kin.
        """
        ...

    async def encode_query(self, query: str) -> EncodedQuery:
        """As `embed` of a query, with its tokens. Raises ModelUnavailable and its kin."""
        ...


class BookTokens(Protocol):
    """The token vectors of one content version, in memory."""

    def __len__(self) -> int:
        """How many passages."""
        ...

    @property
    def nbytes(self) -> int: ...

    def nearest(self, query: Levels, passages: Sequence[int]) -> dict[int, Sequence[float]]:
        """By passage, for each token of the query, its best cosine over the passage's tokens; all
        zeros for a passage without a token. Blocks: some milliseconds for a hundred passages."""
        ...


class TokenVectorStore(Protocol):
    """The token vectors of content versions: of a version all of them, or none.

    Raises StoreUnavailable.
    """

    async def put(
        self,
        version: ContentVersion,
        model: str,
        width: int,
        passages: AsyncIterator[Sequence[Levels]],
    ) -> None:
        """Those of all passages, in order, some at a time; in place of any the version had. Where
        the iterator raises, nothing is there."""
        ...

    async def read(self, version: ContentVersion, model: str, width: int) -> BookTokens | None:
        """None where there are none of this model. StoreUnavailable, too, if they are damaged."""
        ...

    async def has(self, version: ContentVersion, model: str) -> bool: ...

    async def delete(self, version: ContentVersion) -> None: ...
