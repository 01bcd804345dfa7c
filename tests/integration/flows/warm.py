"""What a worker loads before its first book, loaded once where workers are forked from."""

from adapters.outbound.parsing.language import detect_language
from adapters.outbound.tokens.tiktoken_counter import TiktokenCounter

detect_language("A model of languages is read for the first text, which has to have some length.")
TiktokenCounter().count_all(["so are the ranks of tokens"])
