"""Everything about URLs: resolving, identity, tracking parameters, masking secrets; parsed as WHATWG says.

No fetching, and no opinion on which hosts may be reached.
"""

import re
from collections.abc import Callable

import can_ada

MAX_URL_CHARS = 8192
"""Longer ones are somebody's data, not an address; servers refuse them as well."""

DEFAULT_PORTS = {"http:": "80", "https:": "443", "ftp:": "21", "ws:": "80", "wss:": "443"}

_TRACKING = re.compile(
    r"(?:amp;)*(?:"  # a query that was escaped once too often
    r"(?:utm|mtm|piwik|matomo|itm|fb_action|guce|__hs|_hs)_?[a-z_]+"
    r"|(?:pk|ga|at|ns)_(?:campaign|source|medium|content|term|keyword|kwd|cid|custom\d|link\w*|mchannel|linkname|fee)"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh|mibextid|li_fat_id"
    r"|mc_[ce]id|mkt_tok|_openstat|wt[._]z?mc(?:_id)?|wprov|ref_src|ref_url|cmpid|xtor|s_cid|srsltid|epik"
    r"|spm|spm_id_from|vd_source|share_(?:source|medium|plat|session_id|tag|times)|hm(?:sr|pl|cu|kw|ci)"
    r"|isappinstalled|guccounter|__twitter_impression|_ga|_gl|_branch_match_id|irclickid|tduid|zanpid|wickedid"
    r"|hsctatracking|fb_(?:source|ref)|soc_(?:src|trk)|oly_(?:anon|enc)_id|vero_(?:id|conv)|trkcampaign"
    r"|ck_subscriber_id|ml_subscriber(?:_hash)?|_bta_tid|rb_clickid"
    r")",
    re.IGNORECASE,
)
"""Only names that say nothing but where a reader came from: one too many here makes two articles one."""

_SECRET = re.compile(
    r"([?&;#](?:[\w.%-]*(?:key|token|secret|password|passwd|passphrase|signature|credentials?|jwt)"
    r"|(?:[\w.%-]*[_.-])?(?:auth|authorization|access_?code|code|sig|sid|pass|pwd|session|cookie)))=[^&;#\s]+",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(//[^/?#@\s:]*):[^/?#\s]*@")
_LONE_TOKEN = re.compile(r"//[^/?#@\s:]{16,}@")
_HTTP = re.compile(r"https?:", re.IGNORECASE)


def _parse(url: str) -> can_ada.URL | None:
    try:
        return can_ada.parse(url)
    except (ValueError, TypeError):  # unparsable, or a lone surrogate
        return None


def resolver(base: str) -> Callable[[str], str | None]:
    """A function that makes URLs absolute, as `absolute` does, with the base parsed only once."""
    parsed = _parse(base.strip())
    if parsed is not None and parsed.protocol not in ("http:", "https:"):
        parsed = None

    def resolve(url: str) -> str | None:
        url = url.strip()
        if not url or len(url) > MAX_URL_CHARS:
            return None
        try:
            joined = parsed + url if parsed is not None else can_ada.parse("https:" + url if url[:2] == "//" else url)
        except (ValueError, TypeError):  # unparsable, or a lone surrogate
            return None
        href = joined.href
        return href if href.startswith(("http://", "https://")) else None

    return resolve


def absolute(url: str, base: str) -> str | None:
    """The URL made absolute; `None` for what is empty, unparsable or not http(s).

    A relative URL without a usable base is unparsable; a protocol-relative one then gets https.
    """
    return resolver(base)(url)


def is_http(url: str) -> bool:
    """Whether this is an absolute http or https URL with a host."""
    return _HTTP.match(url) is not None and (parsed := _parse(url)) is not None and bool(parsed.hostname)


def canonical(url: str) -> str:
    """The form under which two links to one article are the same string; idempotent.

    Host in lower-case ASCII, no default port, dot segments, tracking parameters or fragment; fragments that are
    routes (`#!…`, `#/…`) stay. What cannot be parsed comes back stripped.
    """
    url = url.strip()
    parsed = _parse(url)
    if parsed is None:
        return url
    if not parsed.hash.startswith(("#!", "#/")):
        parsed.hash = ""
    return _drop_empty_query(without_tracking(parsed.href))


def _drop_empty_query(url: str) -> str:
    head, _, rest = url.partition("?")
    return url if rest and rest[0] != "#" else head + rest


def without_tracking(url: str) -> str:
    """The same URL without its tracking parameters; all else, fragment included, is untouched."""
    head, has_query, rest = url.partition("?")
    if not has_query or "#" in head:
        return url
    query, has_hash, fragment = rest.partition("#")
    pairs = query.split("&")
    kept = [pair for pair in pairs if not _TRACKING.fullmatch(pair.partition("=")[0])]
    if len(kept) == len(pairs):
        return url
    query = "&".join(kept)
    return f"{head}{'?' if query else ''}{query}{has_hash}{fragment}"


def mask(url: str) -> str:
    """The text with passwords and secret-looking query values replaced by `***`, for showing and logging.

    Takes anything: URLs, routes, lines that contain them.
    """
    if "@" in url:
        url = _USERINFO.sub(r"\1:***@", url)
        url = _LONE_TOKEN.sub("//***@", url)
    return _SECRET.sub(r"\1=***", url) if "=" in url else url


def host_port(url: str) -> str:
    """`host:port`, with the scheme's default port filled in; empty when there is no host."""
    parsed = _parse(url.strip())
    if parsed is None or not parsed.hostname:
        return ""
    return f"{parsed.hostname}:{parsed.port or DEFAULT_PORTS.get(parsed.protocol, '')}"
