"""From bytes to UTF-8, as browsers decide it: BOM, then HTTP, then the XML declaration, then the contents.

Contents overrule a label that they prove wrong, with the problem noted. Nothing here knows XML beyond its declaration.
"""

import codecs
import re
from typing import Final

from broadsheet.feeds.problems import Problems

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, of which it is an extension
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The first characters of a document without a BOM ("<", "{" or white space) in wide encodings, and in EBCDIC.
_WIDE_STARTS: Final = (
    (re.compile(rb"[<{\s]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[<{\s]"), "utf-32-be"),
    (re.compile(rb"[<{\s]\0[^\0]"), "utf-16-le"),
    (re.compile(rb"\0[<{\s]\0[^\0]"), "utf-16-be"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),
)

# Labels that do not mean what they say (the Encoding Standard), as the Python codec that reads them best.
_LABELS: Final = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs",
    "euc_kr": "cp949", "johab": "johab", "shift_jis": "cp932", "utf-16": "utf-16-le", "utf-32": "utf-32-le",
    "utf-8-sig": "utf-8",
}  # fmt: skip
_READABLE: Final = frozenset({
    "utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "gb18030", "big5hkscs", "cp932", "cp949", "johab",
    "euc_jp", "iso2022_jp", "koi8-r", "koi8-u", "koi8-t", "cp037", "cp437", "cp850", "cp852", "cp855", "cp866", "cp874",
    "mac-roman", "mac-cyrillic", "mac-latin2", "ptcp154", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7",
    "iso8859-8", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16",
})  # fmt: skip
_OTHER_NAMES: Final = {
    "x-sjis": "cp932", "x-gbk": "gb18030", "x-x-big5": "big5hkscs", "windows-949": "cp949", "ks_c_5601-1987": "cp949",
    "x-mac-roman": "mac-roman", "x-mac-cyrillic": "mac-cyrillic", "windows-874": "cp874", "iso-8859-8-i": "iso8859-8",
    "x-euc-jp": "euc_jp", "x-euc-kr": "cp949", "unicode": "utf-16-le", "utf-8859-1": "cp1252", "windows-31j": "cp932",
}  # fmt: skip
_PEOPLE_SAY: Final = {"cp1252": "windows-1252", "gb18030": "GB18030", "utf-8": "UTF-8", "cp932": "Shift_JIS"}

_DECLARED: Final = re.compile(rb"""\s{0,200}<\?xml[^>]{0,200}?\sencoding\s*=\s*["']\s*([^"'\s>]{1,40})""")
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?\s*([^"';,\s]{1,40})""", re.IGNORECASE)
_ASCII_RUN: Final = re.compile(rb"[\x00-\x7f]{100,}")
_DETECT_BYTES: Final = 200_000
_CJK: Final = frozenset({"gb18030", "big5hkscs", "cp932", "cp949", "johab", "euc_jp"})
_FEW_BYTES: Final = 12
_LONE_BYTES: Final = re.compile("[\udc80-\udcff]+")
_NO_START: Final = range(0x80, 0xC0)
_UNDEFINED_1252: Final = b"\x81\x8d\x8f\x90\x9d"


def to_utf8(body: bytes, content_type: str | None, problems: Problems) -> bytes:
    """The document in UTF-8 without a BOM.

    What was labelled UTF-8, or not at all, is returned unchecked: the caller's parser tells, and `mend` helps.
    """
    for bom, codec in _BOMS:
        if body.startswith(bom):
            rest = body[len(bom) :]
            return rest if codec == "utf-8" else _recode(rest, codec, problems)
    for start, codec in _WIDE_STARTS:
        if start.match(body):
            return _recode(body, codec, problems)
    codec, label = _labelled(body, content_type, problems)
    if codec == "utf-8" or (body.isascii() and not (codec == "iso2022_jp" and b"\x1b" in body)):
        return body
    if _is_utf8(body) and not _may_be(body, codec):
        problems.note(f"declared as {label}, but it is UTF-8")
        return body
    return _recode(body, codec, problems)


def mend(body: bytes, problems: Problems) -> bytes:
    """Valid UTF-8 from what should have been UTF-8; the same bytes if they are."""
    if _is_utf8(body):
        return body
    text = body.decode("utf-8", "surrogateescape")
    broken = sum(len(run) for run in _LONE_BYTES.findall(text))
    beyond_ascii = len(text) - len(body.decode("ascii", "ignore"))
    if 2 * broken <= beyond_ascii:  # valid sequences do not come about by chance
        problems.note("some characters are not valid UTF-8")
        return _LONE_BYTES.sub(_lone, text).encode()
    codec = _guess(body)
    problems.note(f"not UTF-8; read as {_name(codec)}")
    return _decode(body, codec)[0].encode("utf-8", "replace")


def _labelled(body: bytes, content_type: str | None, problems: Problems) -> tuple[str, str]:
    """The codec that HTTP or the XML declaration names, UTF-8 if neither does; and the name that it was given."""
    found = _CHARSET.search(content_type) if content_type else None
    by_http = _codec(found[1], problems) if found else None
    declared = _DECLARED.match(body)
    label = declared[1].decode("ascii", "replace") if declared else ""
    by_xml = _codec(label, problems) if label else None
    if by_xml and by_http in (None, "cp1252"):  # which is a server's default, where the document itself knows
        return by_xml, label
    return by_http or "utf-8", found[1] if found else ""


def _may_be(body: bytes, codec: str) -> bool:
    """Whether so few characters are not ASCII that text in a CJK encoding may be valid UTF-8 by chance."""
    if codec == "iso2022_jp":
        return True
    few = len(body) - len(body.decode("ascii", "ignore")) < _FEW_BYTES
    return few and codec in _CJK and _try(body, codec) is not None


def _codec(label: str, problems: Problems) -> str | None:
    """The codec of a label; `None` for one that is unknown, or cannot be true of a text that was read this far."""
    label = label.strip("\"' ").lower()
    if label in ("utf-8", "utf8"):
        return "utf-8"
    try:
        name = _OTHER_NAMES.get(label) or codecs.lookup(label).name
    except (LookupError, ValueError):
        name = ""
    name = _LABELS.get(name, name)
    if name not in _READABLE:
        problems.note("an unknown encoding is declared", label)
        return None
    if name.startswith(("utf-16", "utf-32")):
        problems.note(f"declared as {label}, but it is not")
        return None
    return name


def _recode(body: bytes, codec: str, problems: Problems) -> bytes:
    text, replaced = _decode(body, codec)
    if replaced and codec != "cp1252":
        problems.note(f"some characters are not valid {_name(codec)}")
    return text.encode("utf-8", "replace")


def _decode(body: bytes, codec: str) -> tuple[str, bool]:
    """The text, and whether something in it had to be replaced."""
    try:
        return body.decode(codec), False
    except UnicodeDecodeError:
        pass
    if codec == "big5hkscs" and (text := _try(body, "cp950")) is not None:
        return text, False
    if codec == "cp1252":  # five bytes that Python leaves undefined and browsers do not
        return body.translate(None, _UNDEFINED_1252).decode(codec), False
    return body.decode(codec, "replace"), True


def _try(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _guess(body: bytes) -> str:
    """The codec that the contents suggest; windows-1252 where too little of them is not ASCII to tell."""
    from turbohtml.detect import Detection, detect

    telling = _ASCII_RUN.sub(b" ", body)[:_DETECT_BYTES]
    found = detect(telling, Detection()).encoding
    codec = (_codec(found, Problems()) if found else None) or "cp1252"
    few = len(telling.translate(None, bytes(range(0x80)))) < _FEW_BYTES
    return "cp1252" if few and codec not in _CJK else codec


def _is_utf8(body: bytes) -> bool:
    return body.isascii() or _try(body, "utf-8") is not None


def _lone(run: re.Match[str]) -> str:
    """What is not UTF-8: a byte that starts no character was windows-1252, anything else is half a character."""
    byte = ord(run[0]) - 0xDC00 if len(run[0]) == 1 else 0
    return bytes([byte]).decode("cp1252", "replace") if byte in _NO_START else "\ufffd"


def _name(codec: str) -> str:
    return _PEOPLE_SAY.get(codec, codec.replace("cp125", "windows-125").replace("_", "-"))
