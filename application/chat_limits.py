from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """How much goes into a turn, and comes out."""

    message_characters: int = 8_000
    preference_characters: int = 2_000
    passages: int = 6  # that search finds for a turn
    line_passages: int = 2  # more, for the character's lines that fit best
    own_lines: int = 8  # of the character, anywhere in what was read
    evidence_tokens: int = 3_000
    history_messages: int = 10
    history_tokens: int = 2_000
    output_tokens: int = 800
