"""Serves the sample web on loopback, in a thread of its own, until its context ends."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

from aiohttp import web

from broadsheet.demo.web import SampleResponse, generation_for, respond

_START_TIMEOUT_S = 10


class SampleWeb:
    """The sample web at an address of its own: `with SampleWeb() as web: web.url`.

    A reader that shows the ETag of a feed's first generation gets the second, unless `generation` fixes one for all.

    Attributes:
        url: where it is, without a slash at the end; only known while it runs.
        generation: what everybody gets; `None` lets the ETag decide. May be set while it runs.
        requests: the paths that were asked for, in order.
    """

    def __init__(self, *, port: int = 0, generation: int | None = None) -> None:
        self.url = ""
        self.generation = generation
        self.requests: list[str] = []
        self._port = port
        self._failure: BaseException | None = None
        self._started = threading.Event()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="sample-web", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._started.wait(_START_TIMEOUT_S) and self._failure is None:
            self._failure = TimeoutError("the sample web did not start")
        if self._failure is not None:
            raise OSError(f"the sample web cannot be served: {self._failure}") from self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_START_TIMEOUT_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 -- told to whoever waits in __enter__
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.5)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", self._port)
            await site.start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}"
            self._started.set()
            await self._stop.wait()
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"allow": "GET, HEAD"})
        self.requests.append(request.path)
        # painting takes some time, so not on the loop
        answer = await asyncio.to_thread(self._respond, request.path, request.headers.get("If-None-Match"))
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    def _respond(self, path: str, validator: str | None) -> SampleResponse:
        generation = generation_for(path, validator) if self.generation is None else self.generation
        return respond(path, base_url=self.url, generation=generation, if_none_match=validator)
