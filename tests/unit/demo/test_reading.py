"""What Broadsheet itself makes of the sample web, without a network: nothing is lost, and nothing unclean is kept."""

from datetime import UTC
from pathlib import Path

import pytest

from broadsheet.clean import clean
from broadsheet.config import read
from broadsheet.demo import expected, sample_config, sources
from broadsheet.demo.stories import SampleSource
from broadsheet.demo.web import LAST_GENERATION, respond
from broadsheet.feeds import parse

BASE = "http://127.0.0.1:4321"
ALIVE = tuple(source for source in sources() if not source.failing)


@pytest.mark.parametrize("generation", range(1, LAST_GENERATION + 1))
@pytest.mark.parametrize("source", ALIVE, ids=lambda source: source.key)
def test_every_entry_is_read_as_it_was_written(source: SampleSource, generation: int) -> None:
    parsed = parse(respond(source.path, base_url=BASE, generation=generation).body, url=f"{BASE}{source.path}")
    assert (parsed.problems, parsed.fatal) == ((), None)
    assert (parsed.feed.title, parsed.feed.format) == (source.title, source.format)
    for entry, story in zip(parsed.feed.entries, source.stories_at(generation), strict=True):
        assert (entry.title, entry.link) == (story.title, source.link_of(story, BASE))
        assert entry.published == (story.date and story.date.astimezone(UTC))
        assert entry.authors == ((story.author,) if story.author else ())
        assert entry.license in (story.license, source.license)


@pytest.mark.parametrize("source", [source for source in ALIVE if not source.served], ids=lambda source: source.key)
def test_every_hidden_image_is_found_and_every_tracker_dropped(source: SampleSource) -> None:
    parsed = parse(respond(source.path, base_url=BASE).body, url=f"{BASE}{source.path}")
    for entry, story in zip(parsed.feed.entries, source.stories_at(1), strict=True):
        cleaned = clean(entry.html, base=entry.base, title=entry.title)
        assert len(cleaned.images) == story.body.count("@picture")
        assert all(image.url.startswith(f"{BASE}/images/") for image in cleaned.images)
        assert not any(mark in cleaned.html for mark in ("metrics.example", "<script", "blank.gif", "data:"))


def test_the_sample_configuration_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "broadsheet.toml"
    path.write_text(sample_config(BASE), encoding="utf-8")
    settings = read(path)
    assert [source.key for source in settings.sources] == [source.key for source in sources()]
    assert len(settings.sources) == expected(1).sources
    assert {edition.name for edition in settings.editions} == {"site", "hexo"}
