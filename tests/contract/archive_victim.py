"""A process that fills an archive and tells of each batch once it is there; made to be killed."""

import sys
from collections.abc import Iterator

from archive_samples import HOUR, NOW, changes, page_fetch, sources, write

from broadsheet.archive import open_archive
from broadsheet.model import Changes

BATCHES = 24


def batches() -> Iterator[list[Changes]]:
    """New articles, edits and pending pages of six sources, in four rounds."""
    for number in range(BATCHES):
        source, fetch = number % 6, number // 6
        at = NOW + number * HOUR
        new = [write(source, fetch * 10 + n, first_seen=at, images=(f"https://i.example/{n}.png",)) for n in range(10)]
        edits = [
            write(source, n, text=f"Edit {number} of {n}", changed_at=at, changed=("text",))
            for n in range(fetch * 10)[:4]
        ]
        pages = [page_fetch(source, fetch * 10, at=at)]
        yield [changes(source, new, edits=edits, pages=pages, at=at)]


def main(file: str) -> None:
    """Applies every batch, whether it was applied before or not."""
    archive = open_archive(file)
    archive.register(sources(6), now=NOW)
    archive.ledger("site")
    for number, batch in enumerate(batches()):
        if archive.apply(batch) != [None]:
            raise SystemExit("a batch does not fit")
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    archive.close()


if __name__ == "__main__":
    main(sys.argv[1])
