"""Replies on the bundled book as a language model words them, each with the last chapter read."""

CLEAN = [
    (1, "The sea fell seven inches lower than the Almanac said it would, and nobody could say"
        " why."),
    (1, "Dr. Lusby would not let me see the Setting Book. He told me that he had lost the key."),
    (1, "I sit in a stone hut at the end of the mole and watch a copper float. It is honest work"
        " [1]."),
    (1, "“One foot nine,” I told Percy. He looked at me as if I had mislaid the whole ocean!"),
    (1, "The Dowager is a sandbank. She shows herself once in eighteen years and a half, no"
        " oftener."),
    (1, "Four people drowned when the *Punctual* struck, and the master with them."),
    (2, "Mr. Strake took the room on the second floor in October. He says that he studies"
        " seaweeds."),
    (2, "Mrs. Rusk bakes with caraway for him, which her daughter finds very odd indeed."),
    (2, "He wound the clock eleven times. I counted, and I dare say that eleven was right."),
    (2, "Ida believes the lodger wants a keepsake from her father's ship. She distrusts him."),
    (3, "The Alderman called in every copy of the Almanac. He told the town it was a misprint in"
        " the fares."),
    (3, "I counted them as they came in: five hundred and ninety-nine, and one was still out."),
    (3, "My husband burned them in the kitchen range. It took days, and the heat was something"
        " dreadful."),
    (3, "He went grey when he heard of the underwriters, whatever he may tell you now."),
    (4, "Miss Corrie knitted the tides, a stitch to the inch: blue for water, fawn for the sand."),
    (4, "The moon's road tips up and back in eighteen years. You must mend the crank by a factor."),
    (4, "Augustus comes on Tuesdays and reads to me. He does the emperors in different voices."),
    (4, "I had my wool from the Vyner sisters. Nobody else in the county could mix that blue."),
    (5, "Captain Noakes lost his brother in the wreck, and he has never forgiven the master."),
    (5, "Mr. Strake asked the underwriters for a tin box. He wants to read one line of a book."),
    (5, "I think that there were two tables. Her father had the first, and the court had the"
        " second."),
    (5, "Bishop is nineteen and grey, and his feet must be greased because the salt gets in."),
    (6, "Dr. Lusby spoiled the tables on purpose, so that nobody would go out to the wreck."),
    (6, "Percy read me the cosines until the figures ran together, and I added them by hand."),
    (6, "I had dropped a twenty in carrying. He wrote it in the margin, and put the handle back."),
    (7, "The tin came out black and crusted. He rubbed a little place clean, and covered it"
        " again."),
    (7, "We had forty minutes, and we stayed too long. Then the fog came down, and the flood"
        " with it."),
    (2, "I would rather not say. Ask me about the weather, the soup, or the price of shrimps."),
    (5, "Perhaps you are right; perhaps I am only a cross young woman with a pencil. Time will"
        " tell!"),
    (3, "Grace was said, and then the rest of us could eat. I hope you like muffins."),
]  # fmt: skip

LEAKING = [
    (1, "The lodger, Mr. Strake, pretends to study seaweeds."),
    (1, "Ask Ida. She drives the shrimp cart."),
    (2, "Miss Corrie has knitted every tide since she began, and she has the proof in wool."),
    (2, "It was all printed by Alderman Beddoes, over the shop in St. Olave's Lane."),
    (3, "He has a letter that says: we have no objection to your recovering from the wreck."),
    (4, "Ask Josiah Abbott, of Leeds, who had travelled in buttons."),
    (4, "There were two tables, and your father had the first one, and the Inquiry had the"
        " second."),
    (5, "He left me a note: for God's sake do not linger."),
    (5, "In front of 1905 there was a stub, a quarter of an inch wide, cut with a razor and a"
        " rule."),
    (6, "Inside the bracket is a japanned tin, and the ribs of sand lead them home by the soles of"
        " a man's feet."),
    (6, "They buried three in the year nine, and he still stumbles on the last stair."),
    (7, "He was taken to Gothenburg by a Swedish barque with timber."),
    (7, "“They buried three in the year nine,” she says to him."),
    (8, "When he woke in his straw he had gone round all the twenty-four wheels."),
    (8, "They hear the hackney fares: quay to Abbey, one-and-three, waiting per quarter of an"
        " hour."),
    (9, "They will give Winifred the Office at a hundred and sixty pounds."),
]  # fmt: skip
