import pytest

from domain.naming.name_key import NameKey, name_key


@pytest.mark.parametrize(
    ("name", "titles", "words"),
    [
        ("Emma Woodhouse", (), ("Emma", "Woodhouse")),
        ("dear Emma", (), ("Emma",)),
        ("poor old Captain Ross", ("Captain",), ("Ross",)),
        ("MR. VILLARS", ("Mr",), ("Villars",)),
        ("Mister Hobb", ("Mr",), ("Hobb",)),
        ("a Mrs. Weston", ("Mrs",), ("Weston",)),
        ("Poor Miss Taylor!--I", ("Miss",), ("Taylor",)),
        ("the Captain", (), ("Captain",)),
        ("Jan van der Berg", (), ("Jan", "van", "der", "Berg")),
        ("Ann\nMcBRIDE", (), ("Ann", "McBride")),
        ("St. Clair", (), ("St", "Clair")),
    ],
)
def test_a_name_as_written_is_taken_apart(
    name: str, titles: tuple[str, ...], words: tuple[str, ...]
) -> None:
    assert name_key(name) == NameKey(titles, words)


@pytest.mark.parametrize("name", ["", "--", "Mr.", "her aunt", "the Westons", "Poor Mr."])
def test_what_names_nobody_has_no_key(name: str) -> None:
    assert name_key(name) is None


def test_a_surname_with_its_particles_is_not_a_full_name() -> None:
    assert not NameKey((), ("van", "der", "Berg")).is_full
    assert not NameKey((), ("St", "Clair")).is_full
    assert NameKey((), ("Jan", "van", "der", "Berg")).is_full
