"""From the bytes of a text file to its characters, whatever it was written with."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,40})""", re.IGNORECASE)
_HEAD = 4_096  # bytes at the beginning where an HTML file declares its charset
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
    if encoding := unmarked_utf16(data):
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


def unmarked_utf16(data: bytes) -> str:
    """The encoding of UTF-16 without its mark, else "": Western text has a NUL in every other
    byte."""
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


def decode_markup(data: bytes) -> str:
    """The characters of an HTML file: by its mark or form, else by the charset that it declares."""
    declared = _CHARSET.search(data[:_HEAD])
    if declared and not data.startswith(tuple(mark for mark, _ in _BOMS)):
        try:
            encoding = codecs.lookup(declared[1].decode("ascii")).name
        except LookupError:
            return decode(data)
        # A declared Latin-1 is Windows-1252 to every browser.
        if encoding != "utf-8":
            name = "cp1252" if encoding in ("iso8859-1", "ascii") else encoding
            return data.decode(name, errors="replace")
    return decode(data)
