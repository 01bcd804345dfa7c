"""One character of a cast made two, by their names.

Mentions by name go with the name. Pronouns go with whichever of the two was named last before them,
and so do lines: each with whoever was named last by the place where the text tells who speaks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from domain.cast import AttributionKind, Cast, Character, Mention, Merge, Quote
from domain.ids import CharacterId, QuoteId


def split_off(
    cast: Cast,
    whole: Character,
    aliases: Sequence[str],
    new_id: CharacterId,
    settled: Collection[QuoteId],
) -> Cast | None:
    """With a new character of these names, the first of them to show; quotations that are
    `settled` keep their speaker. Where the names are those of somebody who the text reveals to be
    the same person, that identity is given up.

    None if the character has none of the names, or no other.
    """
    wanted = {name.casefold() for name in aliases}
    theirs = [a for a in whole.aliases if a.text.casefold() in wanted]
    if theirs and len(theirs) < len(whole.aliases):
        order = [name.casefold() for name in aliases]
        name = min(theirs, key=lambda a: order.index(a.text.casefold())).text
        new = replace(
            whole,
            id=new_id,
            name=name,
            aliases=tuple(theirs),
            is_narrator=False,
            narrator_known_from=0,
        )
        return _parted(cast, whole, {a.text for a in theirs}, new, settled)
    late = [
        (merge, member)
        for merge in cast.merges
        if merge.into_id == whole.id and (member := cast.character(merge.absorbed_id))
    ]
    if theirs and late:
        apart = [merge for merge, _ in late]
        return _with_merges(cast, apart, Merge(new_id, whole.id, 0))
    for merge, member in late:
        if any(map(member.is_called, aliases)):
            return _with_merges(cast, [merge], Merge(new_id, member.id, 0))
    return None


def _with_merges(cast: Cast, without: Collection[Merge], one_more: Merge) -> Cast:
    others = (m for m in cast.merges if m not in without)
    return replace(cast, merges=(*others, one_more))


def _parted(
    cast: Cast,
    whole: Character,
    names: Collection[str],
    new: Character,
    settled: Collection[QuoteId],
) -> Cast:
    names_of_whole = [m for m in cast.mentions if m.character_id == whole.id and m.alias]
    bearers = _Bearers(names_of_whole, names, whole.id, new.id)

    def of(mention: Mention) -> CharacterId:
        if mention.alias:
            return new.id if mention.alias in names else whole.id
        return bearers.last_named(mention.span.start)

    mentions = tuple(
        replace(m, character_id=of(m)) if m.character_id == whole.id else m for m in cast.mentions
    )
    quotes = tuple(
        replace(q, speaker_id=bearers.last_named(_told_at(q)))
        if q.speaker_id == whole.id and q.id not in settled
        else q
        for q in cast.quotes
    )
    rest = tuple(a for a in whole.aliases if a.text not in names)
    left = replace(
        whole,
        aliases=rest,
        name=whole.name if whole.name not in names else rest[0].text,
    )
    said = Counter(q.speaker_id for q in quotes)
    counted = [
        replace(
            c,
            first_mention=min(
                (m.span for m in mentions if m.character_id == c.id), default=c.first_mention
            ),
            mention_count=sum(m.character_id == c.id for m in mentions),
            quote_count=said[c.id],
        )
        for c in (left, new)
    ]
    characters = [each for c in cast.characters for each in (counted if c.id == whole.id else (c,))]
    return replace(cast, characters=tuple(characters), quotes=quotes, mentions=mentions)


def _told_at(quote: Quote) -> int:
    """An untagged line is known by its answer; the one who says it was named before."""
    is_tagged = quote.attribution is not AttributionKind.IMPLICIT
    return max(quote.span.end, quote.known_from) if is_tagged else quote.span.end


class _Bearers:
    """Which of the two was named where."""

    def __init__(
        self,
        named: Sequence[Mention],
        names: Collection[str],
        whole: CharacterId,
        new: CharacterId,
    ) -> None:
        by_place = sorted(named, key=lambda m: m.span.end)
        self._ends = [m.span.end for m in by_place]
        self._who = [new if m.alias in names else whole for m in by_place]
        self._whole = whole

    def last_named(self, by: int) -> CharacterId:
        """At or before this offset; whoever comes first, where nobody was named yet."""
        if not self._who:
            return self._whole
        return self._who[max(0, bisect_right(self._ends, by) - 1)]
