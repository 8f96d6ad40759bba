"""Files of an edition: whole or not at all, inside their folder, and never over somebody else's.

What to write is not decided here. Temporary files have two fixed names in the edition's folder, so that a crash leaves
at most these, and the next run finds them without a search.
"""

# ruff: noqa: PTH102, PTH105, PTH106, PTH108, PTH116 - plain strings: a Path for each of thousands costs as much as writing

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from broadsheet.errors import OutputError, PageError
from broadsheet.model import Value

MARK = ".broadsheet.json"
PART = ".broadsheet-part"
LINK = ".broadsheet-link"
"""Never opened for writing: after a crash it may share its bytes with a file of the media store."""

MOST_CHARS = 1024
"""Of a path: systems take 1,024 to 4,096 bytes, and each folder on the way costs a call."""

_UNSAFE = re.compile(r"(?:^|/)[. ]*(?:/|$)|[\\:\x00-\x1f\x7f\ud800-\udfff]|^\.broadsheet")
"""Empty and dotted steps, drive letters, other separators, control characters, and our own names."""

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_ITS_OWN_FAULT = {errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR, errno.EILSEQ, errno.EINVAL, errno.ELOOP}
_NO_LINKS_HERE = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES}


class Mark(Value, frozen=True, kw_only=True):
    """What the hidden file in an edition's folder says."""

    about: str = "Broadsheet publishes into this folder. It touches only files that it wrote."
    edition: str
    archive: str


class FolderWriter:
    """A folder on disk that one edition is written to (see `ports.Writer`)."""

    def __init__(self, path: Path, *, edition: str) -> None:
        """Nothing is read or made before it is asked for."""
        self._root = os.path.abspath(path)  # noqa: PTH100 - a string: this is joined to thousands of names
        self._edition = edition
        self._known: set[str] = set()
        self._made: set[str] = set()

    @property
    def place(self) -> str:
        """The folder's absolute path."""
        return self._root

    def look(self) -> str | None:
        """The identity of the archive that publishes here; `None` if the folder or its mark is not there."""
        self._known.clear()
        self._made.clear()
        mark = self._read_mark()
        if mark is None:
            return None
        if mark.edition != self._edition:
            raise OutputError(
                f'{self._root}: belongs to the edition "{mark.edition}"; give "{self._edition}" a folder of its own'
            )
        self._sweep()
        return mark.archive

    def _read_mark(self) -> Mark | None:
        path = self._full(MARK)
        try:
            return msgspec.json.decode(Path(path).read_bytes(), type=Mark)
        except FileNotFoundError:
            return None
        except NotADirectoryError as error:
            raise OutputError(f"{self._root}: is not a folder") from error
        except OSError as error:
            raise self._error(MARK, error) from error
        except msgspec.DecodeError as error:
            raise OutputError(f"{path}: cannot be read; delete it if this folder is the edition's own") from error

    def _sweep(self) -> None:
        for name in (PART, LINK):
            if not os.path.lexists(self._full(name)):
                continue  # where nothing can be written, even removing what is not there is an error
            try:
                os.unlink(self._full(name))
            except OSError as error:
                raise self._error(name, error) from error

    def claim(self, identity: str) -> None:
        """Makes the folder and marks it as this edition's, published from the archive of this identity."""
        try:
            Path(self._root).mkdir(parents=True, exist_ok=True)
            mark = msgspec.json.format(msgspec.json.encode(Mark(edition=self._edition, archive=identity)), indent=2)
            self._put(self._full(MARK), mark + b"\n")
        except OSError as error:
            raise self._error("", error) from error
        self._known.clear()
        self._made.clear()

    def exists(self, path: str) -> bool:
        """Something is at this path, whoever put it there."""
        if self._folder_of(path) in self._made:
            return False  # made in this run, so nobody else's file is in it
        return self._stat(path) is not None

    def size_bytes(self, path: str) -> int | None:
        """The size of the plain file at this path; `None` if there is none."""
        status = self._stat(path)
        return status.st_size if status is not None and stat.S_ISREG(status.st_mode) else None

    def same(self, path: str, content: bytes) -> bool:
        """A plain file with exactly this content is at this path."""
        if self.size_bytes(path) != len(content):
            return False
        try:
            return Path(self._full(path)).read_bytes() == content
        except OSError as error:
            raise self._error(path, error) from error

    def _stat(self, path: str) -> os.stat_result | None:
        _check(path)
        try:
            return os.lstat(self._full(path))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._error(path, error) from error

    def write(self, path: str, content: bytes) -> None:
        """Puts a whole file there at once, making its folders."""
        _check(path)
        try:
            self._enter(path, make=True)
            self._put(self._full(path), content)
        except OSError as error:
            self._remove_empty(path)
            raise self._error(path, error) from error

    def link(self, path: str, file: Path) -> None:
        """Puts a file that another folder holds there, sharing its bytes where the system can."""
        _check(path)
        try:
            self._enter(path, make=True)
            self._link(self._full(path), file)
        except OSError as error:
            if not file.is_file():
                raise PageError(f"{path}: {file.name} is not in the media store") from error
            raise self._error(path, error) from error

    def remove(self, path: str) -> None:
        """Removes a file, if it is there, and the folders that this leaves empty."""
        _check(path)
        try:
            if not self._enter(path, make=False):
                return
            with suppress(FileNotFoundError, IsADirectoryError):
                os.unlink(self._full(path))
        except OSError as error:
            raise self._error(path, error) from error
        self._remove_empty(path)

    def _remove_empty(self, path: str) -> None:
        for folder in reversed(list(_folders(path))):
            try:
                os.rmdir(self._full(folder))
            except FileNotFoundError:
                pass
            except OSError:
                return
            self._known.discard(folder)
            self._made.discard(folder)

    # -- the folder's own names

    def _full(self, path: str) -> str:
        return f"{self._root}/{path}"

    @staticmethod
    def _folder_of(path: str) -> str:
        return path.rpartition("/")[0]

    def _enter(self, path: str, *, make: bool) -> bool:
        """Sees that all folders of a path are there and lead nowhere else; `False` if they are not there."""
        folder = self._folder_of(path)
        if not folder or folder in self._known:
            return True
        for step in _folders(path):
            if step in self._known:
                continue
            if not (self._make(step) if make else self._is_there(step)):
                return False
            self._known.add(step)
        return True

    def _make(self, folder: str) -> bool:
        try:
            os.mkdir(self._full(folder))
        except FileExistsError:
            return self._is_there(folder)
        self._made.add(folder)
        return True

    def _is_there(self, folder: str) -> bool:
        full = self._full(folder)
        try:
            mode = os.lstat(full).st_mode
        except FileNotFoundError:
            return False
        if stat.S_ISLNK(mode):
            inside = os.path.realpath(self._root) + os.sep
            if not os.path.realpath(full).startswith(inside):
                raise PageError(f"{full}: leads out of the edition's folder", blocker=folder)
            mode = os.stat(full).st_mode
        if not stat.S_ISDIR(mode):
            raise PageError(f"{full}: a file is where a folder should be", blocker=folder)
        return True

    # -- files

    def _put(self, full: str, content: bytes) -> None:
        part = self._full(PART)
        try:
            file = os.open(part, _NEW_FILE, 0o666)
        except FileExistsError:
            os.unlink(part)
            file = os.open(part, _NEW_FILE, 0o666)
        try:
            _write_all(file, content)
            os.replace(part, full)
        except BaseException:  # a signal too
            with suppress(OSError):
                os.unlink(part)
            raise

    def _link(self, full: str, file: Path) -> None:
        temporary = self._full(LINK)
        try:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            os.link(file, temporary)
        except OSError as error:
            if error.errno not in _NO_LINKS_HERE:
                raise
            self._put(full, file.read_bytes())
            return
        try:
            os.replace(temporary, full)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(temporary)  # a rename onto another name of the same file does nothing (POSIX)

    def _error(self, path: str, error: OSError) -> OutputError:
        text = f"{self._full(path).rstrip('/')}: {error.strerror or error}"
        if error.errno in _ITS_OWN_FAULT:
            return PageError(text, blocker=path if error.errno == errno.EISDIR else None)
        return OutputError(text)


def _check(path: str) -> None:
    if len(path) > MOST_CHARS:
        raise PageError(f"{path[:60]}…: a path of more than {MOST_CHARS} characters")
    if _UNSAFE.search(path):
        raise PageError(f"{path!r}: not a path inside an edition's folder")


def _folders(path: str) -> Iterator[str]:
    """The folders of a path, outermost first."""
    end = path.find("/")
    while end >= 0:
        yield path[:end]
        end = path.find("/", end + 1)


def _write_all(file: int, content: bytes) -> None:
    try:
        written = os.write(file, content)
        while written < len(content):  # a full disk or a signal may take only a part
            written += os.write(file, content[written:])
    finally:
        os.close(file)
