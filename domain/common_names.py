"""Names that tell nothing of a book: everyday words, and those that everybody knows."""

from __future__ import annotations

from domain.naming.word_lists import word_list

EVERYDAY_NAMES = word_list("""
abbot amber angel april art august autumn aurora baker barber basil bay bell bill bishop black
blanche blue bob bond booth bourne brook brown bud butler carol carter chance chase charity cherry
christian chuck clay cliff cole constance cook coral daisy dale dawn dean dick dolly drew duke earl
earnest ernest eve faith fanny fern field fisher flora florence ford forest fox frank gale gay gene
ginger glen grace grant gray green grey guy hale hall hardy hazel heath heather hill holly honor
honour hope hunter iris ivory ivy jack jasmine jay jean jewel jim job john joy jude june junior king
knight lance lane lark laurel lily long love mason marsh mark may melody mercy miller mills moon
moor myrtle neat nell norm olive opal page park patience pearl penny piers pierce pitt poppy porter
price prince prudence queen ray read reed rich rob robin rock rod rose rosemary ruby rush ruth sage
sally sandy shepherd short skip slate smith stone stormy strong summer sunny swan temperance terry
thorn tom tony verity victor violet virginia wade walker ward warren waters way weaver well wells
west white will willow wills winter wolf wood woods worth wright young
""")

# Of the world and not of a story: in talk about any book they are nothing special.
WORLD_NAMES = word_list("""
monday tuesday wednesday thursday friday saturday sunday january february march april may june july
august september october november december christmas easter michaelmas whitsun lent sabbath english
england british britain scotland scottish scotch scots irish ireland wales welsh london edinburgh
dublin oxford cambridge thames europe european france french paris germany german berlin italy
italian rome roman romans venice florence naples spain spanish madrid portugal portuguese greece
greek greeks athens holland dutch belgium belgian swiss switzerland austria austrian vienna russia
russian moscow poland polish sweden swedish norway norwegian denmark danish turkey turkish turk
egypt egyptian africa african asia asian india indian indians china chinese japan japanese australia
australian america american americans canada canadian mexico mexican boston york chicago
philadelphia washington brazil jew jews jewish hebrew arab arabs arabia arabic persia persian
jerusalem god lord christ jesus heaven hell satan devil bible gospel providence christian christians
christianity catholic catholics protestant church england's pope moses adam eve abraham noah solomon
christendom latin negro gypsy atlantic pacific mediterranean north south east west northern southern
eastern western orient new victorian gothic renaissance shakespeare homer virgil dante milton byron
napoleon caesar cupid venus apollo hercules jupiter mars diana parliament mr mrs miss ms sir madam
dr okay ok tv i'm i've i'll i'd
""")
