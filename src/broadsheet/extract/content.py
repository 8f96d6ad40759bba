"""Finds the article's own text in a page's tree, and drops what stands around it."""

import re
from collections.abc import Iterator

from turbohtml import Document, Element, Node, Text

ENOUGH_CHARS = 250
"""Characters below which a find is not believed when another has more."""

_MARKED = "[itemprop~=articleBody],[itemprop~=articlebody],[itemprop~=reviewBody]"
_AROUND = (
    "nav,footer,form,aside,button,script,style,template,[role=navigation],[role=complementary],[hidden],"
    "[aria-hidden=true],[class*=related],[class*=share],[class*=social],[class*=newsletter],[class*=comment],"
    "[class*=promo],[class*=recirc],[class*=tags],[class*=byline],[class*=breadcrumb],[class*=pagination]"
)
_BESIDE = "nav,footer,aside"
_AROUND_SHARE = 0.3
"""No part with more of the text than this is dropped, whatever its class says."""

_LIST_CHARS = 600
_LINKED_SHARE = 0.6
_MANY_LINKS = 3
_PARAGRAPH_CHARS = 40
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af]")


def content(document: Document) -> Element | None:
    """The element that holds the article, without what is not its text; `None` when there is no text.

    Changes the tree.
    """
    found = _marked(document) or _likeliest(document)
    if found is not None:
        _drop_around(found)
        _drop_link_lists(found)
    return found


def _marked(document: Document) -> Element | None:
    """The element that the page itself names as the text."""
    best = max(document.select(_MARKED), key=length, default=None)
    return best if best is not None and length(best) >= ENOUGH_CHARS else None


def _likeliest(document: Document) -> Element | None:
    """The best of three guesses: text density, paragraphs, the page's only `article`."""
    best = document.main_content()
    if best is not None and best.closest(_BESIDE):
        best = None
    by_paragraphs = _richest_in_paragraphs(document)
    if by_paragraphs is not None and length(by_paragraphs) > max(2 * length(best), 2 * ENOUGH_CHARS):
        best = by_paragraphs
    articles = document.select("article")
    if len(articles) == 1 and (length(best) < ENOUGH_CHARS or length(articles[0]) > 2 * length(best)):
        best = articles[0]
    return best if best is not None else by_paragraphs


def length(node: Node | None) -> int:
    """The size of a text in characters; those of CJK say twice as much."""
    return _weight(node.to_text()) if node is not None else 0


def _weight(text: str) -> int:
    return len(text) + len(_WIDE.findall(text))


def _richest_in_paragraphs(document: Document) -> Element | None:
    scores: dict[Element, float] = {}
    for holder, weight in _paragraphs(document):
        for at, share in zip((holder, *holder.ancestors), (1.0, 0.5), strict=False):
            if isinstance(at, Element):
                scores[at] = scores.get(at, 0) + share * weight
    return max(scores, key=lambda holder: scores[holder], default=None)


def _paragraphs(document: Document) -> Iterator[tuple[Element, float]]:
    """Pairs of an element and how much text a paragraph directly inside it has."""
    for paragraph in document.find_all("p"):
        weight = _weight(paragraph.text.strip()) - sum(_weight(link.text) for link in paragraph.find_all("a"))
        if weight >= _PARAGRAPH_CHARS and isinstance(paragraph.parent, Element) and not paragraph.closest(_BESIDE):
            yield paragraph.parent, weight
    for holder in {br.parent for br in document.find_all("br")}:
        if isinstance(holder, Element) and holder.tag != "p":
            lines = (child.data.strip() for child in holder.children if isinstance(child, Text))
            yield holder, sum(_weight(line) for line in lines if len(line) >= _PARAGRAPH_CHARS // 2)


def _drop_around(found: Element) -> None:
    most = _AROUND_SHARE * len(found.text)
    for part in found.select(_AROUND):
        if part.parent is not None and (part.tag in ("script", "style", "template") or len(part.text) <= most):
            part.extract()


def _drop_link_lists(found: Element) -> None:
    """Drops short blocks that are mostly links: related articles, tags, menus."""
    for block in list(found.iter_elements(["ul", "ol", "div", "section", "table"])):
        text = block.text.strip()
        if not text or len(text) > _LIST_CHARS or block.parent is None:
            continue
        links = block.find_all("a")
        linked = sum(len(link.text) for link in links)
        if linked > _LINKED_SHARE * len(text) and (block.tag in ("ul", "ol") or len(links) >= _MANY_LINKS):
            block.extract()
