"""What a model is given, as texts."""

from collections.abc import AsyncGenerator, Iterator

from application.ports.chat_model import ChatModel, ChatRequest, ModelOutput


class RecordingModel:
    """Answers as the model it stands before, and keeps what it was asked."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.requests: list[ChatRequest] = []

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def is_generative(self) -> bool:
        return self._model.is_generative

    def stream(self, request: ChatRequest) -> AsyncGenerator[ModelOutput, None]:
        self.requests.append(request)
        return self._model.stream(request)

    def given(self) -> Iterator[str]:
        """All words of all requests since the last time it was asked for them."""
        for request in self.requests:
            yield request.system
            yield from (message.content for message in request.history)
            for evidence in request.evidence:
                yield evidence.passage.text
                yield from evidence.passage.context.split(". ")
                yield evidence.chapter_title
                yield from (line.text for line in evidence.own_lines)
            yield request.character_name or ""
            yield from (line.text for line in request.own_lines)
        self.requests.clear()
