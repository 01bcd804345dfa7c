"""Hypocorisms of general English use and the names they may stand for.

The commonest stand here; `data/nicknames.txt` has rarer ones (source and licence: data/README.md).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_TABLE = """
Abe Abraham|Abby Abigail|Addie Adelaide Adeline|Aggie Agnes Agatha|Al Albert Alfred Alan
Alec Alexander|Alex Alexander Alexandra|Alf Alfred|Algy Algernon|Andy Andrew|Annie Anne Ann Anna
Archie Archibald|Art Arthur|Bab Barbara|Barney Barnabas Bernard|Becky Rebecca
Bella Isabella Arabella|Ben Benjamin|Bert Albert Herbert Robert|Bertie Albert Herbert Bertram
Bess Elizabeth|Bessie Elizabeth|Beth Elizabeth|Betsy Elizabeth|Betty Elizabeth|Biddy Bridget
Bill William|Billy William|Bob Robert|Bobby Robert|Carrie Caroline|Charley Charles
Charlie Charles|Chris Christopher Christine|Cissy Cecilia Frances|Connie Constance|Dan Daniel
Danny Daniel|Dave David|Davy David|Debby Deborah|Dick Richard|Dicky Richard
Dolly Dorothy Dorothea|Dora Dorothea Theodora|Dot Dorothy|Ed Edward Edmund Edgar
Eddie Edward Edmund|Effie Euphemia|Eliza Elizabeth|Ellie Eleanor Ellen|Elsie Elizabeth
Emmy Emma Emily|Fanny Frances|Flo Florence|Flossie Florence|Frank Francis Franklin
Fred Frederick Alfred|Freddy Frederick|Freddie Frederick|Georgie George Georgina|Gertie Gertrude
Gil Gilbert|Ginny Virginia|Gus Augustus|Hal Henry Harold|Harry Henry Harold|Hattie Harriet
Hetty Henrietta Hester|Ike Isaac|Jack John|Jackie John Jacqueline|Jake Jacob|Jamie James
Jeff Jeffrey|Jem James Jeremy|Jennie Jane Jennifer|Jenny Jane Jennifer|Jerry Jeremiah Gerald
Jessie Jessica|Jim James|Jimmy James|Jo Josephine Joanna|Joe Joseph|Joey Joseph|Johnny John
Josh Joshua|Josie Josephine|Judy Judith|Kate Katherine Catherine|Kathy Katherine Catherine
Katie Katherine Catherine|Ken Kenneth|Kit Christopher Katherine|Kitty Catherine Katherine
Larry Laurence Lawrence|Len Leonard|Letty Letitia|Lettie Letitia|Libby Elizabeth|Lina Caroline
Liz Elizabeth|Lizzie Elizabeth|Lizzy Elizabeth|Lottie Charlotte|Lou Louis Louisa Louise
Lulu Louisa Lucy|Madge Margaret|Maggie Margaret|Mamie Mary Margaret|Mat Matthew|Matt Matthew
Mattie Matilda Martha|Maudie Maud|Max Maximilian|Meg Margaret|Mick Michael|Mickey Michael
Mike Michael|Millie Mildred Millicent|Milly Mildred Millicent Amelia|Minnie Wilhelmina Minerva
Molly Mary|Nan Ann Anne Nancy|Nancy Ann Anne|Nat Nathaniel Nathan|Ned Edward Edmund
Nell Ellen Eleanor Helen|Nellie Ellen Eleanor Helen|Nelly Ellen Eleanor Helen|Netta Henrietta
Nick Nicholas|Noll Oliver|Nora Eleanor Honora|Pat Patrick Patricia|Patty Martha Patricia
Peg Margaret|Peggy Margaret|Pete Peter|Phil Philip|Polly Mary|Rafe Ralph|Ray Raymond
Reg Reginald|Reggie Reginald|Rick Richard|Rob Robert|Robbie Robert|Robin Robert|Ron Ronald
Rosie Rose|Sadie Sarah|Sal Sarah|Sally Sarah|Sam Samuel|Sammy Samuel|Sandy Alexander|Sid Sidney
Sim Simon Simeon|Sol Solomon|Sophy Sophia|Steve Stephen|Stevie Stephen|Sue Susan Susannah
Susie Susan Susannah|Suky Susan|Ted Edward Theodore|Teddy Edward Theodore|Terry Terence Theresa
Tess Theresa|Tilly Matilda|Tim Timothy|Tina Christina|Toby Tobias|Tom Thomas|Tommy Thomas
Tony Anthony|Trixie Beatrice|Val Valentine|Vic Victor|Vicky Victoria|Wally Walter|Walt Walter
Wat Walter|Will William|Willie William|Willy William|Win Winifred|Winnie Winifred
"""


def _read(table: str) -> dict[str, frozenset[str]]:
    entries = (entry.split() for entry in table.replace("\n", "|").split("|"))
    return {words[0]: frozenset(words[1:]) for words in entries if words}


NICKNAMES = _read(_TABLE)  # short form -> the full names it may stand for


@cache
def _rarer() -> dict[str, frozenset[str]]:
    data = files("domain.naming").joinpath("data", "nicknames.txt")
    return _read(data.read_text(encoding="utf-8"))


def is_nickname(word: str) -> bool:
    """Whether it may be short for a given name; it may as well be another word: "Wood"."""
    return word in NICKNAMES or word in _rarer()


def full_forms(name: str) -> frozenset[str]:
    """The name itself and the names it may be short for."""
    return NICKNAMES.get(name, frozenset()) | _rarer().get(name, frozenset()) | {name}


def may_be_same_given_name(first: str, second: str) -> bool:
    """Whether the two are one given name, or one is short for the other, or both for a third."""
    return first == second or not full_forms(first).isdisjoint(full_forms(second))
