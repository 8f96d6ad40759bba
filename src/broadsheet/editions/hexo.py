"""Posts for Hexo: one `.html` file an article, in the folders of its section, with its images beside the posts' folder.

What Hexo and its themes make of a post is written down here, beside the line that it explains.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from broadsheet.editions.base import Desk, MediaFile, Output, Removal, SourceHealth, View
from broadsheet.editions.inert import inert, inert_url
from broadsheet.editions.markup import Surroundings, picture_url, post_body, wall_clock
from broadsheet.editions.names import file_stem, folded, folder_path
from broadsheet.messages import messages_for
from broadsheet.model import Page, Value
from broadsheet.ports import Ledger
from broadsheet.settings import EditionSettings, SiteSettings

if TYPE_CHECKING:
    from broadsheet.editions.front_matter import FrontMatter

VERSION = 1
"""To be raised whenever the same article would give another post."""

DEFAULT_THEME = "volantis"
THEMES = ("volantis", "butterfly", "next", "landscape")

BATCH = 200
TITLE_CHARS = 1000
BEGINNING_CHARS = 60
TAGS = 30
TAG_CHARS = 100

MEDIA_LIST = "media/"
"""Lists of the ledger that say which articles show a mirrored image; the image goes when the last of them goes."""

_SLUG = re.compile(r"[^\s~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'<>,.?/]")
_OF_EVERY_OBJECT = frozenset(
    {
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    }
)

Fields = dict[str, str | bool | Sequence[str]]


class HexoEdition:
    """Posts for one Hexo site."""

    def __init__(self, settings: EditionSettings, site: SiteSettings) -> None:
        """Reads nothing."""
        self.name = settings.name
        self._settings = settings
        self._theme = settings.theme or DEFAULT_THEME
        self._site = site
        self._media_path = settings.media_path
        self._around = Surroundings(
            media_url=settings.media_url.rstrip("/"),
            zone=ZoneInfo(site.timezone),
            language=site.language,
            messages=messages_for(site.language),
            private=site.audience == "private",
        )

    def fingerprint(self) -> str:
        """Changes when something that all posts depend on does."""
        around = self._around
        said = [VERSION, self._theme, around.media_url, around.zone.key, around.language, around.private]
        words = sorted(around.messages.table.items())
        return blake2b(
            msgspec.json.encode([*said, self._site.title, str(self._media_path), words]), digest_size=16
        ).hexdigest()

    def update(self, dirty: Sequence[str], desk: Desk, ledger: Ledger) -> Iterator[Output]:
        """The posts of these articles with the images that they show, and what is no more."""
        if not dirty:
            return
        users = MediaUsers(ledger)
        jobs = (_job(dirty[start : start + BATCH], ledger) for start in range(0, len(dirty), BATCH))
        printer = PostPrinter(settings=self._settings, site=self._site)
        for printed in desk.spread(printer, jobs, articles=len(dirty)):
            users.now_show(printed.job.ids, {post.article_id: post.images for post in printed.posts})
            old = dict(printed.job.before)
            for post in printed.posts:
                yield from (MediaFile(path=name, name=name, root="media") for name in post.images)
                yield Page(path=post.path, content=post.content, article_id=post.article_id)
                yield from (Removal(path=other) for other in old.pop(post.article_id, ()) if other != post.path)
            yield from (Removal(path=path) for gone in old.values() for path in gone)
        yield from users.leave()

    def print(self, desk: Desk, job: "PostJob") -> "PrintedPosts":
        """The posts of one job; reads the desk and nothing else."""
        from broadsheet.editions.front_matter import FrontMatter  # imports the YAML library, for nothing on a quiet day

        folders, front, posts = Folders(desk.sources()), FrontMatter(), []
        for view in desk.views(job.ids):
            path = place(view, job.before.get(view.article.id, ()), folders)
            content = self.post(view, front).encode()
            images = tuple(media_names(view))
            posts.append(Post(article_id=view.article.id, path=path, content=content, images=images))
        return PrintedPosts(job=job, posts=tuple(posts))

    def post(self, view: View, front: "FrontMatter") -> str:
        """The whole file of one article."""
        return f"{front.block(self.fields(view))}{post_body(view, self._around)}\n"

    def fields(self, view: View) -> Fields:
        """What Hexo and the theme are told of an article."""
        article, zone = view.article, self._around.zone
        changed = article.updated or view.changed_at or article.date
        fields: Fields = {
            "title": inert(title(view) or self._site.title),
            # A string that Hexo reads in its own `timezone`; with a zone in it, it would shift by that zone.
            "date": _clock(article.date, zone),
            "updated": _clock(max(changed, article.date), zone),
            "categories": [_category(name) for name in view.face.section],
            "tags": tags(view),
            "author": inert(view.author or self._site.title),
            "comments": False,
            "permalink": f"/a/{article.id}.html",
            "disableNunjucks": True,
        }
        if article.url:
            # Not `link`: themes then lead from titles to that address, away from the post.
            fields["canonical"] = inert_url(article.url)
        if view.summary:
            # Without one, lists hold whole bodies, or what a theme cuts out of them, our attribution included.
            fields["excerpt"] = f"<p>{escape(view.summary)}</p>"
            fields |= {"description": inert(view.summary)} if self._theme == "butterfly" else {}
        return fields | self._images(view) | self._robots(view)

    def _images(self, view: View) -> Fields:
        if view.lead is None or view.lead.missing:
            return {}
        url = inert_url(picture_url(view.lead, self._around))
        match self._theme:
            case "butterfly":
                return {"cover": url}
            case "next" | "landscape":
                return {"photos": [url]}
            case _:  # Volantis hides the title of a post that has a head image, unless told otherwise
                return {"headimg": url, "thumbnail": url, "title_display": True}

    def _robots(self, view: View) -> Fields:
        """What keeps a copy out of search engines, as far as the theme and the sitemap plugins listen."""
        if view.index:
            return {}
        hint: Fields = {"noindex": True} if self._theme == "next" else {"robots": "noindex"}
        return {"sitemap": False} | hint


class PostJob(Value, frozen=True, kw_only=True):
    """Articles to print, and where the posts of those that have one are."""

    ids: tuple[str, ...]
    before: dict[str, list[str]]


class Post(Value, frozen=True, kw_only=True):
    """One post, and the media store's names of the images that it shows."""

    article_id: str
    path: str
    content: bytes
    images: tuple[str, ...]


class PrintedPosts(Value, frozen=True, kw_only=True):
    """What became of a job; articles that are no more have no post."""

    job: PostJob
    posts: tuple[Post, ...]


class PostPrinter(Value, frozen=True, kw_only=True):
    """Prints posts wherever it is taken."""

    settings: EditionSettings
    site: SiteSettings

    def __call__(self, desk: Desk, job: PostJob) -> PrintedPosts:
        """The posts of the job."""
        return HexoEdition(self.settings, self.site).print(desk, job)


def _job(ids: Sequence[str], ledger: Ledger) -> PostJob:
    return PostJob(ids=tuple(ids), before=ledger.pages_of(ids))


class Folders:
    """Folders of sections; names that some file system takes for one share the spelling that is configured first."""

    def __init__(self, sources: Sequence[SourceHealth]) -> None:
        """Knows the spelling of every configured section."""
        self._spelt: dict[str, str] = {}
        self._paths: dict[tuple[str, ...], str] = {}
        for source in sources:
            self.path(source.face.section)

    def path(self, section: tuple[str, ...]) -> str:
        """The section's folder with a "/" at its end; nothing for the empty section."""
        if section not in self._paths:
            path = ""
            for name in folder_path(section):
                path = self._spelt.setdefault(folded(path + name), path + name) + "/"
            self._paths[section] = path
        return self._paths[section]


def place(view: View, before: Sequence[str], folders: Folders) -> str:
    """The path of an article's post: its name never changes, its folder follows the section."""
    name = before[0].rpartition("/")[2] if before else f"{file_stem(title(view), view.article.id)}.html"
    path = folders.path(view.face.section) + name
    # Where upper and lower case are one, moving from "News/" to "news/" would remove what was just written.
    return next((old for old in before if folded(old) == folded(path)), path)


def title(view: View) -> str:
    """The article's title; where it has none the beginning of its text, or its source's name."""
    if words := " ".join(view.article.title.split()):
        return _cut(words, TITLE_CHARS)
    return _cut(" ".join(view.text[: 8 * BEGINNING_CHARS].split()), BEGINNING_CHARS) or view.face.name


def tags(view: View) -> list[str]:
    """The article's tags, each once; without those that Hexo would give an empty address."""
    names = dict.fromkeys(" ".join(tag.split())[:TAG_CHARS] for tag in view.article.tags)
    return [inert(name) for name in names if _SLUG.search(name)][:TAGS]


def media_names(view: View) -> list[str]:
    """The media store's names of the images that a post shows, each once."""
    pictures = [*view.pictures.values(), *([view.lead] if view.lead else [])]
    return list(dict.fromkeys(picture.name for picture in pictures if picture.name))


class MediaUsers:
    """Which articles show which mirrored image, so that an image goes when nothing shows it any more.

    New users are recorded before anything is written, leaving ones last: a crash between leaves an image too many,
    until the articles, still in the outbox, come again.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._leaving: dict[str, list[str]] = {}
        self._left: Counter[str] = Counter()

    def now_show(self, ids: Sequence[str], names: Mapping[str, Sequence[str]]) -> None:
        """Takes note of what these articles show from now on; one without names shows nothing."""
        before: dict[str, set[str]] = {}
        for spot in self._ledger.places_of(ids):
            before.setdefault(spot.article_id, set()).add(spot.list)
        joining: dict[str, list[str]] = {}
        for article_id in ids:
            now = [MEDIA_LIST + name for name in names.get(article_id, ())]
            had = before.get(article_id, set())
            if not had.issuperset(now):
                joining[article_id] = sorted(had.union(now))
            if gone := had.difference(now):
                self._leaving[article_id] = now
                self._left.update(gone)
        if joining:
            self._ledger.place(joining)

    def leave(self) -> Iterator[Removal]:
        """The images that nothing shows any more; the ledger has forgotten their users afterwards."""
        for name, leaving in sorted(self._left.items()):
            users = sum(members for found, members, _ in self._ledger.lists(name) if found == name)
            if users <= leaving:
                yield Removal(path=name.removeprefix(MEDIA_LIST), root="media")
        if self._leaving:
            self._ledger.place(self._leaving)


def _category(name: str) -> str:
    """A section's name as a category; Hexo looks it up in a plain object, and fails on what every object has."""
    return inert(name) + "\u2060" if name in _OF_EVERY_OBJECT else inert(name)


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return wall_clock(moment, zone).isoformat(sep=" ", timespec="seconds")[:19]


def _cut(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[: chars - 1].rstrip() + "…"
