"""Which licences let anybody republish a whole text, and how a feed or page says that it has one.

Open means what the Open Definition means: copying, changing and selling are allowed, with conditions that this program
always keeps (the author and the original are named, the licence is linked). So these are left out on purpose:

- NC: nobody but the site's owner can say that a site is not commercial (advertising, sponsors, a company's planet);
- ND: cleaning drops scripts, trackers and embeds, and whether that makes another work is not for a program to judge;
- GFDL and the like: they ask for more beside the text than its author and a link.

Who knows better for a source says so there: `rights = "permission: …"`. Anything unclear, contradictory or reserved is
not open.
"""

import re

from broadsheet.model import Value


class Licence(Value, frozen=True, kw_only=True):
    """An open licence; `url` is its own address, where the version is known."""

    name: str
    url: str | None = None


_CC_URL = re.compile(
    r"(?:https?:)?//(?:www\.)?creativecommons\.org/"
    r"(?:licen[sc]es/([a-z+-]{1,20})/(\d\.\d)(?:/([a-z]{2,4})(?![\w.-]))?|publicdomain/(zero|mark)/(\d\.\d))(?![\w.-]*@)",
    re.IGNORECASE,
)
_SPDX_CC = re.compile(r"(?:https?:)?//(?:www\.)?spdx\.org/licenses/CC(0|-BY(?:-[A-Z]{2})*)-(\d\.\d)", re.IGNORECASE)

_ANY = re.IGNORECASE
_OTHER_URLS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"//(?:www\.)?nationalarchives\.gov\.uk/doc/open-government-licence/version/([1-3])(?!\d)", _ANY),
        "OGL UK {}",
    ),
    (re.compile(r"//(?:www\.)?artlibre\.org/licence/lal(?![\w-])", _ANY), "Free Art License"),
    (re.compile(r"//(?:www\.)?etalab\.gouv\.fr/licence-ouverte", _ANY), "Licence Ouverte"),
    (re.compile(r"//(?:www\.)?govdata\.de/dl-de/by-2-0", _ANY), "DL-DE BY 2.0"),
    (re.compile(r"//(?:www\.)?govdata\.de/dl-de/zero-2-0", _ANY), "DL-DE Zero 2.0"),
)
"""Open licences beside Creative Commons' that publishers of news do use, by their own addresses."""

_PARTS = {"by": "BY", "sa": "SA"}

_ABBREVIATED = re.compile(r"\bCC[\s-]{0,2}BY((?:[\s-]{0,2}(?:SA|NC|ND))*)\b(?:[\s-]{0,2}(\d\.\d))?", re.IGNORECASE)
_CC0 = re.compile(r"\bCC[\s-]?(?:0|zero)\b(?:\s?(1\.0))?", re.IGNORECASE)
_ENGLISH = re.compile(
    r"\bCreative Commons:?\s(?:licen[sc]e:?\s)?Attribution((?:[\s-]{1,3}Share[\s-]?Alike)?)"
    r"(?:\s(?:(?:Licen[sc]e,?\s)?(?:version\s)?)?(\d\.\d))?",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:知识共享|知識共享|創用\s?CC|创用\s?CC|Creative Commons)\s?(?:署名|姓名標示|姓名标示)"
    r"((?:\s?[-–—]\s?(?:相同方式共享|相同方式分享))?)(?:\s?(\d\.\d))?",
    re.IGNORECASE,
)
_PUBLIC_DOMAIN = re.compile(r"\b(?:in|to|into) the (?:worldwide )?public domain\b|^\W*public domain\W*$", re.IGNORECASE)

_RESERVED = re.compile(
    r"all rights reserved|alle rechte vorbehalten|tous droits r[ée]serv[ée]s|todos los derechos reservados"
    r"|\b(?:not|non|without|nor|never|unless|except|excluding|parts?|portions?|prohibited|forbidden|only)\b"
    r"|\b(?:no|some) (?!rights reserved)"  # those are how CC0 and Creative Commons introduce themselves
    r"|n't\b|non-?commercial|no-?deriv|-n[cd]\b"
    r"|版权所有|版權所有|保留所有|保留一切|所有权利|未经|未經|禁止|不得|不可|非商业|非商業|除外|除非|除另有|部分|谢绝|謝絕",
    re.IGNORECASE,
)
"""Words that reserve or restrict: a text with one of them needs a human reader."""

_LONGEST_RIGHTS = 1000
"""Characters: a longer text is terms of use, whose exceptions no pattern finds."""


def recognise(license_url: str | None, rights: str | None) -> Licence | None:
    """The one open licence that these say a text has; `None` if none, several, or unclear."""
    if rights and (len(rights) > _LONGEST_RIGHTS or _RESERVED.search(rights)):
        return None
    if license_url:
        return _from_url(license_url.strip())
    return _from_text(rights) if rights else None


def _from_url(url: str) -> Licence | None:
    if match := _CC_URL.match(url):
        return _creative_commons(match)
    if match := _SPDX_CC.match(url):
        return _named(match[1].removeprefix("-"), match[2])
    if not url.startswith(("http://", "https://", "//")):
        return _from_text(url)  # `CC-BY-4.0` where an address should be
    start = url.removeprefix("https:").removeprefix("http:")
    for pattern, name in _OTHER_URLS:
        if match := pattern.match(start):
            return Licence(name=name.format(*match.groups()), url=url if url.startswith("http") else "https:" + url)
    return None


def _creative_commons(match: re.Match[str]) -> Licence | None:
    code, version, place, mark, mark_version = match.groups()
    if mark:
        zero = mark.lower() == "zero"
        name = f"CC0 {mark_version}" if zero else f"Public Domain Mark {mark_version}"
        return Licence(name=name, url=f"https://creativecommons.org/publicdomain/{mark.lower()}/{mark_version}/")
    if place and place.lower() == "deed":
        place = None
    return _named(code, version, place)


def _named(code: str, version: str | None, place: str | None = None) -> Licence | None:
    """A Creative Commons licence by its parts (`by-sa`, `0`), if it is an open one."""
    if code == "0":
        return Licence(name=f"CC0 {version or '1.0'}", url="https://creativecommons.org/publicdomain/zero/1.0/")
    parts = code.lower().split("-")
    if parts[0] != "by" or not all(part in _PARTS for part in parts):
        return None
    name = " ".join(("CC", "-".join(_PARTS[part] for part in parts), version or "", (place or "").upper())).strip()
    if not version:
        return Licence(name=name)
    tail = f"{place.lower()}/" if place else ""
    return Licence(name=name, url=f"https://creativecommons.org/licenses/{'-'.join(parts)}/{version}/{tail}")


def _from_text(text: str) -> Licence | None:
    found = {licence for licence in _mentions(text) if licence is not None}
    if any(licence is None for licence in _mentions(text)):
        return None
    detailed = {licence for licence in found if licence.url}
    kinds = {licence.name.rstrip(" 0123456789.") for licence in found}
    if len(kinds) > 1 or len(detailed) > 1:
        return None
    return next(iter(detailed or found), None)


def _mentions(text: str) -> list[Licence | None]:
    """Every licence that a text names; `None` for one that is not open."""
    found: list[Licence | None] = [_creative_commons(match) for match in _CC_URL.finditer(text)]
    bare = _CC_URL.sub(" ", text)
    found += [_named(_code(match[1]), match[2]) for match in _ABBREVIATED.finditer(bare)]
    found += [_named("0", match[1]) for match in _CC0.finditer(bare)]
    for pattern in (_ENGLISH, _CHINESE):
        found += [_named("by-sa" if match[1] else "by", match[2]) for match in pattern.finditer(bare)]
    if _PUBLIC_DOMAIN.search(bare):
        found.append(Licence(name="Public domain"))
    return found


def _code(parts: str) -> str:
    return "-".join(("by", *re.findall("[a-z]{2}", parts.lower())))
