"""Ports without a network, for tests of whoever uses Broadsheet; held to the same contracts as the real ones."""

from collections.abc import Callable, Mapping

import msgspec

from broadsheet.errors import SourceError
from broadsheet.model import FetchRequest, FetchResponse, Redirect

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 10

Answer = FetchResponse | SourceError | Callable[[FetchRequest], FetchResponse]


class FakeFetcher:
    """Answers from a table of URLs; an unknown one is a host that does not exist.

    A response with an ETag or Last-Modified becomes a 304 for a request that has it already; one with a Location is
    followed. `requests` lists what was asked, oldest first.
    """

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers: dict[str, Answer] = dict(answers)
        self.requests: list[FetchRequest] = []

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        """The answer for the request's URL.

        Raises:
            SourceError: the table says so, or knows no answer, or the answer is too large.
        """
        self.requests.append(request)
        url = request.url
        redirects: list[Redirect] = []
        while location := _location(response := self._answer(request, url)):
            if len(redirects) >= _MOST_REDIRECTS or location in {url, request.url, *(hop.url for hop in redirects)}:
                raise SourceError("redirect", "redirects in a circle")
            redirects.append(Redirect(status=response.status, url=location))
            url = location
        if len(response.body) > request.limit_bytes:
            raise SourceError("too_large", f"larger than {request.limit_bytes} bytes")
        return msgspec.structs.replace(response, url=url, redirects=(*redirects, *response.redirects))

    async def close(self) -> None:
        """Does nothing: there is nothing to let go of."""

    def _answer(self, request: FetchRequest, url: str) -> FetchResponse:
        answer = self.answers.get(url)
        if answer is None:
            raise SourceError("dns", f"no such host: {url}")
        if isinstance(answer, SourceError):
            raise SourceError(answer.kind, str(answer), retry_after_s=answer.retry_after_s)
        response = answer if isinstance(answer, FetchResponse) else answer(request)
        if _has_it_already(request, response):
            return msgspec.structs.replace(response, status=304, body=b"", wire_bytes=0)
        return response


def _location(response: FetchResponse) -> str | None:
    return response.headers.get("location") if response.status in _REDIRECTS else None


def _has_it_already(request: FetchRequest, response: FetchResponse) -> bool:
    asked, has = request.validators, response.validators
    if asked.etag is not None:
        return asked.etag == has.etag
    return asked.last_modified is not None and asked.last_modified == has.last_modified
