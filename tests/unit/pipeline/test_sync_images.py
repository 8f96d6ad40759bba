"""The third stage of a sync: images are mirrored, tried again or given up."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from newsagent import DAY, HOUR, LONG, Newsagent, answer, item, rss, source
from PIL import Image

from broadsheet.errors import OutputError, SourceError
from broadsheet.fakes import Answer
from broadsheet.model import StoredMedia
from broadsheet.pipeline.report import FetchCounts

FEED = source().url
PICTURE = "https://img.example/fog.png"


def png(width: int = 40, height: int = 30) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "gray").save(file, "PNG")
    return file.getvalue()


def agent(folder: Path, picture: Answer, **fetch: object) -> Newsagent:
    feed = answer(rss(item("paper/1", html=f"<p>{LONG}</p><img src='{PICTURE}'>")))
    return Newsagent(folder, [source()], answers={FEED: feed, PICTURE: picture}, **fetch)


def state(news: Newsagent) -> tuple[StoredMedia | None, str | None]:
    found = news.archive.media([PICTURE])[PICTURE]
    return found.stored, found.error


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "media").rglob("*") if path.is_file()]


def test_an_image_is_mirrored_and_its_article_published_anew(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(png()))
    ledger = news.archive.ledger("site")
    report = news.sync()
    assert report.images == FetchCounts(fetched=1)
    stored, error = state(news)
    assert stored is not None
    assert (stored.width, stored.height, stored.mime, error) == (40, 30, "image/png", None)
    assert news.media.path(stored.name).read_bytes() == png()
    assert news.heard.began == [("sources", 1), ("images", 1)]
    assert news.fetcher.requests[-1].check_robots
    assert len(ledger.dirty()) == 1
    assert news.later(HOUR).images == FetchCounts()


@pytest.mark.parametrize("mode", ["link", "proxy"])
def test_images_are_left_alone_where_they_are_not_mirrored(tmp_path: Path, mode: str) -> None:
    news = agent(tmp_path, answer(png()))
    news.images(mode=mode)
    assert news.sync().images == FetchCounts()
    assert news.asked == [FEED]


@pytest.mark.parametrize(
    "picture",
    [
        answer(png(1, 1)),
        answer(png(2, 2)),
        answer(b"<html>not found</html>"),
        answer(png()[:-20]),
        answer(status=404),
        answer(status=403),
        SourceError("refused", "a private address"),
        SourceError("too_large", "larger than 10 MB"),
    ],
)
def test_what_is_no_picture_is_given_up_and_leaves_no_file(tmp_path: Path, picture: Answer) -> None:
    news = agent(tmp_path, picture)
    assert news.sync().images == FetchCounts(failed=1)
    stored, error = state(news)
    assert stored is None
    assert error
    assert files(tmp_path) == []
    news.later(30 * DAY)
    assert news.asked.count(PICTURE) == 1


@pytest.mark.parametrize(
    "picture",
    [
        answer(status=500),
        answer(b""),
        SourceError("robots", "robots.txt says no"),
        SourceError("timeout", "too slow"),
        SourceError("dns", "no such host"),
    ],
)
def test_an_image_that_may_come_later_is_tried_again_and_then_given_up(tmp_path: Path, picture: Answer) -> None:
    news = agent(tmp_path, picture)
    assert news.sync().images == FetchCounts(failed=1)
    assert state(news) == (None, None)
    for wait in (HOUR, 6 * HOUR, DAY, 3 * DAY):
        assert news.later(wait - timedelta(minutes=1)).images == FetchCounts()
        assert news.later(timedelta(minutes=1)).images == FetchCounts(failed=1)
    assert state(news)[1]
    assert news.asked.count(PICTURE) == 5


def test_a_later_try_may_succeed(tmp_path: Path) -> None:
    news = agent(tmp_path, SourceError("timeout", "too slow"))
    news.sync()
    news.fetcher.answers[PICTURE] = answer(png())
    assert news.later(HOUR).images == FetchCounts(fetched=1)
    assert state(news)[0] is not None


def test_the_limit_of_an_image_is_its_own(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(png()))
    news.images(limit_bytes=50)
    assert news.sync().images == FetchCounts(failed=1)


def test_what_the_patience_of_a_run_does_not_reach_waits(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(png()), patience_s=0.0)
    assert news.sync().images == FetchCounts(waiting=1)
    assert state(news) == (None, None)


def test_a_host_without_answers_is_left_to_a_later_run(tmp_path: Path) -> None:
    images = [f"https://dead.example/{number}.png" for number in range(20)]
    html = f"<p>{LONG}</p>" + "".join(f"<img src='{url}'>" for url in images) + f"<img src='{PICTURE}'>"
    dead: dict[str, Answer] = dict.fromkeys(images, SourceError("timeout", "too slow"))
    feed = answer(rss(item("paper/1", html=html)))
    news = Newsagent(tmp_path, [source()], answers={FEED: feed, PICTURE: answer(png()), **dead})
    assert news.sync().images == FetchCounts(fetched=1, failed=20)
    assert sum("dead" in url for url in news.asked) == 3


class Full:
    """A media store without room."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def put(self, _: bytes) -> StoredMedia:
        raise self.error


def test_a_full_disk_ends_the_sync_in_one_line_and_loses_no_image(tmp_path: Path) -> None:
    news = agent(tmp_path, answer(png()))
    news.media = Full(OutputError("media: no space left"))
    with pytest.raises(OutputError, match="no space left"):
        news.sync()
    assert state(news) == (None, None)


def test_a_bug_of_ours_costs_only_its_image(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    news = agent(tmp_path, answer(png()))
    news.media = Full(ZeroDivisionError("on purpose"))
    assert news.sync().images == FetchCounts(failed=1)
    assert "on purpose" in caplog.text
