"""Identifiers: strings on every wire, distinct types in the code."""

from typing import NewType

OwnerId = NewType("OwnerId", str)
BookId = NewType("BookId", str)
CharacterId = NewType("CharacterId", str)
QuoteId = NewType("QuoteId", str)
SessionId = NewType("SessionId", str)
MessageId = NewType("MessageId", str)
TurnId = NewType("TurnId", str)
JobId = NewType("JobId", str)
CorrectionId = NewType("CorrectionId", str)

# The one person on a laptop: owner of what is added without an account.
LOCAL_OWNER = OwnerId("00000000-0000-0000-0000-000000000001")
