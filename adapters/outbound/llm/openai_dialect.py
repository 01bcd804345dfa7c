"""What a server that speaks as OpenAI does takes, learnt from what it refuses.

Servers and models differ in the optional parameters of a chat completion: OpenAI's own take
`max_completion_tokens`, and its reasoning models refuse `max_tokens`, `stop` and a temperature;
others know `max_tokens` alone, or no usage in a stream, or no JSON Schema. The rule: begin with
what the server's kind is known to take; what it refuses by name is left out, or said in the next
plainer way, from then on.
"""

from collections.abc import Mapping
from typing import Any

from adapters.outbound.llm.json_answers import asked_in_words, is_strict
from adapters.outbound.llm.messages import Prompt

Parameters = dict[str, Any]

_LIMITS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
_FORMATS = ("json_schema", "json_object")  # then: in words alone
_LEFT_OUT = ("temperature", "stop", "stream_options")


class OpenAiDialect:
    def __init__(self, *, is_openai: bool) -> None:
        self._limit = "max_completion_tokens" if is_openai else "max_tokens"
        self._refused: set[str] = set()

    def parameters(self, prompt: Prompt) -> Parameters:
        """All of a call but the model."""
        format_ = self._format(prompt.schema)
        optional = {
            "temperature": prompt.temperature,
            "stop": list(prompt.stop) or None,
            "stream_options": {"include_usage": True},
            "response_format": format_,
        }
        return {
            "messages": self._messages(prompt, in_words=(format_ or {}).get("type")),
            self._limit: prompt.max_output_tokens,
            **{n: v for n, v in optional.items() if v is not None and n not in self._refused},
        }

    def learn(self, sent: Parameters, parameter: str | None, message: str) -> None:
        """From a refusal: of the parameter it names, or else of the first that its message
        names."""
        named = next((n for n in sent if parameter and parameter.split(".")[0] == n), None)
        named = named or next((n for n in sent if n != "messages" and n in message), None)
        if named in _LIMITS:
            self._limit = _LIMITS[named]
        elif named == "response_format":
            self._refused.add(sent[named]["type"])
        elif named in _LEFT_OUT:
            self._refused.add(named)

    def _format(self, schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if schema is None:
            return None
        kind = next((f for f in _FORMATS if f not in self._refused), None)
        if kind == "json_schema":
            wanted = {"name": "answer", "schema": schema, "strict": is_strict(schema)}
            return {"type": kind, "json_schema": wanted}
        return {"type": kind} if kind else None

    def _messages(self, prompt: Prompt, in_words: str | None) -> list[dict[str, str]]:
        system, *others = prompt.messages
        content = system.content
        if prompt.schema is not None and in_words != "json_schema":
            content = asked_in_words(content, prompt.schema)
        said = [{"role": "system", "content": content}] if content else []
        return said + [{"role": m.role, "content": m.content} for m in others]
