"""A ChatRequest as the messages that every vendor's chat API takes. One renderer for them all."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from application.ports.chat_model import ChatRequest, Evidence
from domain.conversation import Role


@dataclass(frozen=True, slots=True)
class PromptMessage:
    role: Literal["system", "user", "assistant"]
    content: str


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
    if request.own_lines and request.character_name:
        lines = "\n".join(f"- {_data(line.text)}" for line in request.own_lines)
        yield f"<own_lines>\n{lines}\n</own_lines>"
    if request.preferences:
        yield f"<reader_preferences>\n{_data(request.preferences)}\n</reader_preferences>"
    yield request.message


def _passage(evidence: Evidence) -> str:
    chapter = _data(evidence.chapter_title).replace('"', "'")
    text = _data(evidence.passage.text)
    return f'<passage number="{evidence.number}" chapter="{chapter}">\n{text}\n</passage>'


def _data(text: str) -> str:
    """Book text and readers' text cannot close the element that they stand in."""
    return text.replace("<", "‹").replace(">", "›")
