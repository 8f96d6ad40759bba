"""Feeds to measure on: made of the demo's own prose, deterministic, half Chinese and half English, 3-4 kB an entry.

Random words would not do: they have far more different words (and CJK bigrams) than anything that people write.
"""

import random
import re
from functools import cache
from html import escape

from broadsheet.demo.stories import sources

_CJK = re.compile("[\u4e00-\u9fff]")
PARAGRAPHS = 9


@cache
def prose(*, chinese: bool) -> tuple[str, ...]:
    """The sentences of all stories in one of the two languages."""
    paragraphs = [
        line
        for source in sources()
        for story in source.stories
        for line in story.body.splitlines()
        if len(line) > 40 and line[0] not in "!<|>-#`{[" and bool(_CJK.search(line)) == chinese
    ]
    split = re.compile(r"(?<=[。！？])|(?<=[.!?]) ")
    return tuple(sentence for line in paragraphs for sentence in split.split(line) if len(sentence) > 8)


def feed(number: int, *, entries: int, base: str) -> bytes:
    """An RSS 2.0 document with its own entries."""
    randomness = random.Random(number)  # noqa: S311 - the same feeds every time
    items = "".join(_item(randomness, number, entry, base=base) for entry in range(entries))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>Sample {number}</title><link>{base}/site/{number}</link><description>made up</description>"
        f"{items}</channel></rss>"
    ).encode()


def _item(randomness: random.Random, number: int, entry: int, *, base: str) -> str:
    chinese = number % 2 == 0
    title = f"{randomness.choice(prose(chinese=chinese))[:60]} {number}/{entry}"
    paragraphs = "".join(_paragraph(randomness, entry, part, chinese=chinese) for part in range(PARAGRAPHS))
    body = f"<div class='entry' onclick='x()'>{paragraphs}<script>track()</script></div>"
    day, minute = 1 + entry % 28, (number * 7 + entry) % 60
    return (
        f"<item><title>{escape(title)}</title><link>{base}/site/{number}/{entry}</link>"
        f"<guid isPermaLink='false'>tag:{number}:{entry}</guid><author>a@site.example (Writer {number})</author>"
        f"<pubDate>{day:02d} Oct 2026 10:{minute:02d}:00 GMT</pubDate><description>{escape(body)}</description></item>"
    )


def _paragraph(randomness: random.Random, entry: int, part: int, *, chinese: bool) -> str:
    sentences = randomness.sample(prose(chinese=chinese), 4)
    link = f"<a href='/more/{entry}-{part}?utm_source=feed'>{escape(sentences[0][:20])}</a>" if part % 2 else ""
    return f"<p>{escape(('' if chinese else ' ').join(sentences[1:]))} {link}</p>"
