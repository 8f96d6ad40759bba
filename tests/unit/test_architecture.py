"""The layout that docs/ARCHITECTURE.md describes, held: which module may import which, and how large anything may be.

The table is read from the real imports, deferred ones and those for types included.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
SRC = REPO / "src"
ROOT = SRC / "broadsheet"

LAYERS: dict[str, frozenset[str]] = {
    "core": frozenset(
        {
            "model",
            "errors",
            "settings",
            "ports",
            "urls",
            "text",
            "tokens",
            "identity",
            "packing",
            "image_headers",
            "feeds",
            "extract",
            "clean",
            "licences",
            "policy",
            "frontier",
            "digest",
            "drafting",
            "decide",
            "catalogue",
            "inspection",
            "editions",
            "messages",
        }
    ),
    "use case": frozenset({"pipeline", "desk", "publish", "pressrun", "config"}),
    "adapter": frozenset({"fetcher", "archive", "media_store", "writer", "pool", "fakes"}),
    "root": frozenset({"app", "api"}),
    "shell": frozenset({"cli", "demo", "__main__"}),
}
"""Which layer each top-level module or package belongs to; a new one has to be put into one of them."""

MAY_IMPORT = {
    "core": {"core"},
    "use case": {"core", "use case"},
    "adapter": {"core"},
    "root": {"core", "use case", "adapter", "root"},
    "shell": {"core", "use case", "root", "shell"},
}
"""Imports point one way. An adapter imports no other adapter (see `forbidden`), and a shell none at all."""

CLOSED = {"cli": {"__main__"}, "demo": {"cli"}, "api": set(), "app": {"cli", "demo", "api"}, "fakes": set()}
"""What only these may import: nothing depends on a way in."""

NO_IO = frozenset(
    {
        "aiohttp",
        "asyncio",
        "concurrent",
        "filelock",
        "glob",
        "http",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "random",
        "requests",
        "secrets",
        "selectors",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "urllib.request",
        "uuid",
        "warnings",
    }
)
"""What the core does not import: the world, the clock, chance, and the log."""

NO_IO_BUT = {
    "packing": {"sys"},  # to choose between the standard library's zstd and its backport
    "editions/front_matter": {"io"},  # a StringIO: PyYAML writes into a file
}

IO_CALLS = frozenset(
    {
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "mkdir",
        "unlink",
        "rmdir",
        "rename",
        "touch",
        "symlink_to",
        "hardlink_to",
        "iterdir",
        "glob",
        "rglob",
        "stat",
        "exists",
        "is_file",
        "is_dir",
        "resolve",
        "expanduser",
    }
)
"""Methods of a path that touch the disk."""

OWN_DATA = {
    "messages/__init__": "the message catalogues",
    "editions/site/press": "the templates",
    "editions/site/fixed": "style sheet and script",
}
"""Modules of the core that read files which are part of the package, and nothing else."""

CLOCK_CALLS = frozenset({"now", "utcnow", "today"})

MOST_LINES_OF_A_FUNCTION = 65
MOST_LINES_OF_A_TEST = 100
"""Expected values, written out, are no code."""
MOST_LINES_OF_A_MODULE = 600
MOST_LINES_OF_TESTS = 800
"""Cases side by side are read one at a time."""


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def python_files() -> list[Path]:
    folders = (SRC, REPO / "tests", REPO / "benchmarks", REPO / "docs")
    return sorted(path for folder in folders for path in folder.rglob("*.py") if "node_modules" not in path.parts)


def name_of(path: Path) -> str:
    """`editions/site/press` of a module's file."""
    return path.relative_to(ROOT).with_suffix("").as_posix()


def top(path: Path) -> str:
    """The module or package directly below `broadsheet` that a file belongs to."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, absolute dotted name) of everything that a module imports; `from p import m` gives `p.m`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import; write the whole name"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def own_imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, top-level module) of what a module imports of Broadsheet."""
    for line, name in imports(path):
        parts = name.split(".")
        if parts[0] == "broadsheet" and len(parts) > 1:
            yield line, parts[1]


def layer(module: str) -> str:
    for name, members in LAYERS.items():
        if module in members:
            return name
    pytest.fail(f"broadsheet.{module} is in no layer: put it into LAYERS, and into the map of docs/ARCHITECTURE.md")


def forbidden(importer: str, imported: str) -> str | None:
    """Why this import must not be, `None` if it may."""
    if imported in {importer, "__version__"}:
        return None
    if imported in CLOSED and importer not in CLOSED[imported] and importer != "__init__":
        return f"only {', '.join(sorted(CLOSED[imported])) or 'tests and users'} may import {imported}"
    if importer == "__init__":
        return None if imported == "api" or layer(imported) == "core" else "the package offers `api` and values only"
    if layer(imported) not in MAY_IMPORT[layer(importer)]:
        return f"{layer(importer)} must not import {layer(imported)}"
    return None


def test_imports_follow_the_table() -> None:
    wrong = [
        f"{path.relative_to(REPO)}:{line}: {top(path)} imports {imported}: {why}"
        for path in modules()
        for line, imported in own_imports(path)
        if (why := forbidden(top(path), imported))
    ]
    assert not wrong, "\n".join(wrong)


def test_every_module_has_its_layer_and_every_layer_its_modules() -> None:
    there = {top(path) for path in modules()} - {"__init__"}
    assert {name for members in LAYERS.values() for name in members} == there


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("feeds", "fetcher"),
        ("decide", "pipeline"),
        ("archive", "fetcher"),
        ("writer", "media_store"),
        ("pipeline", "archive"),
        ("pipeline", "pool"),
        ("publish", "writer"),
        ("app", "cli"),
        ("desk", "app"),
        ("cli", "fetcher"),
        ("demo", "cli"),
    ],
)
def test_the_table_names_what_it_forbids(importer: str, imported: str) -> None:
    assert forbidden(importer, imported)


def core_modules() -> list[Path]:
    return [path for path in modules() if top(path) in LAYERS["core"]]


def test_the_core_imports_no_io() -> None:
    wrong = [
        f"{path.relative_to(REPO)}:{line}: the core imports {name}"
        for path in core_modules()
        for line, name in imports(path)
        for root in (NO_IO & {name.split(".")[0], ".".join(name.split(".")[:2])})
        if root not in NO_IO_BUT.get(name_of(path), set())
    ]
    assert not wrong, "\n".join(wrong)


def test_the_core_asks_neither_disk_nor_clock() -> None:
    wrong = []
    for path in core_modules():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input"}:
                wrong.append(f"{path.relative_to(REPO)}:{node.lineno}: the core calls {node.func.id}()")
            if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
                called, of = node.func.attr, node.func.value.id
                if called in CLOCK_CALLS and of in {"datetime", "date"}:
                    wrong.append(f"{path.relative_to(REPO)}:{node.lineno}: the core asks the clock: {of}.{called}()")
            if (
                isinstance(node.func, ast.Attribute)
                and node.func.attr in IO_CALLS
                and imports_paths(path)
                and name_of(path) not in OWN_DATA
            ):
                wrong.append(f"{path.relative_to(REPO)}:{node.lineno}: the core touches the disk: {node.func.attr}()")
    assert not wrong, "\n".join(wrong)


def imports_paths(path: Path) -> bool:
    return any(name.split(".")[0] == "pathlib" for _, name in imports(path))


def test_the_exceptions_are_needed() -> None:
    for name, allowed in NO_IO_BUT.items():
        found = {imported.split(".")[0] for _, imported in imports(ROOT / f"{name}.py")}
        assert allowed <= found, f"{name} no longer imports {allowed - found}: take it out of NO_IO_BUT"
    for name in OWN_DATA:
        text = (ROOT / f"{name}.py").read_text(encoding="utf-8")
        assert "Path(__file__)" in text or "FOLDER" in text, f"{name} reads nothing: take it out of OWN_DATA"


def test_functions_are_short() -> None:
    wrong = []
    for path in python_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                most = MOST_LINES_OF_A_TEST if node.name.startswith("test_") else MOST_LINES_OF_A_FUNCTION
                if lines > most:
                    wrong.append(f"{path.relative_to(REPO)}:{node.lineno}: {node.name} has {lines} lines")
    assert not wrong, "\n".join(wrong)


def test_modules_are_short() -> None:
    wrong = [
        f"{path.relative_to(REPO)}: {lines} lines"
        for path in python_files()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > most_lines(path)
    ]
    assert not wrong, "\n".join(wrong)


def most_lines(path: Path) -> int:
    return MOST_LINES_OF_TESTS if path.is_relative_to(REPO / "tests") else MOST_LINES_OF_A_MODULE


def test_modules_say_what_they_are() -> None:
    wrong = [name_of(path) for path in modules() if tree(path).body and not ast.get_docstring(tree(path))]
    assert not wrong, f"without a docstring: {wrong}"


_UNFINISHED = re.compile(r"#.*\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
_BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)|#\s*noqa(?!:)")
_VAGUE = re.compile(r"(?:^|_)(utils?|helpers?|misc|common|manager)$")


def test_nothing_is_left_unfinished_or_silenced_without_a_name() -> None:
    wrong = [
        f"{path.relative_to(REPO)}:{number}: {line.strip()}"
        for path in python_files()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if _UNFINISHED.search(line) or _BARE_IGNORE.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def test_names_say_something() -> None:
    wrong = [name_of(path) for path in modules() if _VAGUE.search(path.stem)]
    for path in modules():
        wrong += [
            f"{name_of(path)}: {node.name}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.ClassDef) and node.name.endswith(("Manager", "Helper", "Util", "Utils"))
        ]
    assert not wrong, wrong


def dependency_lines() -> list[str]:
    """The lines of pyproject.toml that name a package."""
    text = (REPO / "pyproject.toml").read_text(encoding="utf-8")
    found = []
    for block in re.findall(r"^(?:dependencies|dev|bench|requires) = \[(.*?)\]$", text, re.MULTILINE | re.DOTALL):
        found += [line.strip() for line in block.splitlines() if line.strip().startswith('"')]
    return found


def test_every_dependency_says_why() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
    named = project["project"]["dependencies"] + [
        name for group in project["dependency-groups"].values() for name in group
    ]
    lines = dependency_lines()
    assert len(lines) >= len(named), "a list of dependencies is written in a form that this test does not read"
    known: set[str] = set()
    wrong = []
    for line in lines:
        name, _, reason = line.partition("#")
        package = re.split(r"[^A-Za-z0-9_-]", name.strip().strip('",'))[0]
        if not reason.strip() and package not in known:
            wrong.append(line)
        known.add(package)
    assert not wrong, f"without a reason: {wrong}"


def test_every_package_that_is_imported_is_a_dependency() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
    named = {re.split(r"[^A-Za-z0-9_-]", line)[0] for line in project["project"]["dependencies"]}
    provided = {"backports": "backports-zstd", "can_ada": "can-ada", "PIL": "pillow", "yaml": "pyyaml"}
    # aiohttp's own requirement, whose type its interface takes.
    brought = {"yarl": "aiohttp"}
    found = {name.split(".")[0] for path in modules() for _, name in imports(path)}
    # `compression` is in the standard library from Python 3.14 on, behind a check of the version.
    others = found - sys.stdlib_module_names - {"broadsheet", "compression"}
    used = {brought.get(name, provided.get(name, name)) for name in others}
    assert used <= named, f"imported, but not in pyproject.toml: {used - named}"
    assert named - {"tzdata"} <= used, f"in pyproject.toml, but never imported: {named - {'tzdata'} - used}"
