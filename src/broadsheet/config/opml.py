"""OPML outlines to addresses with section paths. Nested outlines become the path; a feed's own title ends it."""

from lxml import etree

from broadsheet.model import Value
from broadsheet.urls import is_http

MOST_OUTLINES = 200_000


class Outline(Value, frozen=True, kw_only=True):
    """One feed of an OPML list."""

    url: str
    section: tuple[str, ...]


def read_opml(body: bytes) -> tuple[list[Outline], str | None]:
    """The feeds in document order, without repeats, or why the file is no OPML list (in words that follow its name)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return [], f"is not XML: {error}"
    if root is None or not isinstance(root.tag, str) or etree.QName(root).localname.lower() != "opml":
        return [], "is not an OPML list"
    found: dict[str, Outline] = {}
    pending: list[tuple[etree._Element, tuple[str, ...]]] = [(outline, ()) for outline in reversed(_outlines(root))]
    while pending and len(found) < MOST_OUTLINES:
        element, path = pending.pop()
        name = " ".join((element.get("title") or element.get("text") or "").split())
        url = (element.get("xmlUrl") or element.get("xmlurl") or "").strip()
        if is_http(url):
            found.setdefault(url, Outline(url=url, section=(*path, name or url)))
        inner = (*path, name) if name and not url else path
        pending.extend((child, inner) for child in reversed(list(element)) if child.tag == "outline")
    return list(found.values()), None


def _outlines(root: etree._Element) -> list[etree._Element]:
    body = root.find("body")
    return [child for child in (root if body is None else body) if child.tag == "outline"]
