"""Corrections replayed: each kind, lost anchors, and what holds of any log."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.anchored import anchored
from domain.cast import Alias, Cast, Character, Gender, Mention, MentionKind, Merge, Quote
from domain.corrected import corrected
from domain.corrections import (
    Change,
    CharacterAnchor,
    Correction,
    MergeCharacters,
    Place,
    QuoteAnchor,
    ReattributeQuote,
    RenameCharacter,
    SetNarrator,
    SplitCharacter,
)
from domain.errors import CharacterNotFound, InvalidInput, QuoteNotFound
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import CharacterId, CorrectionId, OwnerId, QuoteId
from domain.merged import as_known
from domain.span import Span
from domain.told_corrections import known_from

TEXT = """I had seen the ferry go. “Where is she?” asked Mr. Vane.

“Gone,” said Tom Pell, “and not back.”

Mrs. Vane sat by the fire. “Gone where?” she said. “Over,” said Pell.

The stranger rose. “I am Ada Vane,” said the stranger. “Yes,” said Mrs. Vane. “Yes,” said Pell.
"""
NARRATOR, VANE, PELL, TOM, STRANGER, NOBODY = (
    CharacterId(name) for name in ("i", "vane", "pell", "tom", "stranger", "nobody")
)
THEN = datetime(2026, 11, 22, tzinfo=UTC)


def span_of(words: str, number: int = 0, text: str = TEXT) -> Span:
    start = -1
    for _ in range(number + 1):
        start = text.index(words, start + 1)
    return Span(start, start + len(words))


def the_cast(text: str = TEXT) -> Cast:
    """With the faults of an extractor: Mr. and Mrs. Vane are one, Tom Pell is two."""

    def said(number: int, words: str, who: CharacterId | None, at: int = 0, u: int = -1) -> Quote:
        span = span_of(words, at, text)
        return Quote(
            QuoteId(f"q{number}"), span, u if u >= 0 else number + 10, who, 0.8,
            known_from=span.end + 12,
        )  # fmt: skip

    def named(name: str, who: CharacterId, at: int = 0) -> Mention:
        kind = MentionKind.NOMINAL if "stranger" in name else MentionKind.NAME
        return Mention(span_of(name, at, text), who, kind, name)

    mentions = (
        Mention(span_of("I had", text=text), NARRATOR, MentionKind.PRONOUN),
        named("Mr. Vane", VANE),
        named("Tom Pell", TOM),
        named("Mrs. Vane", VANE),
        Mention(span_of("she said", text=text), VANE, MentionKind.PRONOUN),
        named("Pell", PELL, 1),
        named("The stranger", STRANGER),
        named("Mrs. Vane", VANE, 1),
        named("Pell", PELL, 2),
    )

    def person(who: CharacterId, *names: str, **more: object) -> Character:
        aliases = tuple(
            Alias(
                n,
                min(m.span.end for m in mentions if m.alias == n),
                sum(m.alias == n for m in mentions),
            )
            for n in names
        )
        first = min(m.span for m in mentions if m.character_id == who)
        return Character(who, names[0], aliases, first, **more)  # type: ignore[arg-type]

    narrator = Character(
        NARRATOR, "The narrator", (Alias("The narrator", 5),), mentions[0].span, is_narrator=True
    )
    return Cast(
        characters=(
            person(VANE, "Mrs. Vane", "Mr. Vane", gender=Gender.FEMALE),
            person(PELL, "Pell"),
            person(TOM, "Tom Pell", gender=Gender.MALE),
            person(STRANGER, "The stranger"),
            narrator,
        ),
        quotes=(
            said(0, "Where is she?", VANE),
            replace(said(1, "Gone,", TOM, u=1), addressee_ids=(VANE,)),
            said(2, "and not back.", TOM, u=1),
            said(3, "Gone where?", VANE),
            replace(said(4, "Over,", PELL), addressee_ids=(VANE, TOM)),
            said(5, "I am Ada Vane,", STRANGER),
            said(6, "Yes,", VANE),
            said(7, "Yes,", None, 1),
        ),
        mentions=mentions,
    )


CAST = the_cast()


def who(id_: CharacterId) -> CharacterAnchor:
    return CharacterAnchor(id_)


def quote(number: int) -> QuoteAnchor:
    return QuoteAnchor(QuoteId(f"q{number}"))


def log_of(*changes: Change, cast: Cast = CAST, text: str = TEXT) -> list[Correction]:
    """As people make them, one after the other."""
    log: list[Correction] = []
    for number, change in enumerate(changes):
        id_ = CorrectionId(f"correction-{number}")
        now = corrected(cast, text, log).cast
        made = anchored(change, now, text, id_)
        log.append(Correction(id_, OwnerId("me"), THEN, made))
    return log


def after(*changes: Change, cast: Cast = CAST, text: str = TEXT) -> Cast:
    outcome = corrected(cast, text, log_of(*changes, cast=cast, text=text))
    assert outcome.problems == ()
    return outcome.cast


def speakers(cast: Cast) -> dict[str, CharacterId | None]:
    return {q.id: q.speaker_id for q in cast.quotes}


def place(words: str) -> Place:
    return Place(span_of(words).end)


class TestMerge:
    def test_two_become_one_who_answers_to_both_ids(self) -> None:
        cast = after(MergeCharacters(who(TOM), who(PELL))).up_to(WHOLE_BOOK)
        one = as_known(cast, TOM)
        assert one == as_known(cast, PELL)
        assert one is not None
        assert (one.id, one.name, one.gender) == (PELL, "Pell", Gender.MALE)
        assert {a.text: a.count for a in one.aliases} == {"Tom Pell": 1, "Pell": 2}
        assert (one.first_mention, one.quote_count) == (span_of("Tom Pell"), 3)
        assert cast.character(TOM) is None

    def test_addressees_go_with_them_and_nobody_speaks_to_himself(self) -> None:
        cast = after(MergeCharacters(who(TOM), who(PELL)))
        (over,) = [q for q in cast.quotes if q.id == "q4"]
        assert over.addressee_ids == (VANE,)

    def test_before_it_the_reader_knows_one_person_by_the_names_that_were_met(self) -> None:
        cast = after(MergeCharacters(who(TOM), who(PELL)))
        early = cast.up_to(Frontier(span_of("Tom Pell").end)).character(PELL)
        assert early is not None
        assert [a.text for a in early.aliases] == ["Tom Pell"]

    def test_one_that_the_text_reveals_is_known_from_there_on(self) -> None:
        revealed = place("I am Ada Vane,")
        cast = after(MergeCharacters(who(STRANGER), who(VANE), revealed))
        assert cast.merges == (Merge(STRANGER, VANE, revealed.offset),)
        early = cast.up_to(Frontier(revealed.offset - 1))
        assert early.character(STRANGER) is not None
        late = as_known(cast.up_to(Frontier(revealed.offset)), STRANGER)
        assert late is not None
        assert late.id == VANE

    def test_chains_lead_to_the_end(self) -> None:
        cast = after(MergeCharacters(who(STRANGER), who(TOM)), MergeCharacters(who(TOM), who(PELL)))
        found = as_known(cast.up_to(WHOLE_BOOK), STRANGER)
        assert found is not None
        assert found.id == PELL

    def test_those_who_are_one_already_are_refused(self) -> None:
        merge = MergeCharacters(who(TOM), who(PELL))
        with pytest.raises(InvalidInput, match="one character already"):
            log_of(merge, MergeCharacters(who(PELL), who(TOM)))


class TestSplit:
    SPLIT = SplitCharacter(who(VANE), ("Mr. Vane",))

    def test_names_mentions_and_lines_go_with_whom_they_belong_to(self) -> None:
        cast = after(self.SPLIT)
        (husband,) = [c for c in cast.characters if c.is_called("Mr. Vane")]
        wife = cast.character(VANE)
        assert wife is not None
        assert husband.id not in {c.id for c in CAST.characters}
        assert [a.text for a in wife.aliases] == ["Mrs. Vane"]
        assert speakers(cast)["q0"] == husband.id
        assert [speakers(cast)[q] for q in ("q3", "q6")] == [VANE, VANE]
        assert {m.alias for m in cast.mentions if m.character_id == husband.id} == {"Mr. Vane"}
        assert (husband.first_mention, wife.first_mention) == (
            span_of("Mr. Vane"),
            span_of("Mrs. Vane"),
        )

    def test_a_pronoun_goes_with_who_was_named_last(self) -> None:
        cast = after(self.SPLIT)
        (she,) = [m for m in cast.mentions if m.span == span_of("she said")]
        assert she.character_id == VANE

    def test_what_a_person_has_attributed_stays(self) -> None:
        cast = after(ReattributeQuote(quote(0), who(VANE)), self.SPLIT)
        assert speakers(cast)["q0"] == VANE

    def test_those_whom_the_text_joins_are_told_apart_for_good(self) -> None:
        revealed = MergeCharacters(who(STRANGER), who(VANE), place("I am Ada Vane,"))
        cast = after(revealed, SplitCharacter(who(VANE), ("The stranger",)))
        assert cast.up_to(WHOLE_BOOK).character(STRANGER) is not None

    @pytest.mark.parametrize("names", [(), ("Miss Vane",), ("Mr. Vane", "mrs. vane"), (" ",)])
    def test_somebody_has_to_be_left_and_somebody_to_go(self, names: tuple[str, ...]) -> None:
        with pytest.raises(InvalidInput):
            log_of(SplitCharacter(who(VANE), names))

    def test_the_part_keeps_its_id_and_can_be_corrected_again(self) -> None:
        (split,) = log_of(self.SPLIT)
        assert isinstance(split.change, SplitCharacter)
        part = split.change.new_id
        cast = after(self.SPLIT, RenameCharacter(who(part), "Edmund Vane"))
        found = cast.character(part)
        assert found is not None
        assert found.name == "Edmund Vane"


class TestRename:
    def test_a_name_of_the_book_is_shown_from_where_it_is_known(self) -> None:
        cast = after(RenameCharacter(who(VANE), "Mr. Vane"))
        assert [a.text for a in cast.characters[0].aliases] == ["Mrs. Vane", "Mr. Vane"]
        found = cast.up_to(WHOLE_BOOK).character(VANE)
        assert found is not None
        assert found.name == "Mr. Vane"

    def test_a_name_that_the_text_tells_late_is_no_spoiler(self) -> None:
        cast = after(RenameCharacter(who(STRANGER), "Ada Vane"))
        early, late = (
            cast.up_to(f).character(STRANGER)
            for f in (Frontier(span_of("The stranger").end), WHOLE_BOOK)
        )
        assert early is not None
        assert late is not None
        assert (early.name, late.name) == ("The stranger", "Ada Vane")
        assert "Ada" not in repr(early)

    def test_a_name_of_ones_own_is_shown_from_the_first_mention(self) -> None:
        cast = after(RenameCharacter(who(PELL), "  The  ferryman's mate "))
        early = cast.up_to(Frontier(span_of("Over,").end + 11)).character(PELL)
        assert early is not None
        assert early.name == "The ferryman's mate"

    def test_from_where_can_be_said(self) -> None:
        since = place("The stranger rose.")
        cast = after(RenameCharacter(who(PELL), "Old Pell", since))
        early = cast.up_to(Frontier(since.offset - 1)).character(PELL)
        assert early is not None
        assert early.name == "Pell"

    @pytest.mark.parametrize("name", ["", "  ", "x" * 201])
    def test_a_name_has_letters(self, name: str) -> None:
        with pytest.raises(InvalidInput):
            log_of(RenameCharacter(who(PELL), name))


class TestNarrator:
    def test_the_nameless_i_is_the_one_who_is_named(self) -> None:
        cast = after(SetNarrator(who(TOM))).up_to(WHOLE_BOOK)
        tom = as_known(cast, NARRATOR)
        assert tom is not None
        assert (tom.id, tom.is_narrator, tom.name) == (TOM, True, "Tom Pell")
        assert [c.is_narrator for c in cast.characters].count(True) == 1

    def test_a_name_is_not_told_before_the_text_tells_it(self) -> None:
        early = after(SetNarrator(who(TOM))).up_to(Frontier(10))
        assert [c.name for c in early.characters] == ["The narrator"]
        assert "Tom" not in repr(early.characters)

    def test_one_who_is_revealed_is_known_from_there(self) -> None:
        since = place("I am Ada Vane,")
        cast = after(SetNarrator(who(TOM), since))
        assert cast.up_to(Frontier(since.offset - 1)).character(NARRATOR) is not None
        found = as_known(cast.up_to(WHOLE_BOOK), NARRATOR)
        assert found is not None
        assert (found.id, found.is_narrator) == (TOM, True)

    def test_another_named_one_stays_whoever_they_are(self) -> None:
        cast = after(SetNarrator(who(TOM)), SetNarrator(who(VANE)))
        assert {c.id: c.is_narrator for c in cast.characters}[VANE]
        assert not {c.id: c.is_narrator for c in cast.characters}[TOM]

    def test_there_may_be_none(self) -> None:
        assert not any(c.is_narrator for c in after(SetNarrator(None)).characters)


class TestQuote:
    def test_the_whole_utterance_is_somebody_elses(self) -> None:
        cast = after(ReattributeQuote(quote(2), who(VANE)))
        assert [speakers(cast)[q] for q in ("q1", "q2")] == [VANE, VANE]
        first = cast.quotes[1]
        assert (first.confidence, first.addressee_ids) == (1.0, ())

    def test_or_one_part_of_it(self) -> None:
        cast = after(ReattributeQuote(quote(2), who(VANE), alone=True))
        assert [speakers(cast)[q] for q in ("q1", "q2")] == [TOM, VANE]

    def test_or_nobodys(self) -> None:
        cast = after(ReattributeQuote(quote(6), None))
        assert (cast.quotes[6].speaker_id, cast.quotes[6].confidence) == (None, 0.0)

    def test_of_several_with_the_same_words_it_is_the_one_that_was_meant(self) -> None:
        cast = after(ReattributeQuote(quote(7), who(PELL)))
        assert [speakers(cast)[q] for q in ("q6", "q7")] == [VANE, PELL]

    def test_nobody_is_told_who_speaks_before_they_are_met(self) -> None:
        cast = after(ReattributeQuote(quote(0), who(STRANGER)))
        assert cast.up_to(Frontier(span_of("Mr. Vane").end + 4)).quotes[0].speaker_id is None


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (MergeCharacters(who(NOBODY), who(PELL)), CharacterNotFound),
        (RenameCharacter(who(NOBODY), "X"), CharacterNotFound),
        (ReattributeQuote(QuoteAnchor(QuoteId("q99")), None), QuoteNotFound),
        (MergeCharacters(who(TOM), who(PELL), Place(10_000)), InvalidInput),
    ],
)
def test_what_there_is_not_is_refused(change: Change, error: type[Exception]) -> None:
    with pytest.raises(error):
        log_of(change)


# Another reading of the book

# Another edition: a chapter before, other marks, another wording here and there.
OTHER_TEXT = (
    "A new preface, quite long enough to move all that comes after it. Mr. Vane's own words.\n\n"
    + TEXT.replace("“", '"').replace("”", '"').replace("the fire", "the kitchen fire")
)
LOG: tuple[Change, ...] = (
    MergeCharacters(who(TOM), who(PELL)),
    MergeCharacters(who(STRANGER), who(VANE), place("I am Ada Vane,")),
    RenameCharacter(who(PELL), "Thomas Pell"),
    ReattributeQuote(quote(7), who(PELL)),
    ReattributeQuote(quote(3), who(STRANGER)),
    SplitCharacter(who(VANE), ("Mr. Vane",)),
    SetNarrator(who(PELL)),
)


def shown(cast: Cast, text: str) -> object:
    """What holds whatever the offsets are."""
    names = {c.id: c.name for c in cast.characters}
    return (
        sorted((c.name, c.is_narrator, sorted(a.text for a in c.aliases)) for c in cast.characters),
        [(q.span.of(text), names.get(q.speaker_id or NOBODY)) for q in cast.quotes],
        [text[m.known_from - 9 : m.known_from] for m in cast.merges if m.known_from],
    )


def test_in_a_text_that_differs_everything_is_found_again() -> None:
    log = log_of(*LOG)
    other = the_cast(OTHER_TEXT)
    outcome = corrected(other, OTHER_TEXT, log)
    assert outcome.problems == ()
    assert shown(outcome.cast, OTHER_TEXT) == shown(corrected(CAST, TEXT, log).cast, TEXT)


def test_under_other_ids_characters_are_known_by_name_and_answer_to_their_old_ids() -> None:
    def relabelled(cast: Cast) -> Cast:
        new = {c.id: CharacterId(f"new {c.id}") for c in cast.characters}
        return replace(
            cast,
            characters=tuple(replace(c, id=new[c.id]) for c in cast.characters),
            quotes=tuple(
                replace(
                    q,
                    speaker_id=q.speaker_id and new[q.speaker_id],
                    addressee_ids=tuple(new[a] for a in q.addressee_ids),
                )
                for q in cast.quotes
            ),
            mentions=tuple(replace(m, character_id=new[m.character_id]) for m in cast.mentions),
        )

    log = log_of(*LOG)
    outcome = corrected(relabelled(CAST), TEXT, log)
    assert outcome.problems == ()
    assert shown(outcome.cast, TEXT) == shown(corrected(CAST, TEXT, log).cast, TEXT)
    for old in (TOM, PELL):
        found = as_known(outcome.cast.up_to(WHOLE_BOOK), old)
        assert found is not None
        assert found.name == "Thomas Pell"


def test_what_a_better_reading_has_done_by_itself_is_not_lost() -> None:
    log = log_of(MergeCharacters(who(TOM), who(PELL)), TestSplit.SPLIT)
    better = after(MergeCharacters(who(TOM), who(PELL)), TestSplit.SPLIT)
    split_off = log[1].change
    assert isinstance(split_off, SplitCharacter)
    found = replace(
        better,
        characters=tuple(
            replace(c, id=CharacterId("edmund")) if c.id == split_off.new_id else c
            for c in better.characters
        ),
        merges=(),
    )
    outcome = corrected(found, TEXT, log)
    assert outcome.problems == ()
    assert {m.absorbed_id: m.into_id for m in outcome.cast.merges} == {
        TOM: PELL,
        split_off.new_id: "edmund",
    }


def test_what_is_not_found_is_told_and_the_rest_is_made() -> None:
    log = log_of(*LOG)
    cut = TEXT[: TEXT.index("The stranger rose.")]
    smaller = Cast(
        characters=tuple(c for c in CAST.characters if c.id != STRANGER),
        quotes=CAST.quotes[:5],
        mentions=CAST.mentions[:6],
    )
    outcome = corrected(smaller, cut, log)
    lost = {p.correction_id: p.reason for p in outcome.problems}
    assert set(lost) == {log[n].id for n in (1, 3, 4)}
    assert "The stranger" in lost[log[1].id]
    assert "“Yes,”" in lost[log[3].id]
    assert "Thomas Pell" in {c.name for c in outcome.cast.characters}


# Of any log

_ids = st.sampled_from([VANE, PELL, TOM, STRANGER, NARRATOR]).map(who)
_places = st.none() | st.integers(0, len(TEXT)).map(Place)
_names = st.sampled_from(["Pell", "Mr. Vane", "Mrs. Vane", "Ada Vane", "Tom Pell", "The ferryman"])
_changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(MergeCharacters, _ids, _ids, _places),
    st.builds(SplitCharacter, _ids, st.lists(_names, min_size=1, max_size=2).map(tuple)),
    st.builds(RenameCharacter, _ids, _names, _places),
    st.builds(SetNarrator, st.none() | _ids, _places),
    st.builds(ReattributeQuote, st.integers(0, 7).map(quote), st.none() | _ids, st.booleans()),
)


@st.composite
def logs(draw: st.DrawFn) -> list[Correction]:
    """Those of a few changes that can be made."""
    log: list[Correction] = []
    for number, change in enumerate(draw(st.lists(_changes, max_size=6))):
        id_ = CorrectionId(f"correction-{number}")
        try:
            made = anchored(change, corrected(CAST, TEXT, log).cast, TEXT, id_)
        except (InvalidInput, CharacterNotFound):
            continue
        log.append(Correction(id_, OwnerId("me"), THEN, made))
    return log


@given(logs())
def test_a_log_that_people_made_is_made_without_problems(log: Sequence[Correction]) -> None:
    assert corrected(CAST, TEXT, log).problems == ()


@given(logs())
def test_what_is_corrected_holds_together(log: Sequence[Correction]) -> None:
    cast = corrected(CAST, TEXT, log).cast
    ids = [c.id for c in cast.characters]
    assert len(ids) == len(set(ids))
    assert {m.character_id for m in cast.mentions} <= set(ids)
    assert {q.speaker_id for q in cast.quotes} <= {None, *ids}
    assert {a for q in cast.quotes for a in q.addressee_ids} <= set(ids)
    assert [q.id for q in cast.quotes] == [q.id for q in CAST.quotes]
    assert [m.span for m in cast.mentions] == [m.span for m in CAST.mentions]
    for character in cast.characters:
        assert character.is_called(character.name)
        assert len({a.text for a in character.aliases}) == len(character.aliases)


@given(logs())
def test_every_id_that_ever_was_leads_to_somebody(log: Sequence[Correction]) -> None:
    cast = corrected(CAST, TEXT, log).cast.up_to(WHOLE_BOOK)
    minted = [c.change.new_id for c in log if isinstance(c.change, SplitCharacter)]
    for id_ in (*(c.id for c in CAST.characters), *minted):
        assert as_known(cast, id_) is not None


@given(logs())
def test_made_twice_is_made_once(log: Sequence[Correction]) -> None:
    once = corrected(CAST, TEXT, log)
    assert corrected(CAST, TEXT, log) == once
    assert corrected(CAST, TEXT, [c for c in log for _ in range(2)]) == once


@given(logs())
def test_taking_the_last_one_back_gives_what_was_before(log: Sequence[Correction]) -> None:
    for end in range(len(log), 0, -1):
        before = corrected(CAST, TEXT, log[: end - 1]).cast
        now = [c for c in log[:end] if c.id != log[end - 1].id]
        assert corrected(CAST, TEXT, now).cast == before
    assert corrected(CAST, TEXT, []).cast == CAST


@given(logs(), st.integers(0, len(TEXT)))
def test_a_reader_is_told_of_no_correction_that_tells_of_later_pages(
    log: Sequence[Correction], offset: int
) -> None:
    cast = corrected(CAST, TEXT, log).cast
    known = cast.up_to(Frontier(offset))
    for correction in log:
        if known_from(correction.change, cast) <= offset:
            for character_id in _named_by(correction.change):
                assert as_known(known, character_id) is not None


def _named_by(change: Change) -> list[CharacterId]:
    match change:
        case MergeCharacters(absorbed, into):
            return [absorbed.id, into.id]
        case ReattributeQuote(speaker=character) | SetNarrator(character):
            return [character.id] if character else []
        case SplitCharacter(character) | RenameCharacter(character):
            return [character.id]
