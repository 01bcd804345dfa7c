"""A request as what every vendor's chat API takes. One renderer for them all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from application.ports.chat_model import ChatRequest, Evidence
from application.ports.text_model import TextRequest
from domain.conversation import Role
from domain.prompt_data import as_data, one_line

LONGEST_TITLE = 240  # code points of a chapter's


@dataclass(frozen=True, slots=True)
class PromptMessage:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call of a vendor's API. The first message is the system's, the last one a user's."""

    messages: Sequence[PromptMessage]
    max_output_tokens: int
    stop: tuple[str, ...] = ()
    temperature: float | None = None
    schema: Mapping[str, Any] | None = None  # of the object to answer with


def prompt_of_turn(request: ChatRequest) -> Prompt:
    return Prompt(as_messages(request), request.max_output_tokens, request.stop)


def prompt_of_text(request: TextRequest) -> Prompt:
    return Prompt(
        [PromptMessage("system", request.system), PromptMessage("user", request.message)],
        request.max_output_tokens,
        temperature=request.temperature,
        schema=request.schema,
    )


def as_messages(request: ChatRequest) -> list[PromptMessage]:
    """System, history, then the passages and the reader's words as one user message.

    The passages go with the question they were found for, so the history stays short.
    """
    return [
        PromptMessage("system", request.system),
        *(
            PromptMessage("user" if m.role is Role.USER else "assistant", m.content)
            for m in request.history
        ),
        PromptMessage("user", "\n\n".join(_question(request))),
    ]


def _question(request: ChatRequest) -> Iterator[str]:
    if request.evidence:
        yield "<passages>\n" + "\n".join(map(_passage, request.evidence)) + "\n</passages>"
    if request.excerpts:
        texts = "\n".join(f"<excerpt>\n{as_data(text)}\n</excerpt>" for text in request.excerpts)
        yield f"<excerpts>\n{texts}\n</excerpts>"
    if request.own_lines and request.character_name:
        lines = "\n".join(f"- {as_data(line.text)}" for line in request.own_lines)
        yield f"<own_lines>\n{lines}\n</own_lines>"
    if request.preferences:
        yield f"<reader_preferences>\n{as_data(request.preferences)}\n</reader_preferences>"
    yield request.message


def _passage(evidence: Evidence) -> str:
    chapter = as_data(one_line(evidence.chapter_title, LONGEST_TITLE)).replace('"', "'")
    text = as_data(evidence.passage.text)
    return f'<passage number="{evidence.number}" chapter="{chapter}">\n{text}\n</passage>'
