"""One edition's way from its outbox to its folder: what is written, what is left alone, what is removed.

The order is what makes it safe: pages are journalled in the ledger (`plan`), then written whole, then recorded with
their digests (`written`); articles leave the outbox only when all of theirs is done (`settle`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, cast

import msgspec

from broadsheet.editions.base import Desk, Edition, MediaFile, Output, Remembered, Removal
from broadsheet.editions.names import folded
from broadsheet.errors import OutputError, PageError
from broadsheet.model import Page, Value
from broadsheet.ports import Ledger, MediaStore, Writer

BATCH = 500
BATCH_BYTES = 8_000_000
MOST_PROBLEMS = 100
"""Remembered from one run to the next; a folder full of somebody else's files needs no longer list."""

SAMPLES = 3
"""Pages that are looked for at each publish, to notice an emptied folder."""

FOLDER, FINGERPRINT, PROBLEMS, IMAGES = "publish.folder", "publish.fingerprint", "publish.problems", "publish.images"
"""What the ledger remembers for this module, beside the edition's own values."""

OWN, ADOPTED = "own", "adopted"
"""Whose files stand in a folder: an earlier archive published to an `ADOPTED` one, so its files may be replaced."""

Progress = Callable[[str, int], None]
"""Hears an edition's name and how many pages of it have been gone through."""

Printed = Page | MediaFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """An edition with its folders; `media` is the one beside it for images, where it has such a one."""

    edition: Edition
    pages: Writer
    media: Writer | None = None


class Problem(Value, frozen=True, kw_only=True):
    """A page that could not be written; it is tried again when its `blocker` has gone, or when it changes."""

    key: str
    message: str
    blocker: str | None = None


class EditionReport(Value, frozen=True, kw_only=True):
    """What became of one edition; mirrored images do not count as pages.

    Attributes:
        problems: pages that could not be written, one line each.
        error: why the edition could not be brought up to date, `None` if it was.
    """

    name: str
    pages_written: int = 0
    pages_removed: int = 0
    pages_total: int = 0
    images_written: int = 0
    problems: tuple[str, ...] = ()
    error: str | None = None


class _Blank:
    """A ledger that remembers no values: an edition that starts anew must not take its pages for written."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def get(self, key: str) -> None:
        """Nothing."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


class PressRun:
    """One edition's way through a publish."""

    def __init__(self, outlet: Outlet, ledger: Ledger, media: MediaStore, progress: Progress) -> None:
        self._edition = outlet.edition
        self._ledger = ledger
        self._media = media
        self._progress = progress
        self._folders = {"edition": outlet.pages, "media": outlet.media or outlet.pages}
        self._keys: dict[int, int] = {}  # hash of a yielded key as careless file systems see it -> hash of the key
        self._removals: list[str] = []
        self._values: dict[str, str] = {}
        self._problems: list[Problem] = []
        self._pages_written = self._pages_removed = self._images_written = self._handled = 0
        self._images_touched = False

    # -- the whole of it

    def bring_up_to_date(self, desk: Desk, identity: str) -> None:
        """Writes and removes what the outbox asks for, and empties it.

        Raises:
            OutputError: a folder cannot be used; the outbox stays as it was.
        """
        known_problems = self._known_problems()
        anew = self._open(identity, known_problems)
        dirty = self._ledger.dirty()
        ledger = cast("Ledger", _Blank(self._ledger)) if anew else self._ledger
        for batch in self._batches(self._edition.update(dirty, desk, ledger)):
            self._write(batch)
        self._remove(self._stale(dirty, anew=anew))
        if not anew:
            self._problems += [problem for problem in known_problems if not self._was_yielded(problem.key)]
        self._settle(dirty)

    def report(self, error: str | None) -> EditionReport:
        """What was done; after an error so far."""
        return EditionReport(
            name=self._edition.name,
            pages_written=self._pages_written,
            pages_removed=self._pages_removed,
            pages_total=self._ledger.count_pages() - int(self._ledger.get(IMAGES) or 0),
            images_written=self._images_written,
            problems=tuple(problem.message for problem in self._problems),
            error=error,
        )

    def _settle(self, dirty: Sequence[str]) -> None:
        kept = self._problems[:MOST_PROBLEMS]
        self._values[PROBLEMS] = msgspec.json.encode(kept).decode() if kept else ""
        self._values[FINGERPRINT] = self._edition.fingerprint()
        if self._images_touched:
            self._values[IMAGES] = str(sum(_is_image(key) for key in self._ledger.all_pages()))
        changed = {key: value for key, value in self._values.items() if (self._ledger.get(key) or "") != value}
        if dirty or changed:
            self._ledger.settle(dirty, values=changed)

    # -- folders

    def _open(self, identity: str, problems: Sequence[Problem]) -> bool:
        """Sees that the folders are there and ours; `True` if everything has to be rendered anew."""
        ledger = self._ledger
        marks = {writer: writer.look() for writer in dict.fromkeys(self._folders.values())}
        whose = ledger.get(FOLDER) or ""
        fresh = not whose
        if fresh:
            whose = ADOPTED if any(marks.values()) else OWN
        self._may_replace = whose == ADOPTED
        unmarked = [writer for writer, mark in marks.items() if mark != identity]
        for writer in unmarked:
            if marks[writer] is not None and not fresh:
                raise OutputError(
                    f"{writer.place}: another archive publishes there now; each needs a folder of its own"
                )
        anew = fresh or bool(unmarked) or ledger.get(FINGERPRINT) != self._edition.fingerprint()
        anew = anew or self._is_emptied() or any(self._is_free(problem) for problem in problems)
        if anew:
            self._begin_anew(whose, fresh=fresh)
        for writer in unmarked:
            writer.claim(identity)
        return anew

    def _is_emptied(self) -> bool:
        """Pages are missing: somebody cleaned the folder, but left hidden files like our mark."""
        samples = self._ledger.pages(list(islice(self._ledger.all_pages(), SAMPLES)))
        for key, digest in samples.items():
            writer, path = self._target(key)
            if digest and not writer.exists(path):
                return True
        return False

    def _begin_anew(self, whose: str, *, fresh: bool) -> None:
        if not fresh:
            self._ledger.all_dirty()
        self._ledger.settle([], values={FOLDER: whose, FINGERPRINT: ""})

    # -- problems

    def _known_problems(self) -> list[Problem]:
        text = self._ledger.get(PROBLEMS)
        return msgspec.json.decode(text, type=list[Problem]) if text else []

    def _is_free(self, problem: Problem) -> bool:
        """What was in the way of this page has gone."""
        if problem.blocker is None:
            return False
        writer, _ = self._target(problem.key)
        return not writer.exists(problem.blocker)

    def _complain(self, key: str, error: OutputError) -> None:
        blocker = error.blocker if isinstance(error, PageError) else None
        self._problems.append(Problem(key=key, message=str(error), blocker=blocker))

    # -- keys: a page's path; with a folder's name before it for images, so that they can be told apart

    def _target(self, key: str) -> tuple[Writer, str]:
        folder, colon, path = key.partition(":")
        return (self._folders[folder], path) if colon and folder in self._folders else (self._folders["edition"], key)

    def _note(self, key: str) -> bool:
        """Remembers that a key was yielded; `False` if another one is the same to a careless file system."""
        return self._keys.setdefault(_careless(key), hash(key)) == hash(key)

    def _was_yielded(self, key: str) -> bool:
        return self._keys.get(_careless(key)) == hash(key)

    # -- writing

    def _batches(self, outputs: Iterable[Output]) -> Iterator[dict[str, Printed]]:
        batch: dict[str, Printed] = {}
        size = 0
        for output in outputs:
            if isinstance(output, Remembered):
                self._values[output.key] = output.value
            elif isinstance(output, Removal):
                self._withdraw(output)
            elif self._admit(output):
                batch[_key(output)] = output
                size += len(output.content) if isinstance(output, Page) else 0
            if len(batch) >= BATCH or size >= BATCH_BYTES:
                yield batch
                batch, size = {}, 0
        if batch:
            yield batch

    def _admit(self, output: Printed) -> bool:
        key = _key(output)
        if isinstance(output, MediaFile):
            self._images_touched = True
            if self._was_yielded(key):
                return False  # many articles show the same image
        if not self._note(key):
            self._complain(key, PageError(f"{key}: another page has this name in other letters, upper or lower case"))
            return False
        return True

    def _write(self, batch: Mapping[str, Printed]) -> None:
        known = self._ledger.pages(list(batch))
        digests = {key: _digest(output) for key, output in batch.items()}
        todo = [key for key in batch if self._must_write(key, batch[key], known.get(key), digests[key])]
        if todo:
            self._ledger.plan([_journal(key, batch[key]) for key in todo])
            done = {key: digests[key] for key in todo if self._print(key, batch[key])}
            failed = [key for key in todo if key not in done and key not in known]
            self._ledger.written(done, removed=failed)
        self._handled += len(batch)
        self._progress(self._edition.name, self._handled)

    def _must_write(self, key: str, output: Printed, before: bytes | None, digest: bytes) -> bool:
        writer, path = self._target(key)
        try:
            if before == digest:
                size = writer.size_bytes(path)
                return size != len(output.content) if isinstance(output, Page) else not size
            if before is None and not self._may_replace and isinstance(output, Page):
                self._guard(writer, path, output.content)
        except PageError as error:
            self._complain(key, error)
            return False
        return True

    @staticmethod
    def _guard(writer: Writer, path: str, content: bytes) -> None:
        """Keeps a file that somebody else put there, unless it says the same."""
        if writer.exists(path) and not writer.same(path, content):
            text = (
                f"{writer.place}/{path}: kept, for Broadsheet did not write it; remove it to have this page published"
            )
            raise PageError(text, blocker=path)

    def _print(self, key: str, output: Printed) -> bool:
        writer, path = self._target(key)
        try:
            if isinstance(output, Page):
                writer.write(path, output.content)
                self._pages_written += 1
            else:
                writer.link(path, self._file(output))
                self._images_written += 1
        except PageError as error:
            self._complain(key, error)
            return False
        return True

    def _file(self, image: MediaFile) -> Path:
        try:
            return self._media.path(image.name)
        except OutputError as error:
            raise PageError(f"{image.path}: {error}") from error

    # -- removing

    def _withdraw(self, removal: Removal) -> None:
        """Takes an image away at once, since its edition may forget it as soon as it is asked for more; a page later.

        A page goes when all that is new is in its place; the ledger knows whose it is until then.
        """
        self._remove([f"{removal.root}:{removal.path}"])
        if removal.root == "edition":
            self._removals.append(removal.path)

    def _stale(self, dirty: Sequence[str], *, anew: bool) -> Iterator[str]:
        """Keys of what may have to go: what the edition named, and what it published before."""
        yield from self._removals
        if anew:
            yield from [key for key in self._ledger.all_pages() if not self._was_yielded(key)]
            return
        for ids in _chunks(dirty):
            for paths in self._ledger.pages_of(ids).values():
                yield from paths

    def _remove(self, stale: Iterable[str]) -> None:
        for keys in _chunks(key for key in stale if not self._was_yielded(key)):
            known = self._ledger.pages(keys)
            for key in known:
                self._take_down(key)
            if known:
                self._ledger.written({}, removed=list(known))

    def _take_down(self, key: str) -> None:
        writer, path = self._target(key)
        try:
            writer.remove(path)
        except PageError as error:
            self._complain(key, error)
            return
        if _is_image(key):
            self._images_touched = True
        else:
            self._pages_removed += 1


def _careless(key: str) -> int:
    """A hash of the key as file systems see it that do not tell upper from lower case."""
    return hash(key.lower() if key.isascii() else folded(key))


def _key(output: Printed) -> str:
    return output.path if isinstance(output, Page) else f"{output.root}:{output.path}"


def _is_image(key: str) -> bool:
    return ":" in key  # no page's path has one (see `writer`)


def _digest(output: Printed) -> bytes:
    content = output.content if isinstance(output, Page) else output.name.encode()
    return blake2b(content, digest_size=16).digest()


def _journal(key: str, output: Printed) -> Page:
    return output if isinstance(output, Page) else Page(path=key, content=b"")


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    keys = iter(keys)
    while chunk := list(islice(keys, BATCH)):
        yield chunk
