"""Messages as an API takes them that wants the first to be a user's, the roles to alternate, and
none to be empty."""

from collections.abc import Iterable

from adapters.outbound.llm.messages import PromptMessage

OPENING = "(The conversation so far:)"


def alternating(messages: Iterable[PromptMessage]) -> list[PromptMessage]:
    """Without the system's message; what one role says twice running is one message."""
    said: list[PromptMessage] = []
    for message in messages:
        if not message.content.strip():
            continue
        if not said and message.role == "assistant":
            said.append(PromptMessage("user", OPENING))
        if said and said[-1].role == message.role:
            both = f"{said[-1].content}\n\n{message.content}"
            said[-1] = PromptMessage(message.role, both)
        else:
            said.append(message)
    return said
