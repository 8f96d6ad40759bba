"""Where a request goes: a URL taken apart once, its credentials kept away from everything that is shown."""

import base64
from urllib.parse import unquote_to_bytes

import can_ada

from broadsheet.errors import SourceError
from broadsheet.model import Value
from broadsheet.urls import MAX_URL_CHARS, absolute, mask

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
    def name(self) -> str:
        """The same for people: without a port that goes without saying."""
        return readable(self.place)

    @property
    def origin(self) -> str:
        """Scheme, host, and the port if it does not go without saying."""
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

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
        parsed = can_ada.parse(url[: MAX_URL_CHARS + 1])
    except (ValueError, TypeError) as error:  # unparsable, or a lone surrogate
        raise SourceError("refused", f"not a URL that can be fetched: {shown(url)}") from error
    if len(url) > MAX_URL_CHARS:
        raise SourceError("refused", f"the URL is too long: {shown(url)}")
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
    url = absolute(location, base.url)
    if url is None:
        raise SourceError("redirect", f"redirects to what cannot be fetched: {shown(location)}")
    return parse_target(url)


def readable(place: str) -> str:
    """A host and port for people: without a port that goes without saying."""
    return place.removesuffix(":443").removesuffix(":80")


def shown(url: str) -> str:
    """A URL for a message: one line, short, without credentials."""
    text = mask("".join(char if char.isprintable() else "?" for char in url[:MAX_URL_CHARS]))
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"


def _basic(username: str, password: str) -> str:
    pair = unquote_to_bytes(username) + b":" + unquote_to_bytes(password)
    return "Basic " + base64.b64encode(pair).decode("ascii")
