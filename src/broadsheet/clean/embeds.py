"""Everything about embedded videos lives here: one table of hosts, their placeholders, and their players' URLs.

A placeholder is inert: a link that sanitising keeps, and that an edition replaces by its own player.
"""

import re
from collections.abc import Callable

from broadsheet.model import Value


class Embed(Value, frozen=True, kw_only=True):
    """A video at a known host; `id` matches that host's own pattern and nothing else."""

    name: str
    id: str


class Host(Value, frozen=True, kw_only=True):
    """How one video host writes its addresses.

    Attributes:
        label: the host's name for people.
        id: what an id looks like, all of it.
        found_in: patterns over `path?query` of an address, by the host names they belong to; the first group is the id.
        watch: the page of a video; player: the address for an iframe, in privacy mode.
    """

    label: str
    id: re.Pattern[str]
    found_in: dict[str, tuple[str, ...]]
    watch: Callable[[str], str]
    player: Callable[[str], str]


def _vimeo_player(id_: str) -> str:
    number, _, unlisted = id_.partition("/")
    return f"https://player.vimeo.com/video/{number}?dnt=1" + (f"&h={unlisted}" if unlisted else "")


def _bilibili_player(id_: str) -> str:
    key, value = ("aid", id_[2:]) if id_.startswith("av") else ("bvid", id_)
    return f"https://player.bilibili.com/player.html?{key}={value}&autoplay=0&danmaku=0"


_YOUTUBE = (r"/(?:embed|v|e|shorts|live)/([\w-]{11})(?![\w-])", r"/watch\?(?:[^#]*&)?v=([\w-]{11})(?![\w-])")
_BILIBILI = (r"/[^?]*\?(?:[^#]*&)?bvid=(BV\w{10})(?!\w)", r"/[^?]*\?(?:[^#]*&)?(a)id=(\d{1,12})(?!\w)")
_QQ = (r"/[^?]*\?(?:[^#]*&)?vid=(\w{8,20})(?!\w)", r"/x/(?:page|cover/\w+)/(\w{8,20})\.html")

HOSTS: dict[str, Host] = {
    "youtube": Host(
        label="YouTube",
        id=re.compile(r"(?!videoseries|live_stream)[\w-]{11}", re.ASCII),
        found_in={
            "youtube.com": _YOUTUBE,
            "youtube-nocookie.com": _YOUTUBE,
            "youtu.be": (r"/([\w-]{11})(?![\w-])",),
        },
        watch="https://www.youtube.com/watch?v={}".format,
        player="https://www.youtube-nocookie.com/embed/{}".format,
    ),
    "vimeo": Host(
        label="Vimeo",
        id=re.compile(r"[0-9]{1,12}(?:/[0-9a-f]{6,16})?", re.ASCII),
        found_in={
            "player.vimeo.com": (r"/video/(\d{1,12})\?(?:[^#]*&)?h=([0-9a-f]{6,16})(?!\w)", r"/video/(\d{1,12})(?!\w)"),
            "vimeo.com": (
                r"/(\d{1,12}/[0-9a-f]{6,16})(?!\w)",
                r"/(?:channels/[\w-]+/)?(\d{1,12})(?!\w)",
                r"/moogaloop\.swf\?(?:[^#]*&)?clip_id=(\d{1,12})(?!\w)",
            ),
        },
        watch="https://vimeo.com/{}".format,
        player=_vimeo_player,
    ),
    "bilibili": Host(
        label="Bilibili",
        id=re.compile(r"BV[0-9A-Za-z]{10}|av[0-9]{1,12}", re.ASCII),
        found_in={
            "player.bilibili.com": _BILIBILI,
            "bilibili.com": (*_BILIBILI, r"/video/(BV\w{10})(?!\w)", r"/video/(av\d{1,12})(?!\w)"),
            "static.hdslb.com": _BILIBILI,
            "share.acg.tv": _BILIBILI,
        },
        watch="https://www.bilibili.com/video/{}".format,
        player=_bilibili_player,
    ),
    "qq": Host(
        label="腾讯视频",
        id=re.compile(r"[0-9A-Za-z]{8,20}", re.ASCII),
        found_in={"v.qq.com": _QQ, "imgcache.qq.com": _QQ, "static.video.qq.com": _QQ},
        watch="https://v.qq.com/x/page/{}.html".format,
        player="https://v.qq.com/txp/iframe/player.html?vid={}".format,
    ),
    "youku": Host(
        label="优酷",
        id=re.compile(r"X[0-9A-Za-z]{6,30}={0,4}", re.ASCII),
        found_in={
            "player.youku.com": (r"/embed/(X\w{6,30}={0,4})", r"/player\.php/(?:[^?#]*/)?sid/(X\w{6,30}={0,4})"),
            "v.youku.com": (r"/v_show/id_(X\w{6,30}={0,4})", r"/video\?(?:[^#]*&)?vid=(X\w{6,30}={0,4})"),
        },
        watch="https://v.youku.com/v_show/id_{}.html".format,
        player="https://player.youku.com/embed/{}".format,
    ),
    "dailymotion": Host(
        label="Dailymotion",
        id=re.compile(r"[0-9A-Za-z]{5,20}", re.ASCII),
        found_in={
            "dailymotion.com": (r"/(?:embed/|swf/)?video/([0-9A-Za-z]{5,20})(?!\w)", r"/swf/([0-9A-Za-z]{5,20})(?!\w)"),
            "geo.dailymotion.com": (r"/player[^?]*\?(?:[^#]*&)?video=([0-9A-Za-z]{5,20})(?!\w)",),
            "dai.ly": (r"/([0-9A-Za-z]{5,20})(?!\w)",),
        },
        watch="https://www.dailymotion.com/video/{}".format,
        player="https://www.dailymotion.com/embed/video/{}".format,
    ),
}

_BY_HOST: dict[str, tuple[str, tuple[re.Pattern[str], ...]]] = {
    host: (name, tuple(re.compile(pattern, re.ASCII) for pattern in patterns))
    for name, table in HOSTS.items()
    for host, patterns in table.found_in.items()
}
_ADDRESS = re.compile(r"https?://(?:www\.|m\.)?([a-z0-9.-]+)(?::\d+)?(/[^#]*)")
_JOINED = {"vimeo": "/", "bilibili": "v"}

PLACEHOLDER = re.compile(
    r'<a class="embed" data-embed="([a-z]{1,20}):([\w=/-]{1,40})" href="[^"<>]*" aria-label="[^"<>]*"></a>', re.ASCII
)
"""Finds what may be a placeholder in clean HTML; `parse_key` tells whether it is one."""


def recognise(url: str) -> Embed | None:
    """The video that an absolute URL plays or shows, `None` for any other address."""
    if not (address := _ADDRESS.match(url)) or not (known := _BY_HOST.get(address[1])):
        return None
    name, patterns = known
    for pattern in patterns:
        if found := pattern.match(address[2]):
            return _embed(name, _JOINED.get(name, "").join(found.groups()))
    return None


def by_id(name: str, id_: str) -> Embed | None:
    """The embed of that name and id, `None` if no such host is known or its ids do not look like that."""
    return _embed(name, id_)


def parse_key(key: str) -> Embed | None:
    """The embed behind `name:id`, as placeholders carry it."""
    name, _, id_ = key.partition(":")
    return _embed(name, id_)


def _embed(name: str, id_: str) -> Embed | None:
    host = HOSTS.get(name)
    return Embed(name=name, id=id_) if host is not None and host.id.fullmatch(id_) else None


def attributes(embed: Embed) -> dict[str, str]:
    """The attributes of the embed's placeholder, in their order."""
    return {
        "class": "embed",
        "data-embed": f"{embed.name}:{embed.id}",
        "href": watch_url(embed.name, embed.id),
        "aria-label": label(embed.name),
    }


def placeholder(embed: Embed) -> str:
    """The placeholder, exactly as clean HTML holds it."""
    return "<a {}></a>".format(" ".join(f'{name}="{value}"' for name, value in attributes(embed).items()))


def label(name: str) -> str:
    """The host's name for people."""
    return HOSTS[name].label


def watch_url(name: str, id_: str) -> str:
    """The page where a person watches the video."""
    return HOSTS[name].watch(id_)


def player_url(name: str, id_: str) -> str:
    """The address of the player for an iframe, in the host's privacy mode where it has one."""
    return HOSTS[name].player(id_)
