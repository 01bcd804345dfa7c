"""From the bytes of a text file to its characters, whatever it was written with."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 64 * 1024
_HIGH_BYTES = bytes(range(0x80, 0x100))


def decode(data: bytes) -> str:
    """The characters of a text file, without its byte order mark; never raises.

    Unicode is known by its mark or its form. What is left are the code pages of one byte a
    character: text that is nearly all ASCII is taken as Windows-1252, for the rest the letters'
    frequencies decide.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if encoding := _unmarked_utf16(data):
        return data.decode(encoding, errors="replace")
    text = _as_utf8(data)
    if text is not None:
        return text
    sample = data[:_SAMPLE]
    if len(sample) - len(sample.translate(None, _HIGH_BYTES)) > len(sample) // 20:
        guess = from_bytes(sample).best()
        if guess is not None:
            return data.decode(guess.encoding, errors="replace")
    return data.decode("cp1252", errors="replace")


def _unmarked_utf16(data: bytes) -> str:
    """Western text in UTF-16 has a NUL in every other byte."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    if half and sample[1::2].count(0) > 0.4 * half and sample[::2].count(0) < 0.05 * half:
        return "utf-16-le"
    if half and sample[::2].count(0) > 0.4 * half and sample[1::2].count(0) < 0.05 * half:
        return "utf-16-be"
    return ""


def _as_utf8(data: bytes) -> str | None:
    """UTF-8, also when some of it is damaged or its end is cut off; None if it is none."""
    try:
        return data.decode("utf-8", errors="surrogatepass")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:
            return data[: error.start].decode("utf-8", errors="surrogatepass")
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\N{REPLACEMENT CHARACTER}")
    sound = sum(letter > "\x7f" for letter in text) - damaged
    return text if damaged * 10 <= sound else None
