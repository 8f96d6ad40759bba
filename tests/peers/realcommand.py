"""Broadsheet as a user runs it: the command, in a folder of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def broadsheet(folder: Path, *arguments: str) -> dict[str, Any]:
    """What the command says with `--json`; it has to succeed."""
    command = [sys.executable, "-m", "broadsheet", "--config", folder / "broadsheet.toml", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and its time of change."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}
