"""Capitalised words that are nobody, and words about place."""

from __future__ import annotations

from domain.naming.word_lists import word_list

# Capitalised at the start of a sentence, or always: no part of a name.
NOT_NAMES = word_list("""
I The A An He She It They We You But And Or So If In On At To Of For As That This These Those
There Then When What Where Who Whom Whose Which Why How Yes No Oh Ah O Well Now Not Nor My His
Her Your Our Their Its Me Him Us Them God Chapter After Before With From By One All Some Any
Each Every Both Either Neither Do Did Does Done Is Are Am Was Were Be Been Being Have Had Has
Having Will Would Could Should Might Must Shall Can Come Go Let Good Better Best Never Ever
Perhaps Nothing Something Anything Everything Nobody Somebody Everybody Anybody Here Sunday
Monday Tuesday Wednesday Thursday Friday Saturday January February March July August September
October November December Volume Part Book Section Page Even Still Only Once Twice Upon Such
Just Don't Won't Can't Didn't Isn't Wasn't French German Italian American English Irish Scotch
Scottish Russian Dutch British Chinese Indian Jewish Christian Roman Christmas Easter Please
Thank Thanks Dear Very Indeed Like Two Three Four Five Six Seven Eight Nine Ten Hundred Heaven
Heavens Lord Sir Madam Ma'am Hullo Hallo Hello Bible Hurrah Alas Street Square Road Park Hotel
Cafe Church House Hall Avenue Lane Place Bridge River Station Spanish Latin Greek Because Since
While Until Till Though Although Unless Whether Whatever Whenever Wherever However Therefore
Thus Hence Too Also Again Always Often Sometimes Soon Presently Suddenly Meanwhile Yet Quite
Rather Almost About Above Across Against Along Among Around Behind Below Beneath Beside Besides
Between Beyond Down During Except Inside Into Near Off Out Outside Over Past Round Through
Throughout Toward Towards Under Up Within Without Look Listen See Hear Say Tell Ask Give Take
Make Get Stop Wait Stay Sit Stand Think Know Believe Suppose Nonsense Certainly Exactly Really
Surely Of-course Maybe Right Wrong True Ay Aye Eh Ha Hum Hm Um Bah Pooh Pshaw Tut Hush Goodness
Gracious Mercy Devil Hell Damn Hang Bless Providence Nature Fate Fortune Sunday Another Other
Others More Most Much Many Few Little Less Least Long Last Next First Second Third Old New Young
Great Poor Big Small High Low North South East West Northern Southern Eastern Western Sirs
Gentlemen Ladies Ladyship Lordship Majesty Highness Honour Honor Grace Worship Excellency I'm
I'll I've I'd It's That's There's What's Who's He's She's You're We're They're Let's Ain't Nay
Yea Amen Farewell Goodbye Good-bye Enough Hold Keep Leave Run Put Try Try Use Call Fine Old-
fashioned Why-yes Mr Mrs Messrs Esq
""")
# Of those, the ones that are also surnames (United States Census 1990).
SURNAMES_TOO = word_list("""
Best Book Bridge Call Church Christian Christmas English Fine Fortune French German Good Grace Hall
High House Irish Lane Little Long Love March Moor Nay Page Park Place Poor Rivers Roman Small
Square Street West Young
""")
MONTH_NAMES = frozenset({"April", "May", "June"})
DATE_LEADS = word_list("in of last next since until till early late by through this that every the")
# Places that novels name all the time; a person may still be called so with a title.
PLACES = word_list("""
London England Paris France Europe Italy Rome Spain America Germany Scotland Ireland Wales
Britain India China Russia Africa Asia Australia Canada Egypt Greece Vienna Berlin Venice
Florence Naples Madrid Boston Chicago Washington York Oxford Cambridge Edinburgh Dublin
Liverpool Manchester Bath Kent Sussex Surrey Devon Yorkshire Lancashire Thames Piccadilly
Westminster Calcutta Bombay California Virginia Texas Philadelphia Broadway Switzerland Holland
Belgium Portugal Turkey Norway Sweden Denmark Poland Mexico Jerusalem Athens Atlantic Pacific
Mediterranean Alps
""")
LOCATIVES = word_list("in at near into through around across leaving reached via within outside")
# Also before people: half as telling.
DIRECTIONALS = word_list("to from of for toward towards round on")
# What places, societies and things are called by.
PLACE_HEADS = word_list("""
Street Square Road Avenue Yard Mansions Hotel Fields
City Town Village Island Islands Gallery Corner Path Club Boulevard Piazza Pension Villa
Cottage Farm Alley Row Terrace Crescent Court Castle Abbey Palace Tower Inn Tavern Pub School
College University Institute Academy Hospital Bank Museum Library Theatre Theater Opera
Cathedral Chapel Monastery Mountain Mountains Hill Hills Valley Lake Sea Ocean Forest Wood Woods
Moor Bay Cape Coast County State States Kingdom Empire Republic Railway Railroad Company Society
Committee Parliament Congress Army Navy Embassy Office Department Harbour Port Docks Quay Gate
Gardens Garden Common Market Exchange Times
""")
# Before a name that is spoken to: "my dear Tom", "oh Tom".
VOCATIVE_LEADS = word_list("dear my oh o ah old poor dearest yes no well sir thank please good")
PRONOUNS = {
    "he": "M", "she": "F", "i": "I", "we": "W", "they": "P",
}  # fmt: skip
OBJECT_PRONOUNS = {"him": "M", "his": "M", "himself": "M", "her": "F", "hers": "F", "herself": "F"}
FUNCTION_WORDS = word_list("""
the a an and or but of to in on at by for with from as is was were be been are am not no do did
does have has had it its this that these those there here then than so if he she they we you i
me him her them us my his your our their what which who whom whose when where why how all any
some very too just now up out about into over
""")
