"""What a feed says, made harmless in a theme's HTML, even where the theme prints it as it is."""

import re

_JOINER = "\u2060"  # "word joiner": nothing to see, no width, no break

_LOOKS_LIKE_MARKUP = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w{1,31};)|\\(?=['\"`])")
_QUOTE = re.compile(r"[\"'`]")
_LOOKS_LIKE_CODE = re.compile(r"(?<=\w)(?=\s*=)", re.ASCII)
_DANGEROUS_NAME = re.compile(r"\b(?:on\w{3,30}|href|src|srcdoc|srcset|style|action|formaction)\s*=", re.IGNORECASE)
_UNSAFE_IN_URL = re.compile(r"[\x00-\x20\"'()<>\\`{}\x7f]")


def inert(text: str) -> str:
    """The same text to the eye, but not HTML even where a theme prints it as it is.

    Volantis and NexT print titles and tags unescaped, Volantis in attributes too, Butterfly in a script's string.
    Quotes, braces, `<` before a space and all else that people write stay as they are.
    """
    text = _LOOKS_LIKE_MARKUP.sub(lambda found: found[0] + _JOINER, text)
    if _QUOTE.search(text) and _DANGEROUS_NAME.search(text):
        text = _DANGEROUS_NAME.sub(lambda found: _LOOKS_LIKE_CODE.sub(_JOINER, found[0]), text)
    return text


def inert_url(url: str) -> str:
    """The same address, safe in quotes, in brackets and in `url()` of a style."""
    return _UNSAFE_IN_URL.sub(lambda found: f"%{ord(found[0]):02X}", url)
