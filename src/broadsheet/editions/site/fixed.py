"""The files that no article is on: style, script, icon, manifest, robots.txt, and the pages that never change."""

import hashlib
import json
from functools import cache
from html import escape

import msgspec

import broadsheet
from broadsheet.editions.site.colour import PAPER_DARK, PAPER_LIGHT, readable
from broadsheet.editions.site.press import FOLDER, Press, path_of
from broadsheet.messages import Messages
from broadsheet.model import Page
from broadsheet.settings import EditionSettings, SiteSettings

STATIC = FOLDER / "static"


@cache
def code_digest() -> str:
    """Changes with anything that pages are made by: code, templates, words."""
    digest = hashlib.blake2b(broadsheet.__version__.encode(), digest_size=16)
    folders = [FOLDER, FOLDER / "templates", FOLDER / "static", FOLDER.parent.parent / "messages"]
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.suffix in {".py", ".html", ".css", ".js", ".json"}:
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def fingerprint(settings: EditionSettings, site: SiteSettings) -> str:
    """Changes with everything that all pages depend on; where they are written to is not among it."""
    said = [code_digest(), settings.page_size, settings.feed_size, msgspec.to_builtins(site)]
    return hashlib.blake2b(msgspec.json.encode(said), digest_size=16).hexdigest()


def fixed_pages(press: Press) -> list[Page]:
    """All of them."""
    site, messages = press.site, press.messages
    return [
        Page(path="style.css", content=_style(site).encode()),
        Page(path="site.js", content=_script(messages).encode()),
        Page(path="icon.svg", content=_icon(site).encode()),
        Page(path="site.webmanifest", content=_manifest(site).encode()),
        Page(path="robots.txt", content=_robots(site).encode()),
        press.page("notfound.html", "404.html", title=messages.text("not_found"), root=path_of(site.url), index=False),
        press.page("saved.html", "saved.html", title=messages.text("saved"), index=False),
    ]


def _style(site: SiteSettings) -> str:
    accents = (
        f":root{{--accent-light:{readable(site.accent, PAPER_LIGHT, towards='#000000')};"
        f"--accent-dark:{readable(site.accent, PAPER_DARK, towards='#ffffff')}}}\n"
    )
    return accents + (STATIC / "style.css").read_text(encoding="utf-8")


def _script(messages: Messages) -> str:
    words = {key[3:]: text for key, text in messages.table.items() if key.startswith("js_")}
    code = (STATIC / "site.js").read_text(encoding="utf-8")
    return code.replace("/*words*/ {}", json.dumps(words, ensure_ascii=False, sort_keys=True))


def _icon(site: SiteSettings) -> str:
    """The site's first letter on its accent colour."""
    letter = escape(next((char for char in site.title if char.isalnum()), "B").upper())
    back = readable(site.accent, "#ffffff", towards="#000000")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="6" fill="{back}"/>'
        '<text x="32" y="47" font-family="Georgia,\'Noto Serif\',\'Songti SC\',serif" font-size="44" font-weight="700" '
        f'text-anchor="middle" fill="#fff">{letter}</text></svg>\n'
    )


def _manifest(site: SiteSettings) -> str:
    said = {
        "name": site.title,
        "short_name": site.title[:12],
        "lang": site.language,
        "start_url": "index.html",
        "display": "minimal-ui",
        "background_color": PAPER_LIGHT,
        "theme_color": PAPER_LIGHT,
        "icons": [{"src": "icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def _robots(site: SiteSettings) -> str:
    if site.audience == "private":
        return "User-agent: *\nDisallow: /\n"
    return f"User-agent: *\nDisallow:\n\nSitemap: {site.url}/sitemap.xml\n"
