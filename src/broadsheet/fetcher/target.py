"""Where a request goes: a URL taken apart once, its credentials kept away from everything that is shown."""

import base64
from urllib.parse import unquote_to_bytes, urljoin

import can_ada

from broadsheet.errors import SourceError
from broadsheet.model import Value

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SHOWN_CHARS = 200


class Target(Value, frozen=True, kw_only=True):
    """A URL that can be asked for.

    Attributes:
        url: normalised as browsers do, without credentials and fragment.
        host: lower-case, names in ASCII form, IPv6 addresses in brackets.
        authorization: the value of the Authorization header that the URL's credentials make, else `None`.
    """

    url: str
    scheme: str
    host: str
    port: int
    authorization: str | None = None

    @property
    def place(self) -> str:
        """Host and port: what is paced, held and guarded as one."""
        return f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.place}"

    def may_share_secrets_with(self, other: "Target") -> bool:
        """Whether credentials meant for us may follow a redirect there: the same origin, or its move to HTTPS."""
        if self.origin == other.origin:
            return True
        upgraded = (self.scheme, self.port, other.scheme, other.port) == ("http", 80, "https", 443)
        return upgraded and self.host == other.host


def parse_target(url: str) -> Target:
    """The target that a URL names.

    Raises:
        SourceError: `refused`, because it is no URL or neither http nor https.
    """
    try:
        parsed = can_ada.parse(url)
    except (ValueError, UnicodeError) as error:
        raise SourceError("refused", f"not a URL that can be fetched: {shown(url)}") from error
    scheme = parsed.protocol.removesuffix(":")
    if scheme not in _DEFAULT_PORTS or not parsed.hostname:
        raise SourceError("refused", f"not an http or https URL: {shown(url)}")
    authorization = _basic(parsed.username, parsed.password) if parsed.has_credentials() else None
    host = parsed.hostname
    authority = f"{host}:{parsed.port}" if parsed.port else host
    return Target(
        url=f"{scheme}://{authority}{parsed.pathname}{parsed.search}",
        scheme=scheme,
        host=host,
        port=int(parsed.port) if parsed.port else _DEFAULT_PORTS[scheme],
        authorization=authorization,
    )


def redirect_target(base: Target, location: str) -> Target:
    """Where a Location header leads.

    Raises:
        SourceError: `redirect`, because it leads to nothing that can be fetched.
    """
    try:
        return parse_target(urljoin(base.url, location.strip(" \t\r\n").replace("\\", "/")))
    except (ValueError, SourceError) as error:
        raise SourceError("redirect", f"redirects to what cannot be fetched: {shown(location)}") from error


def shown(url: str) -> str:
    """A URL for a message: one line, short, without credentials."""
    text = "".join(c if c.isprintable() else "?" for c in url[: 4 * _SHOWN_CHARS])
    head, separator, rest = text.partition("//")
    authority, slash, path = rest.partition("/")
    masked = head + separator + authority.rpartition("@")[2] + slash + path
    return masked if len(masked) <= _SHOWN_CHARS else masked[: _SHOWN_CHARS - 1] + "…"


def _basic(username: str, password: str) -> str:
    pair = unquote_to_bytes(username) + b":" + unquote_to_bytes(password)
    return "Basic " + base64.b64encode(pair).decode("ascii")
