"""Cut a text into passages, embed them, and fill both indices of a content version."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import islice

from application.ports.embedder import Embedder
from application.ports.keyword_index import KeywordIndex
from application.ports.passage_repository import PassageRepository
from application.ports.token_counter import TokenCounter
from application.ports.vector_index import VectorEntry, VectorIndex
from domain.book import BookLayout, ContentVersion
from domain.cast import Cast
from domain.passage import Passage

BATCH = 64  # texts embedded and written at a time: a few seconds of work, so progress is seen

Report = Callable[[float, str], Awaitable[None]]
