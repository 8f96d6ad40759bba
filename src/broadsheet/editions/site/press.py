"""Renders templates to pages: the environment, what every page has in common, and the policy that pages run under.

Templates escape everything; only our own addresses and clean HTML are marked safe.
"""

from collections.abc import Collection, Mapping
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from minijinja import Environment, safe

from broadsheet.editions.site.dates import Dates
from broadsheet.editions.site.languages import direction_of
from broadsheet.messages import Messages, messages_for
from broadsheet.model import Page, Value
from broadsheet.settings import SiteSettings

FOLDER = Path(__file__).parent
TEMPLATES = FOLDER / "templates"

_OWN_ONLY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
)


class Common(Value, frozen=True, kw_only=True):
    """What every template may know of the site."""

    title: str
    language: str
    rtl: bool
    description: str
    contact: str | None


class Press:
    """Everything that turns values into files of one site; compiles its templates once."""

    def __init__(self, site: SiteSettings) -> None:
        self.site = site
        self.messages: Messages = messages_for(site.language)
        self.dates = Dates(site.timezone, self.messages)
        self.indexed = site.audience == "public"
        self._environment = Environment(
            loader=_read_template, undefined_behavior="strict", trim_blocks=True, lstrip_blocks=True
        )
        self._environment.add_global("m", self.messages.table)
        self._environment.add_global("site", _common(site))

    def fragment(self, template: str, **context: object) -> str:
        """A piece of a page."""
        return str(self._environment.render_template(template, **context))

    def page(
        self,
        template: str,
        path: str,
        *,
        title: str = "",
        root: str | None = None,
        index: bool | None = None,
        article_id: str | None = None,
        sources: Collection[str] = (),
        context: Mapping[str, object] | None = None,
    ) -> Page:
        """One page.

        Args:
            template: a file name; without its ending, the class of the page's body.
            path: where it goes; links are relative to it.
            title: its heading, as its template shows it.
            root: the address of the site's root, for a page that is shown at other addresses than its own.
            index: search engines may index it; `None`: as the site's lists.
            article_id: whose own page it is.
            sources: directives that this page's content security policy has beside the usual ones.
            context: what the template needs.
        """
        text = self._environment.render_template(
            template,
            kind=template.removesuffix(".html"),
            title=title,
            root="../" * path.count("/") if root is None else root,
            csp=safe(policy(sources)),
            noindex=not (self.indexed if index is None else index),
            **(context or {}),
        )
        return Page(path=path, content=text.encode(), article_id=article_id)


def policy(sources: Collection[str] = ()) -> str:
    """The content security policy of a page; `sources` are further directives, `img-src` among them or its own."""
    images = "" if any(source.startswith("img-src") for source in sources) else "img-src 'self'"
    return "; ".join(part for part in (*_OWN_ONLY, images, *sources) if part)


def _read_template(name: str) -> str | None:
    path = TEMPLATES / name
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _common(site: SiteSettings) -> Common:
    return Common(
        title=site.title,
        language=site.language,
        rtl=direction_of(site.language, site.title) == "rtl",
        description=site.description,
        contact=_contact(site.contact),
    )


def _contact(contact: str | None) -> str | None:
    if contact is None or "://" in contact or contact.startswith("mailto:"):
        return safe(escape(contact)) if contact and contact.startswith(("http://", "https://", "mailto:")) else None
    return safe(escape(f"mailto:{contact}")) if "@" in contact else None


def path_of(url: str) -> str:
    """The path that the site lives under on its host, with a slash at both ends."""
    return urlsplit(url).path.rstrip("/") + "/"
