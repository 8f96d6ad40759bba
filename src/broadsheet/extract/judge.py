"""Whether a fetched page is the article that a feed announced. Conservative: a doubtful page counts as the article."""

import re

from broadsheet.tokens import index_text

_SHORT_CHARS = 1500
_WALL = re.compile(
    r"just a moment|attention required|access denied|are you (?:a )?(?:human|robot)|verify you are|enable javascript"
    r"|page not found|\b404\b|forbidden|(?:sign|log) ?in\b|subscribe to (?:read|continue)|captcha|unsupported browser"
    r"|登录|登錄|登入|验证码|驗證碼|安全验证|人机验证|页面不存在|頁面不存在|找不到|已被删除|已被刪除|访问过于频繁|ログイン",
    re.IGNORECASE,
)
_COMPARED_CHARS = 20_000
_TITLE_SHARE = 0.5
_TEXT_SHARE = 0.3
_FEW_WORDS = 4


def is_wall(title: str, text: str) -> bool:
    """Whether a page with little text calls itself a login, an error or a check for robots."""
    return len(text) < _SHORT_CHARS and (_WALL.search(title) is not None or _WALL.search(text[:300]) is not None)


def shares_words(title: str, text: str, *, title_hint: str, text_hint: str) -> bool:
    """Whether enough of the words that a feed gave occur in the page; with too few words to tell, they do."""
    words = _words(f"{title} {text[:_COMPARED_CHARS]}")
    told = [(_words(title_hint), _TITLE_SHARE), (_words(text_hint[:_COMPARED_CHARS]), _TEXT_SHARE)]
    told = [(hint, share) for hint, share in told if len(hint) >= _FEW_WORDS]
    return not told or any(len(hint & words) >= share * len(hint) for hint, share in told)


def _words(text: str) -> set[str]:
    """The words that can tell articles apart: bigrams of CJK, longer words of other scripts."""
    return {word for word in re.findall(r"\w+", index_text(text)) if len(word) > (1 if not word.isascii() else 3)}
