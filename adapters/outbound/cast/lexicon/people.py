"""Words that stand before or for a person: titles, kinship terms, roles, with their gender."""

from __future__ import annotations

from adapters.outbound.cast.lexicon.word_list import word_list
from domain.cast import Gender

_MALE_TITLES = """
Mr Mister Sir Lord Master Monsieur M Count Baron Duke Prince King Emperor Uncle Brother Father
Squire Signor Don Senor Herr Grandfather Grandpa Reverend Rev Earl Marquis Viscount Abbe Sheikh
Sultan Friar Esquire
"""
_FEMALE_TITLES = """
Mrs Mistress Miss Ms Missus Missis Lady Madame Madam Mme Mademoiselle Mlle Countess Baroness
Duchess Princess Queen Empress Aunt Auntie Sister Mother Signora Signorina Senora Senorita Frau
Fraulein Dame Marchioness Marquise Viscountess Grandmother Grandma Granny Nurse Abbess
"""
_OPEN_TITLES = """
Dr Doctor Captain Capt Cap'n Colonel Col General Gen Major Maj Lieutenant Lieut Sergeant Sergt
Corporal Commander Admiral Inspector Detective Constable Judge Justice Professor Prof Dean
Bishop Parson Cousin Governor President Senator Deacon Comrade Superintendent Chief
Mayor Sheriff Archbishop Cardinal Pope
"""
MARRIED_TITLES = word_list("Mrs Missus Missis Madame Mme Frau Signora Senora")
UNMARRIED_TITLES = word_list("Miss Mademoiselle Mlle Fraulein Signorina Senorita")
OFFICES = word_list("""
Captain Colonel General Major Lieutenant Sergeant Corporal Commander Admiral Inspector Detective
Constable Judge Bishop Dean Parson Reverend Superintendent Sheriff Dr Professor
""")
# Titles that go with a given name: Lord Henry, Aunt Polly.
GIVEN_NAME_TITLES = word_list("""
Lord Lady Sir Miss Aunt Auntie Uncle Master Count Countess Madame Madam Prince Princess Cousin
Queen King Sister Brother Father Mother Don Dame Mademoiselle Mlle Monsieur
""")
SOVEREIGN_TITLES = word_list("King Queen Emperor Empress Pope Prince Princess")
# Titles that an estate or a realm follows: "Duke of Kent".
TITLES_OF_ESTATE = word_list("""
Duke Duchess Earl Count Countess Marquis Marquise Marchioness Viscount Viscountess Baron Baroness
King Queen Emperor Empress Prince Princess Bishop Archbishop Abbot Abbess Sultan Master Lord
""")
KINSHIP_TITLES = word_list("""
Uncle Aunt Auntie Father Mother Brother Sister Grandfather Grandpa Grandmother Grandma Granny
Cousin Papa Mamma Mama
""")
# Of one office: different spellings of the same title.
_SPELLINGS = """
Mister=Mr Missus=Mrs Missis=Mrs Mistress=Mrs Doctor=Dr Capt=Captain Cap'n=Captain Col=Colonel
Gen=General Maj=Major Lieut=Lieutenant Sergt=Sergeant Prof=Professor Rev=Reverend Mme=Madame
Mlle=Mademoiselle Monsieur=M Auntie=Aunt Grandpa=Grandfather Grandma=Grandmother
"""
SAME_TITLE = dict(entry.split("=") for entry in _SPELLINGS.split())
# Written with a full stop that ends no sentence.
ABBREVIATED = word_list("""
Mr Mrs Ms Dr Capt Col Gen Maj Lieut Sergt Prof Rev Mme Mlle M St Messrs Esq Jr Sr Hon Mt
""")
# Epithets before a name that are no part of it: "poor Tom", "Old Joe".
EPITHETS = word_list("Old Young Little Poor Dear Good Big Great Cruel Honest Sweet Fat")
AGE_EPITHETS = word_list("Old Young Little Junior Senior")

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


def _table(female: str, male: str, neutral: str) -> dict[str, Gender | None]:
    table: dict[str, Gender | None] = dict.fromkeys(neutral.split())
    table |= dict.fromkeys(female.split(), Gender.FEMALE)
    table |= dict.fromkeys(male.split(), Gender.MALE)
    return table


TITLES = _table(_FEMALE_TITLES, _MALE_TITLES, _OPEN_TITLES)
ROLES = _table(_FEMALE_ROLES, _MALE_ROLES, _OPEN_ROLES)
PARTICLES = word_list("van der den de von du la le di del della da")
# Begins a surname, with a capital letter: "St. Clair", or a saint, or a place.
SURNAME_LEADS = frozenset({"St", "Saint"})


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


def title_gender(titles: tuple[str, ...]) -> Gender | None:
    return next((g for title in titles if (g := TITLES.get(title)) is not None), None)
