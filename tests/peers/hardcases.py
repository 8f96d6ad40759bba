"""Articles that break careless generators: what a title, a body and a date can be."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
from shelf import make_view

from broadsheet.editions.base import Picture, View

TITLES = (
    "It's \"quoted\" 'both ways'",
    "Colon: and another: one",
    "{{ braces }} {% raw %} {# and more #}",
    "@mentions at the start",
    "back\\slashes \\n \\x \\",
    "# not a comment - [nor a list] & *neither* !a tag",
    "--- not front matter",
    "🎉 emoji 👨‍👩‍👧 in 🇨🇭 titles",
    "中文标题" * 75,
    "a < b && b > c",
    "<script>alert('x')</script><b>bold</b>",
    "' onmouseover='alert(1)' x='\" onmouseout=\"alert(2)\"",
    "\\'; alert(3) // </script><script>alert(4)</script>",
    "null",
    "2021-11-22",
    "1.0",
    "%E4%BD%A0 and 100%",
    "`ticks` ```fenced```",
    "",
    "Two\nlines\tand a tab",
    "constructor",
    "\u202eright to left",
)

EQUAL = ("The same title", "The same title", "The same title", "THE SAME TITLE")

BODIES = (
    "<p>{{ x }}</p>",
    "<p>{% raw %}</p>",
    "<p>{% endraw %} {% raw %} {{ y }}</p>",
    "<p>{{.a}} {% unknown tag %} {% post_link nowhere %} {{ 'unclosed }</p>",
    "<p>{{ x | dump }} {%- if a -%} {# a comment #} {{{ three }}}</p>",
    "<p>before</p><!-- more --><p>after &lt;!-- more --&gt; this</p>",
    "<pre>    four spaces\n\n    # a heading?\n\n* a list?\n\n1. a number?</pre>",
    "<p>text</p>\n\n    indented\n\n# heading\n\n* item\n\n> quote",
    "<pre>code:\n```js\nlet a = {{ b }};\n```\n\n~~~\ntildes\n~~~~\n</pre>",
    "<p>---</p>\n---\ntitle: other\n---\n<p>end</p>",
    "<p>&lt;!--swig\ufffc0--&gt; &lt;!--code\ufffc0--&gt; &lt;!--comment\ufffc7--&gt;</p>",
    "<p>&lt;hexoPostRenderCodeBlock&gt;x&lt;/hexoPostRenderCodeBlock&gt;</p>",
    '<p><a href="https://example.org/{{x}}?a=1&amp;b={%y%}" title="{{ t }} &lt;!-- more --&gt;">a link</a></p>',
    '<p>an image <img src="https://example.org/{{i}}.jpg" alt="{% alt %} &lt;/head&gt; ```"> here</p>',
    "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; &amp;#123; \\u007b $& $1 $$</p>",
    "<p>{{&lt; shortcode &gt;}} {{% hugo %}} [[toc]] $$x^2$$ :smile: ==mark==</p>",
)

ZONES = (UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5, minutes=-30)))

SECTIONS = (("技术", "Site & Co", "route_a"), ("News",), (), ("constructor", "__proto__", "..."))

PICTURE = Picture(original="https://example.org/a.jpg", name="ab/abcdef.jpg", width=640, height=480)


def hard_cases() -> list[View]:
    """Every title, every body, equal titles, and dates in three zones, each an article of its own."""
    texts = [(title, "<p>Some text.</p>") for title in (*TITLES, *EQUAL)]
    texts += [(f"Body {number}", html) for number, html in enumerate(BODIES)]
    noon = datetime(2026, 3, 1, 12, 30, 15)  # noqa: DTZ001 - the same clock in three zones
    views = [
        make_view(
            number,
            title=title,
            html=html,
            section=SECTIONS[number % 4],
            date=noon.replace(tzinfo=ZONES[number % 3]) + timedelta(days=number),
            tags=("标签", f"tag {number % 4}", "C++", "C#", "{{ tag }}"),
            author="O'Neil {{ a }}" if number % 5 == 0 else None,
        )
        for number, (title, html) in enumerate(texts)
    ]
    return [msgspec.structs.replace(view, lead=PICTURE) if number % 2 else view for number, view in enumerate(views)]
