"""Puts the tags of broken XML in order: wrong nesting, cut ends, attributes without quotes.

One pass over the tags with a stack; entries are kept apart whatever happens inside them.
"""

import re
from typing import Final

from broadsheet.feeds.problems import Problems

_TOKEN: Final = re.compile(
    r"<!\[CDATA\[|<!--|<[?!]|"
    r"<(?P<end>/?)(?P<name>[A-Za-z_][^\s/<>\"'=]{0,200})(?P<rest>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+'|[\"'])*+)(?P<close>>?)"
)
_ATTRIBUTE: Final = re.compile(r"([A-Za-z_][\w.:-]{0,100})\s{0,20}=\s{0,20}(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++)")
_TIDY: Final = re.compile(r"(?:\s++[A-Za-z_][\w.-]*+(?::[\w.-]++)?\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+'))*+\s*+/?$")

_ENTRY: Final = frozenset({"item", "entry"})
_VOID: Final = frozenset({"br", "hr", "img", "wbr", "input", "embed"})
_DEEPEST: Final = 200
_MOST_TAGS: Final = 1_000_000


def balance(text: str, problems: Problems, *, most_tags: int = _MOST_TAGS) -> str:
    """The document with every tag closed in order; what is cut off at the end is left out or closed."""
    return _Balancer(text, problems).run(most_tags)


class _Balancer:
    def __init__(self, text: str, problems: Problems) -> None:
        self._text = text
        self._problems = problems
        self._open: list[tuple[str, str]] = []  # lower-case name, name as written
        self._out: list[str] = []
        self._rooted = False

    def run(self, most_tags: int) -> str:
        position = 0
        for _ in range(most_tags):
            token = _TOKEN.search(self._text, position)
            if token is None:
                self._out.append(self._text[position:])
                break
            self._out.append(self._text[position : token.start()])
            position = self._take(token)
            if self._rooted and not self._open:
                return "".join(self._out)
        else:
            self._problems.note("too many tags; the rest is left out")
        if self._open:
            self._problems.note("the feed is cut off before its end")
            self._close(0)
        return "".join(self._out)

    def _take(self, token: re.Match[str]) -> int:
        """Handles one token; where to go on."""
        name = token["name"]
        if name is None:
            return self._section(token)
        if not token["close"]:  # cut off, or another tag starts within it
            if token.end() < len(self._text):
                self._problems.note("a tag that is not closed", token[0])
            return token.end()
        if token["end"]:
            self._end(name.lower())
        else:
            self._start(name, token["rest"])
        return token.end()

    def _section(self, token: re.Match[str]) -> int:
        opening = token[0]
        closing = {"<![CDATA[": "]]>", "<!--": "-->"}.get(opening, ">")
        end = self._text.find(closing, token.end())
        inner = self._text[token.end() : end if end >= 0 else len(self._text)]
        if opening == "<![CDATA[":
            self._out.append(f"<![CDATA[{inner}]]>")
        return len(self._text) if end < 0 else end + len(closing)

    def _start(self, name: str, rest: str) -> None:
        lowered = name.lower()
        empty = rest.endswith("/")
        if lowered in _ENTRY and any(lowered == opened for opened, _ in self._open):
            self._end(lowered)
        if len(self._open) >= _DEEPEST:
            self._problems.note("nested too deeply")
            return
        self._rooted = True
        attributes = rest.rstrip("/") if _TIDY.match(rest) else self._attributes(rest)
        if empty or lowered in _VOID:
            self._out.append(f"<{name}{attributes}/>")
        else:
            self._out.append(f"<{name}{attributes}>")
            self._open.append((lowered, name))

    def _end(self, lowered: str) -> None:
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth][0] == lowered:
                if depth < len(self._open) - 1:
                    self._problems.note("tags that are closed in the wrong order", f"</{lowered}>")
                self._close(depth)
                return
        self._problems.note("a closing tag without its opening tag", f"</{lowered}>")

    def _close(self, depth: int) -> None:
        while len(self._open) > depth:
            self._out.append(f"</{self._open.pop()[1]}>")

    def _attributes(self, rest: str) -> str:
        self._problems.note("attributes that are not well-formed", rest.strip())
        found: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(rest):
            value = match[2][1:-1] if match[2][0] in "\"'" else match[2].rstrip("/")
            found.setdefault(match[1], value.replace("<", "&lt;").replace('"', "&quot;"))
        return "".join(f' {name}="{value}"' for name, value in found.items())
