"""What a model is given, as texts."""

from collections.abc import AsyncGenerator, Iterator

from application.ports.chat_model import ChatModel, ChatRequest, ModelOutput, ModelText

_PIECE = 400  # code points


class RecordingModel:
    """Answers as the model it stands before, and keeps what it was asked.

    In longer pieces: each is an event that is written down, and a walk has a thousand turns.
    """

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.requests: list[ChatRequest] = []

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def is_generative(self) -> bool:
        return self._model.is_generative

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ModelOutput, None]:
        self.requests.append(request)
        text = ""
        async for output in self._model.stream(request):
            if isinstance(output, ModelText):
                text += output.text
                if len(text) < _PIECE:
                    continue
                output, text = ModelText(text), ""
            elif text:
                yield ModelText(text)
                text = ""
            yield output

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
