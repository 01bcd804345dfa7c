"""How people are named in English: titles, given names, short forms, and whose a name is."""
