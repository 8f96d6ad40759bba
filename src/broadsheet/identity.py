"""How an entry, an article and a text are told apart. Everything about digests and ids lives here.

Digests are BLAKE2b; sizes are chosen for the number of values that they must keep apart (see each function).
"""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from broadsheet.model import Entry
from broadsheet.urls import canonical

ARTICLE_ID_BYTES = 10
"""80 bits: with 10^7 articles the chance of any collision is 4e-11."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(first + second for first in _LETTERS for second in _LETTERS)
"""Base32 (RFC 4648), ten bits at a time: the standard library's takes 20 us an id."""

ENTRY_KEY_BYTES = 16
CONTENT_DIGEST_BYTES = 12


def _digest(size: int, *parts: str) -> bytes:
    """BLAKE2b over the parts and their lengths, so that no two lists of parts look alike."""
    lengths = ",".join([str(len(part)) for part in parts])
    return blake2b("".join((lengths, ":", *parts)).encode(), digest_size=size).digest()


def entry_keys(entries: Sequence[Entry]) -> list[bytes]:
    """The identity of each entry within its source, 16 bytes: by guid, else canonical link, else content.

    A guid that stands on several different entries of one document does not tell them apart, so there link and title
    are added to it, and the text where these are equal too; otherwise one of them would be lost.
    """
    # Only what names it: the same entry may stand twice with its markup written in two ways.
    different = {(entry.id, entry.link, entry.title, entry.html) for entry in entries}
    guids = Counter(guid for guid, *_ in different)
    named = Counter(names[:3] for names in different)
    return [
        _entry_key(entry, entries=guids[entry.id], namesakes=named[entry.id, entry.link, entry.title])
        for entry in entries
    ]


def _entry_key(entry: Entry, *, entries: int, namesakes: int) -> bytes:
    if entry.id and entries > 1:
        text = entry.html if namesakes > 1 else ""
        return _digest(ENTRY_KEY_BYTES, "shared guid", entry.id, entry.link or "", entry.title, text)
    if entry.id:
        return _digest(ENTRY_KEY_BYTES, "guid", entry.id)
    if entry.link and entry.title:
        # Several untitled notes of one feed may link to the same page, so a link counts together with its title.
        return _digest(ENTRY_KEY_BYTES, "link", canonical(entry.link), entry.title)
    if entry.link:
        return _digest(ENTRY_KEY_BYTES, "untitled link", canonical(entry.link), entry.html)
    return _digest(ENTRY_KEY_BYTES, "content", entry.title, entry.html)


def tombstone(source_key: str, entry_key: bytes) -> bytes:
    """What is left of an entry that was taken down, 16 bytes: enough to know it again, not to read it."""
    return _digest(ENTRY_KEY_BYTES, "tombstone", source_key, entry_key.hex())


def content_digest(entry: Entry) -> bytes:
    """Of everything a reader would see, 12 bytes; unequal means that the entry has to be cleaned and looked at."""
    return _digest(
        CONTENT_DIGEST_BYTES,
        entry.title,
        entry.html,
        entry.link or "",
        entry.image or "",
        entry.base,
        entry.license or "",
        *entry.authors,
        "",
        *entry.tags,
        "",
        *(enclosure.url for enclosure in entry.enclosures),
    )


def text_digest(title: str, html: str) -> bytes:
    """Of an article as its publisher's feed gives it, after cleaning: equal means that nobody could see an edit."""
    return _digest(CONTENT_DIGEST_BYTES, title, html)


def article_id(source_key: str, entry_key: bytes) -> str:
    """A new article's id: 16 characters of a-z2-7. Stored from then on, never computed again for the same article."""
    number = int.from_bytes(_digest(ARTICLE_ID_BYTES, source_key, entry_key.hex()), "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(70, -1, -10)])


def body_digest(body: bytes) -> bytes:
    """Of a document as it was fetched; equal bytes need no parsing."""
    return blake2b(body, digest_size=16).digest()


def lonely_urls(entries: Sequence[Entry]) -> set[str]:
    """Canonical links that stand on exactly one of these entries (a link shared by all says nothing about identity)."""
    count = Counter(canonical(entry.link) for entry in entries if entry.link)
    return {url for url, times in count.items() if times == 1}
