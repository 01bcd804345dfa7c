from adapters.outbound.cast.evidence import gather_evidence, people
from adapters.outbound.cast.names import find_names, word_use
from tests.unit.cast.reading import key, read


def somebody(text: str) -> set[str]:
    page = read(text)
    use = word_use(page.tokens)
    evidence = gather_evidence(page.tokens, find_names(page.tokens, use))
    return {" ".join((*k.titles, *k.words)) for k in people(evidence, use)}


def test_places_are_not_people() -> None:
    text = 'They went to Marlow. In Marlow it rained. They left Marlow. "Yes," said Zed.'
    assert somebody(text) == {"Zed"}


def test_who_is_spoken_to_and_does_things_is_somebody() -> None:
    text = '"Zora, come here!" Then Zora laughed and Zora ran away.'
    assert somebody(text) == {"Zora"}


def test_a_family_is_nobody_in_particular() -> None:
    text = "said Mr. Hobb. The Hobbs came. Then the Hobbs left, and Hobbs had all they wanted."
    assert somebody(text) == {"Mr Hobb"}


def test_evidence_counts_what_stands_around_a_name() -> None:
    page = read('"Come, Zora," said Ada. Then Zora went in. They saw Zora\'s hat at Zora.')
    evidence = gather_evidence(page.tokens, find_names(page.tokens, word_use(page.tokens)))
    zora = evidence[key("Zora")]
    assert (zora.mentions, zora.narrated, zora.addressed) == (4, 3, 1)
    assert (zora.acts, zora.owns, zora.located) == (1, 1, 1.0)
    assert evidence[key("Ada")].speaks == 1


def test_streets_and_what_is_mostly_no_name_are_nobody() -> None:
    text = "They went to Robert Street. They sang the Daisy Song, a song of song, song and song."
    assert somebody(text + ' "No," said Ann Street.') == {"Ann Street"}


def test_one_of_many_and_a_thing_are_nobody() -> None:
    text = (
        '"Zebu, stay!" A Zebu came. A Zebu ran. Then the Zebu went. "Soup, soup of soups!" '
        "They ate Soup, for soup is soup. Soup has, and Soup had."
    )
    assert somebody(text) == set()
