"""How long a language model's server is waited for, whoever's it is."""

CONNECT_SECONDS = 5.0
READ_SECONDS = 120.0  # between two pieces of an answer: a cold model is loaded before the first
WHOLE_SECONDS = 600.0  # for an answer that nobody reads while it comes
