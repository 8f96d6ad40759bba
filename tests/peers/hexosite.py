"""A Hexo site in a folder: written, generated and read as its owner would."""

import os
import subprocess
from pathlib import Path

import yaml
from turbohtml import Document, parse

PLUGINS = (
    "hexo",
    "hexo-generator-archive",
    "hexo-generator-category",
    "hexo-generator-index",
    "hexo-generator-tag",
    "hexo-renderer-ejs",
    "hexo-renderer-marked",
    "hexo-renderer-pug",
    "hexo-renderer-stylus",
)

TITLE_CLASSES = ("title", "article-title", "p-name", "post-title")


class HexoSite:
    """A site of its own, using installed packages.

    Attributes:
        posts: where posts go; public: what Hexo makes.
    """

    def __init__(self, folder: Path, node: Path, package: Path, *, theme: str, settings: dict[str, str]) -> None:
        self.folder = folder
        self.posts = folder / "source" / "_posts"
        self.public = folder / "public"
        self._node = node
        self._modules = package / "node_modules"
        self._write(theme, settings)

    def _write(self, theme: str, settings: dict[str, str]) -> None:
        self.posts.mkdir(parents=True)
        (self.folder / "node_modules").symlink_to(self._modules)
        config = {
            "title": "A site",
            "description": "Made by a test",
            "url": "https://blog.example",
            "language": "zh-CN",
            "timezone": "Asia/Shanghai",
            "theme": theme,
            "per_page": 100,
        }
        (self.folder / "_config.yml").write_text(yaml.safe_dump(config | settings), encoding="utf-8")
        package = {"name": "site", "hexo": {"version": "8.1.2"}, "dependencies": dict.fromkeys(PLUGINS, "*")}
        (self.folder / "package.json").write_text(str(package).replace("'", '"'), encoding="utf-8")

    def generate(self, *, zone: str = "UTC") -> str:
        """Builds the site on a machine in that time zone, and returns what Hexo said."""
        path = os.pathsep.join([str(self._node.parent), str(self._modules / ".bin"), os.environ["PATH"]])
        done = subprocess.run(
            [self._node, self._modules / "hexo" / "bin" / "hexo", "generate", "--bail", "--force"],
            cwd=self.folder,
            env=os.environ | {"PATH": path, "TZ": zone, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        assert "ERROR" not in said, said  # Hexo drops a post that it cannot read, says so, and is content
        return said

    def article(self, article_id: str) -> Document:
        """An article's page."""
        return parse((self.public / "a" / f"{article_id}.html").read_text(encoding="utf-8"))

    def article_count(self) -> int:
        """How many article pages there are."""
        return len(list((self.public / "a").glob("*.html")))


def meta(page: Document, name: str) -> str | None:
    """What the page says of itself under that name."""
    for element in page.find_all("meta"):
        if name in (element.attrs.get("property"), element.attrs.get("name")):
            return str(element.attrs.get("content"))
    return None


def heading(page: Document) -> str:
    """The article's title as a reader sees it; themes have their own name and site title in other headings."""
    found = [
        element for element in page.find_all("h1") if set(TITLE_CLASSES).intersection(element.attrs.get("class", ()))
    ]
    return flat(found[0].to_text())


def flat(text: str) -> str:
    """Text without regard to lines."""
    return " ".join(text.split())
