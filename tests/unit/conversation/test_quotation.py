from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cast import Cast
from domain.conversation import Quotation, SpeakerMark
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import CharacterId
from domain.quotable import QuotableText
from domain.quotation import QuotationCheck, ReadBook
from domain.quoted import QuotedStretches
from domain.span import Span
from tests.unit.conversation.story import FENN, GREY, MERE, the_story

STORY = the_story()
TEXT = QuotableText(STORY.text, STORY.cast.quotes)
CHAPTER_2 = Frontier(STORY.layout.chapters[1].span.end)


def checked(
    *deltas: str, own: CharacterId | None = None, up_to: Frontier = WHOLE_BOOK
) -> list[Quotation]:
    cast = STORY.cast.up_to(up_to)
    given = [p.span for p in STORY.passages]
    check = QuotationCheck(ReadBook.up_to(up_to, TEXT, STORY.layout, cast), own, given)
    stretches = QuotedStretches()
    told: list[Quotation] = []
    for delta in deltas:
        told += check.read(stretches.feed(delta), stretches.text)
    return told + check.read(stretches.end(), stretches.text, is_whole=True)


def marks(reply: str, own: CharacterId | None = None) -> dict[str, bool]:
    return {q.text: q.is_verified for q in checked(reply, own=own)}


def test_a_true_quotation_is_told_with_its_place_in_the_reply_and_in_the_book() -> None:
    reply = "As she said, “ropes before weather, I always say!” [1] And so on."
    (quotation,) = checked(reply)
    assert quotation.is_verified
    assert quotation.place.of(reply) == quotation.text == "ropes before weather, I always say!"
    source = quotation.source
    assert source
    assert source.exact == "Ropes before weather, I always say"
    assert source.span.of(STORY.text) == source.exact
    assert STORY.text[: source.span.start].endswith(source.prefix)
    assert STORY.text[source.span.end :].startswith(source.suffix)
    assert (source.chapter_index, source.chapter_title) == (0, "Chapter 1. The Ferry")


@pytest.mark.parametrize(
    "words",
    [
        "I have come to measure it, sir, for the bridge",  # changed
        "I have come to measure it, ma'am, for bridge",  # left out
        "I have come to measure it, dear ma'am, for the bridge",  # added
        "I have come to measure it, ma’am, for a bridge! A bridge will drown more men",
        "I have come to measure it: Mark the ropes, Mr. Fenn",  # two places
        "Is the river always so high in March, ma'am. I have come to measure it",
        "I have come to measure the whole of the valley",  # invented
        "ave come to measure it",  # half a word
        "I have come to measure i",
        "It is high when it pleases, Mr. Fenn? And low when it is tired",  # another meaning
        "will drown more men than my ferry did ever",
    ],
)
def test_what_the_book_does_not_say_is_unverified(words: str) -> None:
    assert marks(f"He says: “{words}”.") == {words: False}


@pytest.mark.parametrize(
    "words",
    [
        "It is high ... when it is tired",
        "It is high [...] when it is tired.",
        "It is high when it pleases … and low when it is tired",
        "... high when it pleases, Mr. Fenn, and low ...",
        "Mark the ropes, Mr. Fenn. . . . the old landing",
    ],
)
def test_words_that_are_left_out_are_marked_so(words: str) -> None:
    (quotation,) = checked(f"She said: “{words}”")
    assert quotation.is_verified
    source = quotation.source
    assert source
    for part in source.parts:
        assert source.span.contains(part)
        assert part.of(STORY.text).strip(" .…[]").casefold() in words.casefold()


@pytest.mark.parametrize(
    "words",
    [
        "Ropes before weather … lines that I cut",  # from one end of the book to the other
        "the ... river ... a ... of",
        "and low when it is tired ... It is high when it pleases",  # the other way round
    ],
)
def test_an_elision_does_not_join_what_stands_far_apart(words: str) -> None:
    assert not any(marks(f"She said: “{words}”").values())


def test_what_a_speech_tag_interrupts_may_be_quoted_without_it() -> None:
    text = "“Ropes before weather,” said she, “and salt before bread.” “Bread,” said he."
    quotes = [
        (Span(1, 22), 0),
        (Span(35, 58), 0),
        (Span(61, 67), 1),
    ]
    template = STORY.cast.quotes[0]
    said = tuple(replace(template, span=span, utterance=number) for span, number in quotes)
    book = ReadBook.up_to(WHOLE_BOOK, QuotableText(text, said), STORY.layout, Cast(quotes=said))

    def check(words: str) -> list[Quotation]:
        stretches = QuotedStretches()
        read = QuotationCheck(book).read
        reply = f"He wrote: “{words}”"
        return read(stretches.feed(reply), reply) + read(stretches.end(), reply)

    (joined,) = check("Ropes before weather, and salt before bread")
    assert joined.source
    assert [p.of(text) for p in joined.source.parts] == [
        "Ropes before weather",
        "and salt before bread",
    ]
    assert check("Ropes before weather. Bread")[0].source is None


def test_a_quotation_past_the_readers_page_is_unverified() -> None:
    reply = "He will say: “I measured the mill, ma'am, and never the river.”"
    assert checked(reply)[0].is_verified
    assert not checked(reply, up_to=CHAPTER_2)[0].is_verified


def test_what_follows_a_quotation_ends_at_the_readers_page() -> None:
    place = STORY.text.index("Ropes can be spliced")
    (quotation,) = checked("“Ropes can be”, she said.", up_to=Frontier(place + 14))
    assert quotation.source
    assert quotation.source.suffix == " s"


def test_a_title_that_has_not_been_read_whole_is_not_told() -> None:
    title = "Chapter 3. The Green Book"
    end = STORY.text.index(title) + len("Chapter 3. The Green")
    chapters = tuple(
        replace(c, heading=Span(start := STORY.text.index(c.title), start + len(c.title)))
        for c in STORY.layout.chapters
    )
    layout = replace(STORY.layout, chapters=chapters)
    for up_to, told in ((Frontier(end), ""), (WHOLE_BOOK, title)):
        book = ReadBook.up_to(up_to, TEXT, layout, Cast())
        stretches = QuotedStretches()
        reply = "The page says: “Chapter 3. The Green”"
        quotation = QuotationCheck(book).read(stretches.feed(reply) + stretches.end(), reply)[0]
        assert quotation.source
        assert quotation.source.chapter_title == told


@pytest.mark.parametrize(
    ("reply", "mark", "named"),
    [
        ("“I fear nothing that floats,” said Mrs. Mere.", "agrees", "Mrs. Mere"),
        ("“I fear nothing that floats,” said Mr. Fenn.", "differs", "Mr. Fenn"),
        ("Mrs. Mere once told Mr. Fenn: “I fear nothing that floats.”", "agrees", "Mrs. Mere"),
        ("Mr. Fenn: “I fear nothing that floats.”", "differs", "Mr. Fenn"),
        ("In Mrs. Mere's words, “I fear nothing that floats”.", "agrees", "Mrs. Mere"),
        ("“I fear nothing that floats” were Mrs. Mere's words.", "agrees", "Mrs. Mere"),
        ("I said, “I fear nothing that floats.”", "agrees", "I"),  # she herself answers
        ("She said, “I fear nothing that floats.”", "unknown", ""),
        ("I say nothing of it, but the book tells: “Forgive me for the lines”", "unknown", ""),
        ("I cannot answer that; what comes near is: “Forgive me for the lines”", "unknown", ""),
        ("I wondered; then Mr. Fenn said: “Forgive me for the lines”", "agrees", "Mr. Fenn"),
        ("“I fear nothing that floats” [1].", "unknown", ""),
        ("Mrs. Mere said, “I fear nothing that swims.”", "unknown", "Mrs. Mere"),
        ("Mrs. Mere said that “Mr. Fenn wrote the depth of the river”.", "unknown", "Mrs. Mere"),
    ],
)
def test_whether_the_named_speaker_says_it_is_a_mark_of_its_own(
    reply: str, mark: str, named: str
) -> None:
    (quotation,) = checked(reply, own=MERE)
    assert (quotation.speaker, quotation.named) == (SpeakerMark(mark), named)


def test_who_speaks_is_told_as_the_reader_knows_them() -> None:
    reply = "Grey whispered: “Keep the lamp low, or they will see us from the mill.”"
    (before,) = checked(reply, up_to=CHAPTER_2)
    (after,) = checked(reply.replace("Grey", "Mr. Fenn"))
    (early,) = checked(reply.replace("Grey", "Mr. Fenn"), up_to=CHAPTER_2)
    assert (before.speaker, before.speaker_name) == (SpeakerMark.AGREES, "Grey")
    assert (after.speaker, after.speaker_name) == (SpeakerMark.AGREES, "Mr. Fenn")
    assert (early.speaker, early.speaker_name) == (SpeakerMark.DIFFERS, "Grey")


@pytest.mark.parametrize(
    "reply",
    [
        "It was a “so-called bridge”, in the “modern” way.",
        "Have you read “The Sign of the Four” or 'Hard Times'?",
        "The boys' books and the girls' hats are 5'10\" long; 'tis so.",
        "A rock 'n' roll band of the '90s, and the dogs' owners'.",
        "She wrote “",
        "No quotation at all.",
    ],
)
def test_terms_titles_and_apostrophes_are_no_quotations(reply: str) -> None:
    assert checked(reply) == []


@pytest.mark.parametrize("reply", ["“No, sir”", "Mrs. Mere said “Nonsense!”", "So: “Alas” [1]."])
def test_few_words_are_a_quotation_where_somebody_is_said_to_say_them(reply: str) -> None:
    assert [q.is_verified for q in checked(reply)] == [False]


def test_a_quotation_may_have_paragraphs() -> None:
    reply = "“It was a thing.\n\nAnd it is one,” said she."
    assert marks(reply) == {"It was a thing.\n\nAnd it is one,": False}
    unclosed = "She said “it was a thing.\n\nAnd so “it is now a thing”, I say."
    assert marks(unclosed) == {"it is now a thing": False}


@pytest.mark.parametrize("mark", ["“”", '""', "‘’", "«»"])
def test_spaces_inside_the_marks_are_no_part_of_a_quotation(mark: str) -> None:
    reply = f"She said {mark[0]} I fear nothing that floats {mark[1]} and went."
    assert marks(reply) == {"I fear nothing that floats": True}


def test_a_quotation_may_begin_with_a_word_that_lost_its_head() -> None:
    assert marks("'Till I have said it, ma'am!' said he.") == {"Till I have said it, ma'am!": False}


def test_a_quotation_in_a_quotation_of_the_book_is_not_told_for_itself() -> None:
    text = "He said, “She told me, ‘keep the lamp low,’ and so I did.”"
    book = ReadBook.up_to(WHOLE_BOOK, QuotableText(text), STORY.layout, Cast())
    stretches = QuotedStretches()
    check = QuotationCheck(book)
    reply = "He says \"She told me, 'keep the lamp low,' and so I did.\""
    told = check.read(stretches.feed(reply), reply) + check.read(stretches.end(), reply)
    assert [(q.text, q.is_verified) for q in told] == [(reply[9:-1], True)]


def test_a_quotation_in_an_invented_one_is_told_for_itself() -> None:
    assert marks("He said, “Grey told me, ‘Keep the lamp low,’ and left.”") == {
        "Keep the lamp low,": True,
        "Grey told me, ‘Keep the lamp low,’ and left.": False,
    }


def test_a_characters_own_speech_is_no_quotation_but_what_it_quotes_is() -> None:
    reply = "*She looks up.* “I recall it well. ‘Keep the lamp low,’ he said. I did so.”"
    assert marks(reply, own=MERE) == {"Keep the lamp low,": True}
    several = "“I said ropes before weather [1].\n\n“And I say so still.”"
    assert checked(several, own=MERE) == []
    assert [q.is_verified for q in checked(several)] == [False]  # the book has no voice


def test_of_several_places_the_one_whose_speaker_is_named_is_told() -> None:
    (quotation,) = checked("“Mr. Fenn”, said Mrs. Mere.")
    assert quotation.speaker is SpeakerMark.AGREES


PIECES = [
    "“Ropes before weather, Mr. Fenn” ",
    "'I fear nothing that floats,' said Mr. Fenn. ",
    "‘The boys’ lamp’ ",
    'I said: "Keep the lamp',
    ' low" ',
    "“They told me, ‘Keep the lamp low,’ and",
    " left.” ",
    "«so-called» ",
    "[1] ",
    "Mr. ",
    "said Grey. ",
    "\n\n",
    "“",
    "'",
    "’",
    '"',
    " ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.data())
def test_how_a_reply_is_cut_into_deltas_makes_no_difference(
    pieces: list[str], data: st.DataObject
) -> None:
    reply = "".join(pieces)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(reply)), max_size=8)))
    deltas = [reply[a:b] for a, b in zip([0, *cuts], [*cuts, len(reply)], strict=True)]
    assert checked(*deltas, own=GREY) == checked(reply, own=GREY) == checked(*reply, own=GREY)


def test_a_quotation_is_told_as_soon_as_it_is_certain() -> None:
    cast = STORY.cast
    check = QuotationCheck(ReadBook.up_to(WHOLE_BOOK, TEXT, STORY.layout, cast))
    stretches = QuotedStretches()
    told = []
    for letter in "“Ropes before weather,” said Mrs. Mere. And then more of it.":
        told.append((letter, check.read(stretches.feed(letter), stretches.text)))
    at = next(place for place, (_, quotations) in enumerate(told) if quotations)
    assert "".join(letter for letter, _ in told[: at + 1]).endswith("said Mrs. Mere. ")


RESPELLED = {
    "’": ["'", "’", "`"],
    "‘": ["'", "‘"],
    "'": ["'", "’"],
    " ": [" ", "\n", "  ", "\u00a0", "\u202f"],
    "—": ["—", "–", " - ", " -- "],
    "fi": ["ﬁ"],
    "e": ["e", "e", "e\u00ad", "E"],
    "é": ["é", "e\u0301"],
}


@given(st.data())
def test_typographic_variants_of_a_true_quotation_are_always_verified(data: st.DataObject) -> None:
    quote = data.draw(st.sampled_from(STORY.cast.quotes))
    words = quote.span.of(STORY.text).split(" ")
    if len(words) < 4:
        return
    start = data.draw(st.integers(0, len(words) - 4))
    stretch = " ".join(words[start : data.draw(st.integers(start + 4, len(words)))])
    stretch = stretch.replace("fi", data.draw(st.sampled_from(["fi", "ﬁ"])))
    written = "".join(data.draw(st.sampled_from(RESPELLED.get(c, [c]))) for c in stretch)
    opening, closing = data.draw(
        st.sampled_from(["“”", '""', "‘’", "''", "«»", "„“", ("“*", "*”"), ("« ", " »")])
    )
    (quotation, *more) = checked(f"It says {opening}{written}{closing} [1].")
    assert quotation.is_verified
    assert not more


@given(st.text(alphabet="“”‘’'\"«» ab.\n[1]—", max_size=60))
def test_no_reply_is_too_odd(reply: str) -> None:
    for quotation in checked(reply):
        assert quotation.place.of(reply) == quotation.text


def test_fenn_is_not_confused_by_his_own_name() -> None:
    (quotation,) = checked("“Forgive me for the lines that I cut,” I said.", own=FENN)
    assert quotation.speaker is SpeakerMark.AGREES
