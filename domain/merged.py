from domain.cast import Cast, Character
from domain.ids import CharacterId


def as_known(cast: Cast, character_id: CharacterId) -> Character | None:
    """The character of this id in a cast cut to a frontier, or whom they have turned out to be."""
    into = {m.absorbed_id: m.into_id for m in cast.merges}
    passed = set()
    while character_id in into and character_id not in passed:
        passed.add(character_id)
        character_id = into[character_id]
    return cast.character(character_id)
