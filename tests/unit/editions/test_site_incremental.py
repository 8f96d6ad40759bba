"""The law of the site edition: whatever happened in whatever steps, the files are those of a site made at once."""

import re
from datetime import timedelta
from html import unescape
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from newsroom import COURIER, LOOSE, MORNING, ZAKER, Newsroom, article_id, view

from broadsheet.editions.base import Face, SourceHealth

NESTED = Face(key="nested", name="City", section=("City",), feed_title="The City")
TWIN = Face(key="twin", name="city", section=("city", "courier"), feed_title="Twin")
DEEP = Face(key="deep", name="ZAKER", section=("新媒体", "ZAKER", "other"), feed_title="Other")
FACES = [COURIER, ZAKER, LOOSE, NESTED, TWIN, DEEP]

_LINK = re.compile(r'(?:href|src)="([^"]*)"')

Step = tuple[str, int, int, int]

steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "edit", "remove", "move", "redate", "withdraw", "open"]),
        st.integers(0, 30),
        st.integers(0, 5),
        st.integers(1, 12),
    ),
    min_size=1,
    max_size=8,
)


def newsroom(**site: object) -> Newsroom:
    room = Newsroom(page_size=3, feed_size=4, **site)
    room.desk.health = [SourceHealth(face=face, state="ok") for face in FACES[:4]]
    return room


def take(room: Newsroom, step: Step, counter: list[int]) -> None:
    kind, number, which, amount = step
    if kind == "add":
        fresh = []
        for _ in range(amount):
            counter[0] += 1
            at = MORNING - timedelta(hours=7 * ((number * counter[0]) % 50))
            fresh.append(view(counter[0], face=FACES[(which + counter[0] % 2) % len(FACES)], at=at))
        room.publish(*fresh)
        return
    known = sorted(room.desk.all)
    if not known:
        return
    old = room.desk.all[known[number % len(known)]]
    if kind == "remove":
        room.publish(gone=[known[(number + more) % len(known)] for more in range(min(amount, len(known)))])
        return
    changes = {
        "edit": {"article": msgspec.structs.replace(old.article, title=f"Edited {amount}")},
        "move": {"face": FACES[which]},
        "redate": {"article": msgspec.structs.replace(old.article, published=MORNING - timedelta(days=amount))},
        "withdraw": {"withdrawn": True},
        "open": {"index": True},
    }[kind]
    room.publish(msgspec.structs.replace(old, **changes))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps, st.sampled_from(["private", "public"]))
def test_steps_make_the_same_site_as_one_go(history: list[Step], audience: str) -> None:
    room = newsroom(audience=audience)
    counter = [0]
    room.publish()
    for step in history:
        take(room, step, counter)
    before = dict(room.files)
    room.files.clear()
    room.publish(anew=True)
    assert {path: content.decode() for path, content in before.items()} == {
        path: content.decode() for path, content in room.files.items()
    }
    assert dead_links(room) == []


def dead_links(room: Newsroom) -> list[tuple[str, str]]:
    """(page, link) of every link within the site that leads nowhere."""
    dead = []
    base = urlsplit(room.site.url)
    for path, content in room.files.items():
        if not path.endswith((".html", ".xml", ".json")):
            continue
        text = content.decode()
        links = [unescape(link) for link in _LINK.findall(text)] if path.endswith(".html") else []
        links += [unescape(link) for link in re.findall(r"<(?:loc|link)>([^<]+)</", text)]
        for link in links:
            target = _target(path, link, base.netloc, base.path)
            if target is not None and target not in room.files and target not in room.images:
                dead.append((path, link))
    return dead


def _target(path: str, link: str, host: str, prefix: str) -> str | None:
    parts = urlsplit(link)
    if parts.netloc and parts.netloc != host:
        return None
    if parts.scheme not in ("", "https") or not (parts.path):
        return None
    if parts.path.startswith("/"):
        place = unquote(parts.path).removeprefix(prefix).lstrip("/")
    else:
        place = normpath(join(dirname(path), unquote(parts.path)))
    return place if place.rpartition("/")[2].count(".") else join(place, "index.html").lstrip("/")


def test_a_quiet_run_reads_and_writes_nothing() -> None:
    room = newsroom()
    room.publish(*(view(number) for number in range(1, 12)))
    room.desk.read.clear()
    assert room.publish() == set()
    assert room.desk.read == []


def test_one_new_article_touches_only_its_own_pages() -> None:
    room = newsroom()
    room.publish(*(view(number, at=MORNING - timedelta(days=number)) for number in range(40, 0, -1)))
    written = room.publish(view(41, at=MORNING))
    one, neighbour = f"a/{article_id(41)}.html", f"a/{article_id(40)}.html"
    assert {path for path in written if path.startswith("a/")} == {one, neighbour}
    assert {path for path in written if path.startswith("archive/")} == {
        "archive/index.html",
        "archive/2025/11/index.html",
        "archive/2025/11/22/index.html",
        "archive/2025/11/21/index.html",
    }
    assert {path for path in written if path.startswith("s/")} == {
        "s/index.html",
        *(f"s/City/{file}" for file in ("index.html", "feed.xml", "atom.xml", "feed.json")),
        *(f"s/City/Courier/{file}" for file in ("index.html", "feed.xml", "atom.xml", "feed.json")),
    }


def test_full_pages_stay_when_more_arrives() -> None:
    room = newsroom()
    room.publish(*(view(number) for number in range(1, 10)))
    full = room.files["s/City/1.html"]
    for number in range(10, 25):
        room.publish(view(number))
    assert room.files["s/City/1.html"] == full
    assert "2.html" in room.text("s/City/1.html")
    assert "s/City/8.html" in room.files


def test_each_dirty_article_is_read_once() -> None:
    room = newsroom()
    room.publish(*(view(number, face=FACES[number % 3]) for number in range(1, 40)))
    assert sorted(room.desk.read) == sorted(room.desk.all)
