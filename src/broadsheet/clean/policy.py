"""Sanitising: what may stay in a text, and the only place that makes `CleanHtml`. Always the last step.

No repairs here: what a text needs is mended before (`dom`), and judged here without trust in that.
"""

from dataclasses import replace

from turbohtml import Node, PlainText, parse_fragment
from turbohtml.clean import OnDisallowed, Policy, Sanitizer

from broadsheet.model import CleanHtml

_TEXT = str.split(
    "a abbr b bdi bdo br cite code data del dfn em i ins kbd mark q rp rt ruby s samp small span strong sub sup time u "
    "var wbr"
)
_BLOCKS = str.split(
    "address aside blockquote caption col colgroup dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hgroup hr "
    "li ol p pre section summary table tbody td tfoot th thead tr ul"
)
_MEDIA = ("audio", "img", "video")
MATH_ELEMENTS = frozenset(
    str.split(
        "math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle "
        "msub msubsup msup mtable mtd mtext mtr munder munderover semantics"
    )
)
_GONE = str.split(
    "annotation annotation-xml applet button canvas datalist frameset head iframe noembed noframes noscript optgroup "
    "option plaintext portal script select style svg template textarea title xmp"
)
_MATH_ATTRIBUTES = frozenset(
    str.split(
        "accent accentunder columnalign columnspan depth display fence form height largeop linethickness lspace "
        "mathvariant maxsize minsize movablelimits rowspan rspace scriptlevel separator stretchy symmetric "
        "voffset width"
    )
)
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": frozenset({"dir", "lang"}),
    "a": frozenset({"href", "title", "rel", "class", "data-embed", "aria-label"}),
    "abbr": frozenset({"title"}),
    "audio": frozenset({"src", "controls", "preload"}),
    "blockquote": frozenset({"cite"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "data": frozenset({"value"}),
    "del": frozenset({"cite", "datetime"}),
    "dfn": frozenset({"title"}),
    "img": frozenset({"src", "alt", "width", "height", "title"}),
    "ins": frozenset({"cite", "datetime"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"start", "reversed", "type"}),
    "q": frozenset({"cite"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan", "scope", "abbr"}),
    "time": frozenset({"datetime"}),
    "video": frozenset({"src", "poster", "controls", "preload", "width", "height"}),
} | dict.fromkeys(MATH_ELEMENTS, _MATH_ATTRIBUTES)

LINK_REL = "noopener nofollow"

# Page landmarks of the source would be landmarks of ours, and themes style them by name.
_RENAMED = dict.fromkeys(
    ["article", "center", "dir", "dialog", "fieldset", "footer", "header", "main", "nav"], "div"
) | {
    "acronym": "abbr",
    "strike": "s",
    "tt": "code",
}

_POLICY = Policy(
    tags=MATH_ELEMENTS.union(_TEXT, _BLOCKS, _MEDIA),
    attributes=_ATTRIBUTES,
    attribute_values={
        "a": {"class": frozenset({"embed"}), "rel": frozenset({LINK_REL})},
        "audio": {"preload": frozenset({"none"})},
        "video": {"preload": frozenset({"none"})},
    },
    transform_tags=_RENAMED,
    url_schemes=frozenset({"http", "https", "mailto"}),
    allow_relative_urls=False,
    on_disallowed_tag=OnDisallowed.STRIP,
    remove_with_content=frozenset(_GONE),
    css_properties=frozenset(),
)
_WITH_FORMULAS = Sanitizer(_POLICY)
_WITHOUT_FORMULAS = Sanitizer(replace(_POLICY, tags=frozenset().union(_TEXT, _BLOCKS, _MEDIA)))
_PLAIN = PlainText(layout="strict", bullet="", table_cell_separator=" ")


def sanitise(html: str | Node) -> CleanHtml:
    """The HTML with nothing in it but what the policy above allows; stable: sanitising it again changes nothing.

    Relative URLs are dropped, so `clean` makes them absolute before.
    """
    return CleanHtml(_sanitised(html).inner_html)


def sanitise_with_text(html: str | Node) -> tuple[CleanHtml, str]:
    """What `sanitise` gives, and the same as laid-out plain text, from one walk."""
    tree = _sanitised(html)
    return CleanHtml(tree.inner_html), tree.to_text(_PLAIN)


def _sanitised(html: str | Node) -> Node:
    """A copy of the tree as the policy wants it; MathML's names mean nothing where there is no formula."""
    root = parse_fragment(html) if isinstance(html, str) else html
    return (_WITHOUT_FORMULAS if root.find("math") is None else _WITH_FORMULAS).sanitize_node(root)


def tidy_text(text: str) -> str:
    """Laid-out text as paragraphs: one line each, no space at either end of it."""
    lines = text.replace("\xa0", " ").split("\n")
    return "\n".join(filter(None, map(str.strip, lines)))
