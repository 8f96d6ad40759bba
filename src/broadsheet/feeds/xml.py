"""From the bytes of a document to a tree, repairing what has to be repaired and no more.

No network, no DTD, no entity is ever resolved; depth is bounded.
"""

import re
from typing import Final

from lxml import etree

from broadsheet.feeds import encoding, repair
from broadsheet.feeds.balance import balance
from broadsheet.feeds.namespaces import split
from broadsheet.feeds.problems import Problems

_LOGGED_MAX: Final = 90  # lxml keeps the first hundred errors; past that we know too little
# Errors of which the parser's own recovery loses nothing.
_HARMLESS: Final = frozenset(
    {
        "NS_ERR_UNDEFINED_NAMESPACE",
        "NS_ERR_XML_NAMESPACE",
        "NS_ERR_COLON",
        "NS_ERR_EMPTY",
        "WAR_NS_URI",
        "WAR_NS_URI_RELATIVE",
    }
)

_WHERE: Final = re.compile(r",? line \d+, column \d+.*", re.DOTALL)  # of a document that starts elsewhere than theirs

# Windows-1252 read as Latin-1 on its way to UTF-8: C1 control characters, written out or as references.
_TELLING_BYTES: Final = 50_000  # a publisher who makes this mistake makes it everywhere
_C1: Final = range(0x80, 0xA0)
_C1_BYTES: Final = re.compile(rb"\xc2[\x80-\x9f]")
_C1_REFERENCE: Final = re.compile(rb"&#(?:1[2-5][0-9]|[xX][89][0-9a-fA-F]);")


def strict(body: bytes, start: int) -> etree._Element | str:
    """The tree of a well-formed document from its root element on; else why it is not one."""
    if start:
        body = body[start:]
    try:
        return etree.fromstring(_mend_c1(body), _parser(recover=False))
    except (etree.XMLSyntaxError, ValueError) as error:
        return _WHERE.sub("", str(error))


def repaired(body: bytes, prolog: repair.Prolog, why: str, problems: Problems) -> etree._Element | None:
    """The tree of a document that is not well-formed, and why; `None` if there is not a single element in it."""
    body = encoding.mend(body[prolog.end :], problems)
    text = repair.mend_text(body.decode("utf-8"), prolog.entities, problems)
    text = repair.declare_prefixes(text)
    root, errors = _recover(text)
    if errors:
        root, _ = _recover(balance(text, problems))
    if root is not None and not problems:
        problems.note("not well-formed XML", why)
    return root


def local_name(root: etree._Element) -> str:
    """The root's name in lower case, without namespace or prefix."""
    return split(str(root.tag))[1].lower().rpartition(":")[2]


def _recover(text: str) -> tuple[etree._Element | None, bool]:
    """The tree that the parser's own recovery gives, and whether something may be lost in it."""
    parser = _parser(recover=True)
    try:
        root: etree._Element | None = etree.fromstring(_mend_c1(text.encode("utf-8", "replace")), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, True
    log = parser.error_log
    return root, len(log) > _LOGGED_MAX or any(entry.type_name not in _HARMLESS for entry in log)


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,  # texts over 10 MB; the depth has its own bound of 2,048
    )


def _mend_c1(body: bytes) -> bytes:
    if _C1_BYTES.search(body, 0, _TELLING_BYTES):
        body = _C1_BYTES.sub(_meant_byte, body)
    if _C1_REFERENCE.search(body, 0, _TELLING_BYTES):
        body = _C1_REFERENCE.sub(_meant_reference, body)
    return body


def _meant_byte(match: re.Match[bytes]) -> bytes:
    return match[0][1:].decode("cp1252", "ignore").encode()


def _meant_reference(match: re.Match[bytes]) -> bytes:
    digits = match[0][2:-1]
    code = int(digits[1:], 16) if digits[:1] in b"xX" else int(digits)
    return bytes([code]).decode("cp1252", "ignore").encode() if code in _C1 else match[0]
