from domain.book import ContentVersion
from domain.errors import TextNotFound
from domain.frontier import Frontier
from domain.span import Span


class MemoryTextStore:
    def __init__(self) -> None:
        self.texts: dict[ContentVersion, str] = {}

    async def put(self, version: ContentVersion, text: str) -> None:
        self.texts[version] = text

    async def slice(self, version: ContentVersion, span: Span, up_to: Frontier) -> str:
        return up_to.clip(span).of(self._text(version))

    async def length(self, version: ContentVersion) -> int:
        return len(self._text(version))

    async def delete(self, version: ContentVersion) -> None:
        self.texts.pop(version, None)

    def _text(self, version: ContentVersion) -> str:
        if version not in self.texts:
            raise TextNotFound("The book's text is not kept.")
        return self.texts[version]
