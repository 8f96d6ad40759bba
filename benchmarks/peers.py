"""What Broadsheet is measured against, as commands of their own: `python -m benchmarks.peers reader BASE FEEDS DIR`."""

import sys
from pathlib import Path


def reader(base: str, feeds: int, folder: Path) -> None:
    """lemon24/reader updating the feeds into its own database; it writes no posts and keeps no raw items."""
    from reader import make_reader

    with make_reader(str(folder / "reader.sqlite")) as store:
        for number in range(feeds):
            store.add_feed(f"{base}/feed/{number}")
        store.update_feeds(workers=10)
        print(store.get_entry_counts().total)


if __name__ == "__main__":
    {"reader": reader}[sys.argv[1]](sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
