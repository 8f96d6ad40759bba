"""Feeds to measure on: made up, deterministic, half Chinese and half English, 3-4 kB of HTML an entry."""

import random
from html import escape

_PROSE = (
    "harbour tide ledger morning signal orchard engine paper window bridge quiet market letter winter copper "
    "garden lantern river theory record island thread meadow answer glass station kettle almanac timber pilot"
)
WORDS = tuple(_PROSE.split())
CHARACTERS = (
    "海风港口清晨灯塔渔船报纸市场街道旧书桥梁信号桑树发动机窗户河流理论记录岛屿草地"
    "回答玻璃车站水壶历书木材领航冬天花园灯笼安静"
)


def feed(number: int, *, entries: int, base: str) -> bytes:
    """An RSS 2.0 document with its own entries."""
    randomness = random.Random(number)  # noqa: S311 - the same feeds every time
    chinese = number % 2 == 0
    items = "".join(_item(randomness, number, entry, chinese=chinese, base=base) for entry in range(entries))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>Sample {number}</title><link>{base}/site/{number}</link><description>made up</description>"
        f"{items}</channel></rss>"
    ).encode()


def _item(randomness: random.Random, number: int, entry: int, *, chinese: bool, base: str) -> str:
    title = _sentence(randomness, chinese=chinese, length=8)
    paragraphs = "".join(
        f"<p>{_paragraph(randomness, chinese=chinese)} <a href='/more/{entry}-{part}?utm_source=feed'>"
        f"{_sentence(randomness, chinese=chinese, length=3)}</a></p>"
        for part in range(5)
    )
    body = f"<div class='entry' onclick='x()'><h2>{title}</h2>{paragraphs}<script>track()</script></div>"
    day, minute = 1 + entry % 28, (number * 7 + entry) % 60
    return (
        f"<item><title>{escape(title)}</title><link>{base}/site/{number}/{entry}</link>"
        f"<guid isPermaLink='false'>tag:{number}:{entry}</guid><author>a@site.example (Writer {number})</author>"
        f"<pubDate>{day:02d} Oct 2026 10:{minute:02d}:00 GMT</pubDate><description>{escape(body)}</description></item>"
    )


def _sentence(randomness: random.Random, *, chinese: bool, length: int) -> str:
    if chinese:
        return "".join(randomness.choices(CHARACTERS, k=length * 2))
    return " ".join(randomness.choices(WORDS, k=length))


def _paragraph(randomness: random.Random, *, chinese: bool) -> str:
    stop = "。" if chinese else ". "
    return stop.join(_sentence(randomness, chinese=chinese, length=12) for _ in range(7 if chinese else 6)) + stop
