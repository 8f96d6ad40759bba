"""A real RSSHub in a process of its own, on a loopback port."""

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

SERVE = Path(__file__).parent / "rsshub" / "serve.mjs"


class RssHub:
    """The running server; `url` is what routes are relative to."""

    def __init__(self, node: Path, package: Path) -> None:
        self.url = ""
        self.lines: list[str] = []
        self._ready = threading.Event()
        self._process = subprocess.Popen(
            [node, SERVE, package],
            cwd=package,
            env=os.environ | {"NODE_ENV": "production", "NO_LOGFILES": "true", "TZ": "UTC"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith("ready "):
                self.url = f"http://127.0.0.1:{int(line.split()[1])}"
                self._ready.set()
        self._ready.set()

    def wait_until_ready(self, seconds: float) -> None:
        """Returns when it answers; fails with its last words when it does not in time."""
        self._ready.wait(seconds)
        assert self.url, "\n".join(["RSSHub did not start:", *self.lines[-20:]])

    def stop(self) -> None:
        """Ends it, kindly first."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._reader.join(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def get(self, route: str) -> tuple[int, bytes]:
        """The status and body of a route."""
        try:
            with urlopen(self.url + route, timeout=30) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

    def namespaces(self) -> dict[str, Any]:
        """The catalogue of routes."""
        status, body = self.get("/api/namespace")
        assert status == 200
        catalogue: dict[str, Any] = json.loads(body)
        return catalogue
