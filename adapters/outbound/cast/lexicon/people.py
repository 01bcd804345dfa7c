"""Nouns that stand for a person, with their gender."""

from __future__ import annotations

from domain.cast import Gender
from domain.naming.word_lists import by_gender, word_list

_MALE_ROLES = """
man boy gentleman king father brother uncle son husband lord duke master butler waiter driver
porter sergeant inspector detective policeman constable captain colonel doctor lawyer clerk
vicar clergyman chaplain rector priest painter barman footman sailor soldier servant prince lad
fellow grandfather nephew youth jeweller manager count bartender chauffeur cabman coachman
officer judge stranger host valet artist journalist schoolmaster concierge banker messenger
carpenter engineer shopkeeper landlord innkeeper conductor monk general major lieutenant emperor
baron earl squire steward gardener groom ostler blacksmith miller baker butcher tailor barber
sexton curate bishop dean parson merchant fisherman boatman ferryman hunter farmer shepherd
beggar thief hangman jailer gaoler warder wizard knight magistrate coroner surgeon gamekeeper
keeper valet shopman professor tutor poet chief guide trapper pilot skipper mate boatswain
sheriff cowboy bridegroom widower papa dad daddy grandpa chap bloke tramp negro jew turk
frenchman englishman irishman scotchman american postman drummer bridegroom
"""
_FEMALE_ROLES = """
woman girl lady queen mother sister aunt daughter wife duchess countess princess maid mistress
governess nurse housekeeper cook widow landlady grandmother niece hostess bride marchioness
housemaid waitress actress nun matron empress baroness maiden spinster witch chambermaid
milkmaid dressmaker seamstress laundress stewardess abbess lass mamma mama mum granny
frenchwoman englishwoman gypsy dame typist
"""
_OPEN_ROLES = """
child guest cousin friend speaker other visitor companion voice creature teacher patient baby
secretary traveller passenger prisoner client neighbour neighbor orphan pupil scholar student
singer dancer musician author writer cripple ghost spirit invalid
"""
# Heads that name nobody in particular: never a character by themselves.
GENERIC_ROLES = word_list("""
man woman girl boy lady gentleman other friend companion fellow child lad youth speaker voice
stranger visitor creature father mother brother sister aunt uncle son daughter wife husband
cousin guest chap baby papa mamma mama nephew niece grandfather grandmother
""")
ROLES = by_gender(_FEMALE_ROLES, _MALE_ROLES, _OPEN_ROLES)


def role_gender(noun: str) -> Gender | None:
    """The gender of a role noun, also of a compound: "mother-in-law", "stable-boy"."""
    if noun in ROLES or "-" not in noun:
        return ROLES.get(noun)
    first, *_, last = noun.split("-")
    return ROLES.get(first) if noun.endswith("-in-law") else ROLES.get(last)


def is_role(noun: str) -> bool:
    if noun in ROLES or "-" not in noun:
        return noun in ROLES
    first, *_, last = noun.split("-")
    return (first if noun.endswith("-in-law") else last) in ROLES


def noun_gender(noun: str) -> Gender | None:
    """The gender of a role noun, or of any other that stands for somebody: "ancestress"."""
    if is_role(noun):
        return role_gender(noun)
    return Gender.FEMALE if noun.endswith("ess") else None
