"""Matches of tokens, for tests of the order."""

from collections.abc import Sequence

from domain.token_matches import AdaptedMatches, Cosines, TokenMatches


def token_matches(words: Sequence[str], cosines: Cosines, heads: int = 1) -> TokenMatches:
    """Of tokens that no head moves. A passage that `cosines` lacks may not be asked for."""

    def nearest(passages: Sequence[int]) -> Cosines:
        return {passage: [*cosines[passage]] * heads for passage in passages}

    ones, zeros = [1.0] * len(words), [0.0] * len(words)
    adapted = AdaptedMatches(tuple(words), [ones] * heads, [zeros] * heads, nearest)
    return TokenMatches(tuple(words), cosines, adapted)
