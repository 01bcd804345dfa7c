"""Words that stand before a name, with the gender that they tell."""

from __future__ import annotations

from domain.cast import Gender
from domain.naming.word_lists import by_gender, word_list

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
# That need a name: without one they are only a way to address somebody.
BARE_ADDRESS = word_list("Mr Mrs Ms Sir M St Dr Rev Mme Mlle Messrs Madam Miss Lord Lady")
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
PARTICLES = word_list("van der den de von du la le di del della da")
# Begins a surname, with a capital letter: "St. Clair", or a saint, or a place.
SURNAME_LEADS = frozenset({"St", "Saint"})
TITLES = by_gender(_FEMALE_TITLES, _MALE_TITLES, _OPEN_TITLES)


def is_initial(word: str) -> bool:
    return len(word) == 1 and word.isupper() and word != "I"


def is_abbreviation(word: str) -> bool:
    """Whether a full stop after the word need not end a sentence: "Mr. Grey", "J. Grey"."""
    return word in ABBREVIATED or is_initial(word)


def title_gender(titles: tuple[str, ...]) -> Gender | None:
    return next((g for title in titles if (g := TITLES.get(title)) is not None), None)
