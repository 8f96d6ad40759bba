"""An independent judge of clean HTML: two other parsers, and rules of its own."""

import re

import nh3
from lxml import html as lxml_html

ELEMENTS = frozenset(
    str.split(
        "a abbr address aside audio b bdi bdo blockquote br caption cite code col colgroup data dd del details dfn div "
        "dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hgroup hr i img ins kbd li mark math merror mfrac mi "
        "mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup "
        "mtable mtd mtext mtr munder munderover ol p pre q rp rt ruby s samp section semantics small span strong sub "
        "summary sup table tbody td tfoot th thead time tr u ul var video wbr"
    )
)
_ATTRIBUTES = frozenset(
    str.split(
        "abbr accent accentunder alt aria-label cite class colspan columnalign columnspan controls data-embed datetime "
        "depth dir display fence form height href lang largeop linethickness lspace mathvariant maxsize minsize "
        "movablelimits poster preload rel reversed rowspan rspace scope scriptlevel separator span src start stretchy "
        "symmetric title type value voffset width"
    )
)
_URLS = frozenset({"href", "src", "poster", "cite"})
_EMBED = re.compile(
    r"(?:youtube:[\w-]{11}|vimeo:[0-9]+(?:/[0-9a-f]+)?|bilibili:(?:BV\w{10}|av\d+)|qq:\w+|youku:X\w+=*|dailymotion:\w+)",
    re.ASCII,
)


# That the other sanitiser drops one more line end at the beginning of a `pre` is its own affair.
_LOST_NEWLINE = re.compile(r"(<pre[^>]*>)\n+")


def judge(clean: str) -> list[str]:
    """What is wrong with HTML that should be clean; nothing, it is hoped."""
    return [*_by_rules(clean), *_by_second_sanitiser(clean)]


def _by_rules(clean: str) -> list[str]:
    wrong = []
    root = lxml_html.fragment_fromstring(clean, create_parent="main")
    for element in root.iterdescendants():
        if element.tag not in ELEMENTS:
            wrong.append(f"element {element.tag}")
        for name, value in element.items():
            if name not in _ATTRIBUTES:
                wrong.append(f"attribute {name}={value!r} on {element.tag}")
            if name in _URLS and not re.match(r"https?://[^/]|mailto:", value):
                wrong.append(f"address {name}={value!r}")
            if name == "class" and (element.tag, value) != ("a", "embed"):
                wrong.append(f"class {value!r} on {element.tag}")
            if name == "data-embed" and not (element.get("class") == "embed" and _EMBED.fullmatch(value)):
                wrong.append(f"embed {value!r}")
    return wrong


def _by_second_sanitiser(clean: str) -> list[str]:
    """A sanitiser with the same allowances but another parser has nothing to change."""
    clean = clean.lstrip("\ufeff")  # which it takes for a byte order mark
    attributes = {element: set(_ATTRIBUTES) for element in ELEMENTS}
    again = nh3.clean(
        clean, tags=set(ELEMENTS), attributes=attributes, url_schemes={"http", "https", "mailto"}, link_rel=None
    )
    return (
        []
        if _LOST_NEWLINE.sub(r"\1", again) == _LOST_NEWLINE.sub(r"\1", clean)
        else [f"another sanitiser makes of it: {again}"]
    )
