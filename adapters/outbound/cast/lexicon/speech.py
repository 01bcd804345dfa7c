"""Verbs that tag speech. Weak ones often do something else, so that they need better company."""

from __future__ import annotations

from domain.naming.word_lists import word_list

_STRONG = """
said says say saith cried cries asked asks answered answers replied replies returned exclaimed
exclaims whispered whispers murmured murmurs continued added remarked observed inquired enquired
shouted repeated muttered demanded suggested declared growled ejaculated responded rejoined
resumed explained protested insisted announced gasped agreed stammered faltered pleaded urged
screamed shrieked groaned moaned sobbed admitted confessed assented retorted commented persisted
pursued proceeded concluded echoed snapped roared hissed mumbled stated implored objected
commanded ordered corrected volunteered croaked bawled yelled chuckled grumbled queried
pronounced mused sneered acknowledged affirmed argued assured apologized apologised complained
conceded counselled drawled expostulated giggled grunted hazarded hinted prompted quavered quoth
reiterated snarled sputtered stuttered wailed whimpered ventured vociferated thundered begged
entreated interposed interrupted interjected contended maintained asserted averred avowed
advised cautioned warned promised boasted bellowed barked blurted piped squeaked squealed
sniffed snorted scolded rebuked reproved reminded soothed comforted teased mocked jeered taunted
coaxed cajoled lisped panted puffed rasped rumbled shrilled spluttered trilled twittered purred
cooed crooned intoned recited summed amended qualified supplemented reflected proposed greeted
hailed lamented mourned marvelled gibed parried countered submitted deprecated temporised
temporized opined philosophised theorised specified
"""
_WEAK = """
began called thought interrupted laughed sighed went breathed told finished wondered spoke burst
quoted broke wrote read joined put smiled nodded sang screeched gave cut turned let
"""
# After "heard": "they heard Ada cry". Most are nouns as well.
_INFINITIVES = "cry exclaim rejoin answer reply murmur whisper add ask"
SPEECH_VERBS = frozenset(f"{_STRONG} {_WEAK} {_INFINITIVES}".split())
STRONG_SPEECH_VERBS = frozenset(_STRONG.split())
SPEECH_NOUNS = word_list("""
reply answer response rejoinder comment remark exclamation question retort verdict greeting cry
""")
# What a person does: a capitalised word in front of one of these is likely somebody.
AGENT_VERBS = (
    word_list("""
was had could would did looked took turned came stood sat felt knew gave made went saw thought
got put ran shook rose began told heard held kept left let laid spoke threw fell drew bent
sprang caught paused hesitated nodded smiled laughed sighed walked entered seemed wanted liked
loved stared started has is does never always will might must should
""")
    | SPEECH_VERBS
)
# Those of them that narration in the past tense does not use.
PRESENT_VERBS = word_list("is has does never always will might must should saith says cries asks")
# Between subject and verb of a tag: "she then, at last, said".
TAG_FILLERS = word_list("""
also again then now at once last only just still always never had have has was that who himself
herself to quite and as rather too all very merely not did would could here there with in first
soon next even sometimes often thus so eagerly out on up
""")
