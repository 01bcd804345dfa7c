from typing import Protocol

from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.span import Span


class TextStore(Protocol):
    """Canonical texts, checked against their hash when read: never a wrong text."""

    async def put(self, version: ContentVersion, text: str) -> None: ...

    async def slice(self, version: ContentVersion, span: Span, up_to: Frontier) -> str:
        """What the reader may see of a span (`up_to.clip(span)`), cut at the text's end.

        Raises TextNotFound, StoreUnavailable if the stored text is damaged.
        """
        ...

    async def length(self, version: ContentVersion) -> int:
        """In code points. Raises TextNotFound."""
        ...

    async def delete(self, version: ContentVersion) -> None: ...
