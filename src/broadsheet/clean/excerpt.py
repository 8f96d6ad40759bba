"""How much of a text may be quoted, and whether a text is only such a quotation itself. Plain text only."""

import re
from collections.abc import Iterator

_SHARE = 0.15
_CHARS = 120
_WORDS = 60
_WORD_CHARS = 30
"""A longer run without a space is no word; each further so many characters count as another."""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff00-\uffef\U00016fe0-\U0001b2ff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"([{_UNSPACED}])|[^\s{_UNSPACED}]+")
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]+")
_LONG_WORD = re.compile(rf"\S{{{_WORD_CHARS}}}(?=\S)")
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？…]|\n")
_TRAILING = " \t\n,;:，、；：-–—(（“「『《"

_LONG = 10.0
"""Allowances: a text this many times as long as an excerpt is whole, however it ends."""
_SHORT = 2.0
_LONG_CHARS = int(_LONG * _WORDS * (_WORD_CHARS + 1))
_SHORT_CHARS = int(_SHORT * _WORDS * (_WORD_CHARS + 1))
"""No text of more characters is within these allowances, whatever its script: found without counting words."""
_SUMMARY_PARAGRAPHS = 2
"""A short text of more paragraphs than this was written as a whole."""
_ELLIPSIS = re.compile(r"(?:\u2026|\u22ef|\.\.\.|。。。)[\s\])】）»>.]*$")
_MORE = re.compile(
    r"(?:read (?:more|on|the (?:full|whole|rest))|continue reading|keep reading|(?:the )?full (?:story|article|post)"
    r"|(?:click|tap) (?:here )?(?:to|for) |view (?:more|full|original)|learn more|\bmore\s*(?:»|>|→|\])"
    r"|(?:阅读|閱讀|查看|浏览|瀏覽|展开|展開|点击|點擊|继续|繼續)(?:全文|原文|更多|详情|詳情|阅读|閱讀|查看)|全文(?:>|»|链接)"
    r"|了解更多|未完待续|未完待續)[^\n]{0,120}$",
    re.IGNORECASE,
)
_MORE_HINTS = ("read", "view", "full", "more", "click", "tap ", "文", "多", "情", "阅", "閱", "看", "未完")
"""One of these is in everything that `_MORE` matches."""
_FOOTER = re.compile(r"\n?The post .{1,300}? (?:appeared|first appeared) (?:first )?on .{1,200}$", re.DOTALL)


def excerpt(text: str, *, of_chars: int | None = None) -> str:
    """The beginning of a text: the smaller of 15 % of it and 120 CJK characters or 60 words, in one line.

    In mixed text each word takes 1/60 of the allowance and each CJK character 1/120. Ends after a sentence where one
    ends late enough, else after a word, with "…"; empty when not even a word is allowed.

    Args:
        text: the text, or only its beginning.
        of_chars: characters of the whole text, where `text` is its beginning.
    """
    whole = max(1.0, of_chars / len(text)) if of_chars and text else 1.0
    allowed = min(1.0, _SHARE * _amount(text, enough=1.0 / _SHARE) * whole)
    spent, end, sentence_end = 0.0, 0, 0
    for token, cost in _costs(text):
        spent += cost
        if spent > allowed + 1e-9:
            break
        end = token.end()
    for found in _SENTENCE_END.finditer(text, 0, min(end + 1, len(text))):
        if found.end() <= end:
            sentence_end = found.end()
    if sentence_end * 2 > end:
        end = sentence_end
    return _closed(" ".join(text[:end].split()))


def _closed(quoted: str) -> str:
    quoted = quoted.rstrip(_TRAILING)
    if not quoted or quoted.endswith("…"):
        return quoted
    return f"{quoted} …" if quoted[-1] in ".!?" else f"{quoted}…"


def _costs(text: str) -> Iterator[tuple[re.Match[str], float]]:
    for token in _TOKEN.finditer(text):
        if token.lastindex:
            yield token, 1 / _CHARS
        else:
            yield token, (1 + (token.end() - token.start()) // _WORD_CHARS) / _WORDS


def _amount(text: str, *, enough: float) -> float:
    """The length of a text in allowances of an excerpt, about; not counted much beyond `enough`."""
    sample = text[: int(enough * _WORDS * (_WORD_CHARS + 1))]
    spaced, runs = _UNSPACED_RUN.subn(" ", sample)
    words = len(spaced.split()) + len(_LONG_WORD.findall(spaced))
    return (len(sample) - len(spaced) + runs) / _CHARS + words / _WORDS


def _invites(ending: str) -> bool:
    """Whether it ends in an invitation to read on; the pattern is slow, so a look for its words goes first."""
    lowered = ending.lower()
    return any(hint in lowered for hint in _MORE_HINTS) and _MORE.search(ending) is not None


def looks_cut(text: str) -> bool:
    """Whether a feed's text is probably only a summary: short, or ending in an ellipsis or an invitation to read on."""
    if len(text) > _LONG_CHARS:
        return False
    tail = text[-1000:].rstrip()
    ending = (_FOOTER.sub("", tail) if "The post " in tail else tail).rstrip()
    if _ELLIPSIS.search(ending[-40:]) or _invites(ending[-200:]):
        return _amount(text, enough=_LONG) < _LONG
    few_paragraphs = text.strip().count("\n") < _SUMMARY_PARAGRAPHS
    return few_paragraphs and len(text) < _SHORT_CHARS and _amount(text, enough=_SHORT) < _SHORT
