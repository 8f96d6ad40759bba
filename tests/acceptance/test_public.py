"""A public site shows excerpts of what it has no right to, in full what it has, and says by what right; in every file."""

import io
import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

import pytest
from errand import Errand, Feed, item, rss, tree
from faultserver import FaultServer, Reply
from lxml import etree
from PIL import Image
from turbohtml import parse

from broadsheet.messages import messages_for

pytestmark = pytest.mark.slow

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
CC_NC = "https://creativecommons.org/licenses/by-nc/4.0/"
ATOM = "{http://www.w3.org/2005/Atom}"
CJK = "镇上的人在河边等船风从海上吹来灯一盏一盏地亮起孩子们沿着石阶跑向码头"


def words(name: str, count: int = 400) -> list[str]:
    """Words of which each occurs nowhere else."""
    return [f"{name}word{number:03}end" for number in range(count)]


def english(name: str) -> str:
    """Paragraphs of 40 words, each sentence its own, with a picture between them that has a text of its own."""
    text = words(name)
    paragraphs = [" ".join(text[start : start + 40]) + "." for start in range(0, len(text), 40)]
    paragraphs[2] += f" <img src='{{web}}/{name}.png' alt='{name}alternative'>"
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def chinese(name: str) -> str:
    """The same in Chinese; a mark in Latin letters stands in each paragraph from the third on."""
    paragraphs = [CJK[number:] + CJK[:number] + "。" + CJK + "。" for number in range(20)]
    marked = [text if number < 2 else f"{text}{name}mark{number:02}end" for number, text in enumerate(paragraphs)]
    return (
        "".join(f"<p>{text}</p>" for text in marked) + f"<p><img src='{{web}}/{name}.png' alt='{name}alternative'></p>"
    )


class Kind(NamedTuple):
    """A source with one article: by what right it may be shown in full, and whether it may be indexed."""

    right: str | None = None
    index: bool = False
    rights: str | None = None
    license: str = ""
    body: str = "english"
    more: str = ""
    title: str | None = None


KINDS = {
    "plain": Kind(),
    "zhongwen": Kind(body="chinese"),
    "untitled": Kind(title=""),
    "podcast": Kind(more="<enclosure url='{web}/podcast.mp3' type='audio/mpeg' length='9'/>"),
    "noncommercial": Kind(license=CC_NC),
    "reserved": Kind(more="<rights xmlns='http://purl.org/dc/elements/1.1/'>All rights reserved</rights>"),
    "summarised": Kind(body="summary"),
    "paged": Kind(body="page"),
    "own": Kind(messages_for("en").text("right_own"), index=True, rights="own"),
    "licensed": Kind(messages_for("en").text("right_licensed"), index=True, rights="licensed"),
    "allowed": Kind("by letter of May 2024", rights="permission: by letter of May 2024"),
    "open": Kind("CC BY 4.0", license=CC_BY),
    "openzh": Kind("CC BY 4.0", license=CC_BY, body="chinese"),
}
COPIES = [name for name, kind in KINDS.items() if kind.right is None]
WHOLE = [name for name, kind in KINDS.items() if kind.right is not None]


def document(name: str, kind: Kind, web: FaultServer) -> str:
    html = {"chinese": chinese, "english": english, "summary": english, "page": english}[kind.body](name)
    more = kind.more
    if kind.license:
        more += f"<license xmlns='http://backend.userland.com/creativeCommonsRssModule'>{kind.license}</license>"
    if kind.body == "summary":
        content, html = html, f"<p>A summary of {name}.</p>"
        more += (
            "<encoded xmlns='http://purl.org/rss/1.0/modules/content/'>"
            f"{escape(content.replace('{web}', web.url('')))}</encoded>"
        )
    link = web.url(f"/story/{name}")
    if kind.body == "page":
        body = english(name).replace("{web}", web.url(""))
        web.add(
            f"/story/{name}",
            Reply(
                body=f"<html><head><title>Story {name}</title></head><body><nav>Home</nav><article><h1>Story {name}</h1>"
                f"{body}</article></body></html>".encode(),
                headers={"Content-Type": "text/html; charset=utf-8"},
            ),
        )
        html = f"<p>{' '.join(words(name)[:30])} …</p>"
    entry = item(name, html=html.replace("{web}", web.url("")), link=link, title=kind.title, more=more)
    return rss([entry.replace("{web}", web.url(""))], title=f"Paper {name}")


class Site(NamedTuple):
    """A published errand, read into memory."""

    errand: Errand
    web: str
    files: dict[str, bytes]
    pages: dict[str, str]
    posts: dict[str, str]

    def feed(self, name: str) -> dict[str, dict[str, str]]:
        """The items of the JSON feed, by kind of source."""
        items = json.loads(self.files["public/feed.json"])["items"]
        return {one["external_url"].rpartition("/")[2]: one for one in items}


def publish(folder: Path, web: FaultServer, audience: str, images: str) -> Site:
    work = Errand(folder=folder, audience=audience, images=images)
    for name, kind in KINDS.items():
        url = web.add(f"/feed/{name}", document(name, kind, web))
        full_text = "always" if kind.body == "page" else "never"
        work.feeds.append(Feed(url=url, section=("News", name), full_text=full_text, rights=kind.rights))
    report = work.run("run", "--json").json
    assert report["entries"]["new"] == len(KINDS)
    assert report["pages"]["fetched"] == 1
    files = {f"{name}/{path}": content for name in ("public", "blog") for path, content in tree(folder / name).items()}
    return Site(work, web.url(""), files, by_source(files, "public/a/", web), by_source(files, "blog/_posts/", web))


def by_source(files: dict[str, bytes], folder: str, web: FaultServer) -> dict[str, str]:
    """Articles' own pages by the name of their source, found by the link to the original that each has to have."""
    texts = [content.decode() for path, content in files.items() if path.startswith(folder) and path.endswith(".html")]
    link = re.compile(re.escape(web.url("/story/")) + r"(\w+)\"")
    found = {set(link.findall(text)).pop(): text for text in texts if link.search(text)}
    assert len(found) == len(texts) == len(KINDS)
    return found


@pytest.fixture(scope="module")
def web() -> Iterator[FaultServer]:
    with FaultServer() as server:
        for number, name in enumerate(KINDS):
            file = io.BytesIO()
            Image.new("RGB", (80 + number, 60), (number * 15, 90, 30)).save(file, "PNG")
            server.add(f"/{name}.png", Reply(body=file.getvalue()))
        yield server


@pytest.fixture(scope="module", params=["mirror", "link", "proxy"])
def public(request: pytest.FixtureRequest, web: FaultServer, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return publish(tmp_path_factory.mktemp("public"), web, "public", request.param)


@pytest.fixture(scope="module")
def private(web: FaultServer, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return publish(tmp_path_factory.mktemp("private"), web, "private", "mirror")


@pytest.mark.parametrize("name", COPIES)
def test_nothing_from_deep_inside_a_copy_is_in_any_file(public: Site, name: str) -> None:
    if KINDS[name].body == "chinese":
        deep = [f"{name}mark{number:02}end" for number in range(2, 20)]
    else:
        deep = words(name)[60:]
    deep += [f"{name}.png", f"{name}alternative", f"{name}.mp3"]
    for path, content in public.files.items():
        text = content.decode("utf-8", "replace")
        for sign in deep:
            assert sign not in text, path


@pytest.mark.parametrize("name", COPIES)
def test_an_excerpt_has_its_measure_and_names_its_original(public: Site, name: str) -> None:
    article = public.feed(name)[name]
    text = article["content_text"]
    assert "content_html" not in article
    if KINDS[name].body == "chinese":
        assert 40 < len(text) <= 121
    else:
        assert len([word for word in text.split() if word.startswith(f"{name}word")]) <= 60
        assert 5 <= len(text.split()) <= 61
    for shown in (public.pages[name], public.posts[name]):
        assert f'href="{public.web}/story/{name}"' in shown
        count = shown.count(f"{name}word") if KINDS[name].body != "chinese" else 0
        assert count <= 60 * 6  # the text, the description and what machines read
        body = parse(shown).to_text()
        assert len(set(re.findall(rf"{name}word\d+end", body))) <= 60


def test_a_short_text_is_quoted_less(web: FaultServer, tmp_path: Path) -> None:
    web.add("/feed/short", rss([item("short", html=f"<p>{' '.join(words('short', 40))}</p>")]))
    work = Errand(folder=tmp_path, audience="public", feeds=[Feed(url=web.url("/feed/short"))])
    work.run("run")
    for content in tree(tmp_path / "public").values():
        assert len(set(re.findall(rb"shortword\d+end", content))) <= 6
    for content in tree(tmp_path / "blog").values():
        assert len(set(re.findall(rb"shortword\d+end", content))) <= 6


@pytest.mark.parametrize("name", WHOLE)
def test_what_there_is_a_right_to_is_whole_and_says_by_what_right(public: Site, name: str) -> None:
    kind = KINDS[name]
    signs = [f"{name}mark19end"] if kind.body == "chinese" else words(name)
    article = public.feed(name)[name]
    atom, rss_feed = public.files["public/atom.xml"].decode(), public.files["public/feed.xml"].decode()
    for shown in (public.pages[name], public.posts[name], article["content_html"], atom, rss_feed):
        assert all(sign in shown for sign in signs)
    for shown in (public.pages[name], public.posts[name]):
        assert str(kind.right) in shown.replace("&#x27;", "'")
        assert f"{name}alternative" in shown
        assert ("creativecommons.org/licenses/by/4.0/" in shown) == (kind.license == CC_BY)


def test_only_pictures_that_may_be_shown_are_copied(public: Site) -> None:
    shown = {path for path in public.files if path.endswith(".png")}
    if public.errand.images == "mirror":
        assert len(shown) == 2 * len(WHOLE)
        assert not any(b"/own.png" in content for content in public.files.values())
    else:
        assert not shown
        needle = b"proxy.example" if public.errand.images == "proxy" else b"/own.png"
        assert needle in public.pages["own"].encode()


@pytest.mark.parametrize("name", KINDS)
def test_search_engines_get_what_is_our_own(public: Site, name: str) -> None:
    indexed = KINDS[name].index
    assert ('<meta name="robots" content="noindex">' in public.pages[name]) is not indexed
    assert ("robots: noindex" in public.posts[name].replace('"', "")) is not indexed


def test_the_sitemap_has_no_copies(public: Site) -> None:
    maps = [content for path, content in public.files.items() if re.fullmatch(r"public/.*sitemap[^/]*\.xml", path)]
    addresses = {
        str(element.text)
        for content in maps
        for element in etree.fromstring(content).iter()
        if element.tag.endswith("}loc")
    }
    articles = {address.rpartition("/a/")[2] for address in addresses if "/a/" in address}
    allowed = {
        path.rpartition("/")[2]
        for path, content in public.files.items()
        if path.startswith("public/a/")
        and any(f'/story/{name}"'.encode() in content for name in KINDS if KINDS[name].index)
    }
    assert {address.removesuffix(".html") for address in articles} == {path.removesuffix(".html") for path in allowed}
    assert b"Disallow: /\n" not in public.files["public/robots.txt"]


@pytest.mark.parametrize("name", KINDS)
def test_a_private_site_has_everything_and_no_search_engine(private: Site, name: str) -> None:
    signs = [f"{name}mark19end"] if KINDS[name].body == "chinese" else words(name)
    for shown in (private.pages[name], private.posts[name]):
        assert all(sign in shown for sign in signs)
        assert f'href="{private.web}/story/{name}"' in shown
    assert "robots: noindex" in private.posts[name].replace('"', "")


def test_every_page_of_a_private_site_says_noindex(private: Site) -> None:
    pages = {
        path: text for path, text in private.files.items() if path.startswith("public/") and path.endswith(".html")
    }
    assert len(pages) > len(KINDS)
    for path, text in pages.items():
        assert b'<meta name="robots" content="noindex">' in text, path
    assert "public/sitemap.xml" not in private.files
    assert private.files["public/robots.txt"] == b"User-agent: *\nDisallow: /\n"


def test_going_public_takes_back_what_was_shown(web: FaultServer, tmp_path: Path) -> None:
    site = publish(tmp_path, web, "private", "mirror")
    site.errand.audience = "public"
    site.errand.run("publish")
    fresh = publish(tmp_path / "fresh", web, "public", "mirror")
    for folder in ("public", "blog"):
        ours, theirs = tree(tmp_path / folder), tree(tmp_path / "fresh" / folder)
        assert ours.keys() == theirs.keys()
        deep = words("plain")[100].encode()
        assert not any(deep in content for content in ours.values())
    assert len(fresh.pages) == len(KINDS)
