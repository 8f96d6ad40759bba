"""The one tokeniser for Chinese, Japanese and Korean, in front of every store: words as words, CJK as bigrams.

It only prepares text; the stores (SQLite's FTS5 with `unicode61`, PostgreSQL's `simple`) split at spaces.
"""

import re
import unicodedata
from array import array
from itertools import accumulate

_CJK = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb"
    "\uf900-\ufaff\U00016fe0-\U00016fff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_CJK}]+")
_RUNS = re.compile(f"([{_CJK}]+)")
_TERM = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_PUNCTUATION = re.compile(
    "[\u2010-\u2027\u2030-\u205e\u3000-\u3004\u3008-\u3020\u3030\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+"
)
"""Wide punctuation, no part of any word. Gone before NFKC, which otherwise spends most of the time on it."""
_PHRASES = re.compile(r'"([^"]*)"?|([^"\s]+)')

MAX_QUERY_CHARS = 500
"""What nobody types; it keeps the expression small enough for any store."""


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", _PUNCTUATION.sub(" ", text)).casefold()


def index_text(text: str) -> str:
    """The text as it goes into a full-text index: folded (NFKC, case), CJK runs as overlapping bigrams.

    The last character of a run, which begins no bigram, also stands alone, so that every single character can be found
    as a prefix. All else stays in place for the store's own word splitting.
    """
    folded = _fold(text)
    if folded.isascii():
        return folded
    parts = _RUNS.split(folded)  # what is not CJK at the even places, runs at the odd ones
    parts[1::2] = _bigrams(parts[1::2])
    return " ".join(parts)


def _bigrams(runs: list[str]) -> list[str]:
    """Each run as its bigrams and its last character; all in one go, by arithmetic on code points."""
    text = " ".join(runs) + " "
    points = array("I", text.encode("utf-32-le"))
    spread = array("I", (" " * (3 * len(text))).encode("utf-32-le"))
    spread[0::3] = points
    spread[1:-3:3] = points[1:]
    paired = spread.tobytes().decode("utf-32-le")
    starts = accumulate(runs, lambda at, run: at + len(run) + 1, initial=0)
    return [paired[3 * at : 3 * (at + len(run)) - 2] for at, run in zip(starts, runs, strict=False)]


def query_text(query: str) -> str:
    """An FTS5 MATCH expression for what somebody typed, against text from `index_text`.

    All terms must occur; the last word matches as a prefix; a "quoted phrase" and a run of CJK stay phrases. Never a
    syntax error, whatever is typed; empty when there is nothing to search for.
    """
    terms: list[str] = []
    for match in _PHRASES.finditer(query[:MAX_QUERY_CHARS]):
        quoted, plain = match.groups()
        words = _TERM.findall(_fold(quoted if plain is None else plain))
        terms += [_phrase(words)] if plain is None and words else [_phrase([word]) for word in words]
    if terms and _open_ended(query, terms[-1]):
        terms[-1] += "*"
    return " AND ".join(terms)


def _phrase(words: list[str]) -> str:
    tokens = index_text(" ".join(words)).split()
    last = words[-1]
    if len(last) > 1 and _RUN.match(last):
        tokens.pop()  # its last character stands alone only where the run ends in the text, too
    text = " ".join(tokens)
    return f'"{text}"*' if _is_lone_cjk(last) else f'"{text}"'


def _is_lone_cjk(word: str) -> bool:
    """A single character inside a run is only found as the beginning of a bigram."""
    return len(word) == 1 and _RUN.match(word) is not None


def _open_ended(query: str, last: str) -> bool:
    """Whether the last word may still be being typed: not CJK, not inside quotes, nothing after it."""
    return not last.endswith("*") and not _RUN.search(last) and query.rstrip()[-1:] not in ('"', "")
