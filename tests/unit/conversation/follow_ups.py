"""Conversations on the bundled book, each with a message that leans on them, or does not."""

from typing import NamedTuple


class FollowUp(NamedTuple):
    """`wants`: words that a query for the message must have beside its own; `lacks`: that it must
    not; `gold`: words of the passage that it asks for."""

    said: tuple[str, ...]  # the reader's questions at even places, the answers at odd ones
    message: str
    wants: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    gold: str = ""
    leans: bool = True
    to: str = ""  # whom the reader talks with: "" for the book


FOLLOW_UPS = [
    FollowUp(
        ("Who is Mr. Strake?", "He is the other lodger of Mrs. Rusk, and studies seaweeds."),
        "What happened to his throat?",
        ("Strake",),
        ("Percy", "Lusby"),
        "it had spoiled his throat",
    ),
    FollowUp(
        (
            "Who is Mr. Strake?",
            "He has the second-floor back. Percy and Dr. Lusby hardly know him.",
        ),
        "Has anybody seen him with a seaweed?",
        ("Strake",),
        ("Percy", "Lusby"),
        "Winifred had not seen him with one",
    ),
    FollowUp(
        ("Tell me about Mrs. Rusk.", "She is a small, straight woman, and starched."),
        "Whose widow is she?",
        ("Rusk",),
        (),
        "She was the widow of Captain Gilbert Rusk",
    ),
    FollowUp(
        ("What does Ida sell?", "Shrimps, at fivepence the pint, in the Tolbooth market."),
        "How old is she?",
        ("Ida",),
        (),
        "She was twenty-four, with a voice trained on horses",
    ),
    FollowUp(
        ("Who wound the clock?", "Mr. Strake did. He says that it had stopped on the Sunday."),
        "How many turns did he give it?",
        ("Strake", "clock"),
        (),
        '"Eleven turns."',
    ),
    FollowUp(
        ("What does Mrs. Rusk put in her cake?", "A pound of flour, six ounces of butter, rum."),
        "And why caraway?",
        ("Rusk",),
        (),
        "You can't abide caraway",
    ),
    FollowUp(
        (
            "Did the Almanac get the tide right?",
            "No. The sea fell seven inches lower than it said.",
        ),
        "Why?",
        ("Almanac", "tide"),
        (),
        "the sea at Gannow fell seven inches lower",
    ),
    FollowUp(
        ("Who set the wheels this year?", "Dr. Lusby did, while Miss Tull had influenza."),
        "Where does he keep the key?",
        ("Lusby",),
        (),
        "It's on his watch-chain, miss",
    ),
    FollowUp(
        (
            "Did Dr. Lusby lie about the key?",
            "He said that he had mislaid the key of the cupboard.",
        ),
        "And did Percy believe that?",
        ("Lusby", "key"),
        (),
        "It was jingling",
    ),
    FollowUp(
        ("What is the Dowager?", "Two miles of sand across the mouth of the Gann."),
        "When was she last at home?",
        ("Dowager",),
        (),
        "She had last been at home on the evening",
    ),
    FollowUp(
        ("What was the Punctual?", "A steam ferry. It struck in the Parlour in 1904."),
        "How many people drowned with it?",
        ("Punctual",),
        (),
        "Four had not, nor had the master",
    ),
    FollowUp(
        ("Who prints the Almanac?", "Alderman Beddoes, over his shop in St. Olave's Lane."),
        "What is he chairman of?",
        ("Beddoes",),
        (),
        "was chairman of the Harbour Board",
    ),
    FollowUp(
        ("What did the Alderman do in 1904?", "He called in all the copies and burned them."),
        "How long did that take?",
        ("burned", "copies"),
        (),
        "it took him until Thursday",
    ),
    FollowUp(
        ("How many Almanacs came back?", "Five hundred and ninety-nine, out of six hundred."),
        "And the last one?",
        ("Almanacs",),
        (),
        "it was at the bottom of the sea",
    ),
    FollowUp(
        ("Who is Miss Corrie?", "She computed the tides with a pencil, and then with the machine."),
        "What does she knit?",
        ("Corrie",),
        (),
        "Every row was one day",
    ),
    FollowUp(
        ("What are Miss Corrie's scarves?", "Shawls, rather; each row is a day, a stitch an inch."),
        "How many of them are there?",
        ("Corrie",),
        (),
        "there were forty-five of them",
    ),
    FollowUp(
        ("Where did Miss Corrie get her wool?", "From Letty and Maud Vyner, in Tolbooth Street."),
        "What became of them?",
        ("Vyner",),
        (),
        "They were going over to Stannick for a christening",
    ),
    FollowUp(
        ("What does Miss Corrie think of Dr. Lusby?", "That he is a great goose."),
        "What does he read to her?",
        ("Lusby", "Corrie"),
        (),
        "He comes Tuesdays and reads me Gibbon",
    ),
    FollowUp(
        ("Will Captain Noakes lend a boat?", "No. No boat of his goes there."),
        "Whom did he lose in the wreck?",
        ("Noakes",),
        (),
        "I'd a brother in it",
    ),
    FollowUp(
        ("Where was Captain Noakes when the ferry struck?", "In the River Plate."),
        "How did he hear of it there?",
        ("Noakes",),
        (),
        "I'd the news at Rosario",
    ),
    FollowUp(
        ("What is Mr. Strake after?", "A tin box from the wreck. There is a book in it."),
        "What does he want with that?",
        ("Strake", "box"),
        (),
        "I want to read one line",
    ),
    FollowUp(
        ("Who owns the wreck?", "Cope and Laidlaw call it the property of the sand."),
        "How much did they pay for it?",
        ("Cope",),
        (),
        "We paid £4,200 upon the vessel",
    ),
    FollowUp(
        ("What is the horse called?", "Bishop, on account of his legs."),
        "What has to be done to his feet?",
        ("horse",),
        (),
        "Bishop'll need his feet greased",
    ),
    FollowUp(
        ("What was cut out of the Setting Book?", "A page, in front of 1905."),
        "What with?",
        ("Setting", "page"),
        (),
        "cut with a razor and a rule",
    ),
    FollowUp(
        ("Did Winifred run the machine?", "No. Dr. Lusby took the handle away."),
        "Then how did she work out the tide?",
        ("Winifred",),
        (),
        "Fetch the cosines",
    ),
    FollowUp(
        (
            "Who is Percy?",
            "A boy of thirteen who speaks in headlines.",
            "Where does he get them from?",
            "From the placards outside the newsagent's.",
        ),
        "And what did he say of the sea?",
        ("Percy",),
        (),
        "'SEA ABSCONDS,'",
    ),
    FollowUp(
        (
            "Who found the note in the margin?",
            "Winifred did, when she woke.",
            "Who wrote it?",
            "Dr. Lusby, in violet pencil.",
        ),
        "And what was her mistake?",
        ("Winifred",),
        (),
        "You have dropped a twenty in carrying",
    ),
    FollowUp(
        ("When did they leave for the wreck?", "At a quarter to five, by lantern."),
        "Who walked at the horse's head?",
        leans=False,
        gold="Ida walked at Bishop's head",
    ),
    FollowUp(
        ("who is mrs beddoes", "She is plump, pretty, and counted the Almanacs."),
        "what did she find in the cookery book",
        ("Beddoes",),
        (),
        "GANNOW HARBOUR BOARD. Holders of the TIDE ALMANAC",
    ),
    FollowUp(
        ("Why do you bake with caraway?", "I make no remark. I happened to have the seeds."),
        "And what does your daughter say to that?",
        ("caraway",),
        (),
        "You can't abide caraway, Mother",
        to="Mrs. Rusk",
    ),
    FollowUp(
        ("Do you like Dr. Lusby?", "He taught me all I know of good manners."),
        "Why did he spoil the tables?",
        ("Lusby",),
        (),
        "I asked our client to be discreet",
        to="Winifred",
    ),
    FollowUp(
        ("Who is the lodger?", "Mr. Strake, who has the second-floor back."),
        "What does Ida say about the man's beard?",
        leans=False,
        gold="At a boiled man with a beard",
    ),
    FollowUp(
        ("Who is Mr. Strake?", "A lodger who studies seaweeds."),
        "What did Miss Corrie say about the moon's node?",
        lacks=("Strake",),
        leans=False,
        gold="What's her node up to?",
    ),
    FollowUp(
        ("Who is Ida?", "The daughter of the house."),
        "How did Winifred get the job when Miss Corrie lost her sight?",
        lacks=("Ida",),
        leans=False,
        gold="multiply 0.964 by 11.4",
    ),
    FollowUp(
        ("Who is Percy?", "A boy of thirteen."),
        "How much is the full board at Cable Street?",
        lacks=("Percy",),
        leans=False,
        gold="with the full board, twenty-two shillings",
    ),
    FollowUp(
        ("Who is Percy?", "A boy of thirteen."),
        "Is there a letter from the underwriters?",
        lacks=("Percy",),
        leans=False,
        gold="COPE & LAIDLAW, Marine Underwriters",
    ),
    FollowUp(
        ("Who is Percy?", "A boy of thirteen."),
        "What is the name that Strangers gave the shawls?",
        lacks=("Percy",),
        leans=False,
        gold="Strangers called them scarves",
    ),
    FollowUp(
        ("What is the Letterbox?", "The gully that crosses the Train."),
        "Why did Captain Noakes put the quay up twenty-one inches?",
        lacks=("Letterbox",),
        leans=False,
        gold="put this quay up twenty-one inches",
    ),
    FollowUp(
        ("What is the Letterbox?", "The gully that crosses the Train."),
        "What did Dr. Lusby do with the handle of the machine?",
        lacks=("Letterbox",),
        leans=False,
        gold="He put it inside his overcoat",
    ),
    FollowUp(
        ("What is the Letterbox?", "The gully that crosses the Train."),
        "Did the clock stop before Mr. Strake wound it?",
        lacks=("Letterbox",),
        leans=False,
        gold="It had stopped",
    ),
    FollowUp(
        ("Who is Percy?", "A boy of thirteen."),
        "Is it true that Alderman Beddoes went to Harrogate?",
        lacks=("Percy",),
        leans=False,
        gold="then you went to Harrogate",
    ),
    FollowUp((), "What does she want?", leans=False),
]
