"""A version's text from its beginning on."""

from application.ports.text_store import TextStore
from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.span import Span


async def text_up_to(texts: TextStore, version: ContentVersion, frontier: Frontier) -> str:
    """Raises TextNotFound, StoreUnavailable if the stored text is damaged."""
    return await texts.slice(version, Span(0, await texts.length(version)), frontier)
