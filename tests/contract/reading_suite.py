"""What every archive must give back to readers: lists, single articles, the log, and what a search finds."""

import msgspec
import pytest
from archive_samples import (
    DAY,
    HOUR,
    NOW,
    article_id,
    changes,
    first_fetch,
    quiet,
    sighting,
    source,
    sources,
    write,
)
from archive_suite import Filled, found, ids

from broadsheet.errors import ArchiveError
from broadsheet.ports import Archive, ArticleFilter
from broadsheet.tokens import query_text


class ReadingSuite(Filled):
    """Reading and searching."""

    def test_articles_in_the_order_asked_for(self, filled: Archive) -> None:
        wanted = ids((1, 1), (0, 2), (9, 9), (0, 0), (1, 1))
        assert [article.id for article in filled.articles(wanted)] == ids((1, 1), (0, 2), (0, 0), (1, 1))
        assert [record.article.id for record in filled.records(wanted)] == ids((1, 1), (0, 2), (0, 0), (1, 1))
        assert filled.articles([]) == []
        assert list(filled.records([])) == []

    def test_lists_are_newest_first_by_date(self, archive: Archive) -> None:
        archive.register([source(0, section=("A", "B")), source(1, section=("A",)), source(2, section=("B",))], now=NOW)
        archive.apply(
            [
                changes(0, [write(0, 0, published=NOW - 3 * DAY), write(0, 1), write(0, 2, published=NOW - DAY)]),
                changes(1, [write(1, 0, published=NOW - 2 * DAY)]),
                msgspec.structs.replace(quiet(2), sightings=(sighting(2, 0, write(1, 0)),)),
            ]
        )

        def listed(**wanted: object) -> list[str]:
            return [article.id for article in archive.list_articles(ArticleFilter(**wanted))]  # type: ignore[arg-type]

        assert listed() == ids((0, 1), (0, 2), (1, 0), (0, 0))
        assert listed(limit=2) == ids((0, 1), (0, 2))
        assert listed(limit=0) == []
        assert listed(since=NOW - 2 * DAY) == ids((0, 1), (0, 2), (1, 0))
        assert listed(source_key="source-2") == ids((1, 0))
        assert listed(section=("A", "B")) == ids((0, 1), (0, 2), (0, 0))
        assert listed(section=("A",), since=NOW - 2 * DAY, limit=2) == ids((0, 1), (0, 2))
        assert listed(section=("B",)) == ids((1, 0))
        assert listed(section=("nowhere",)) == []

    def test_arrivals_go_on_where_they_left_off(self, filled: Archive) -> None:
        found = filled.arrivals(after=0, limit=2)
        assert [article.arrival for article in found] == sorted(article.arrival for article in found)
        found += filled.arrivals(after=found[-1].arrival, limit=1000)
        assert len({article.id for article in found}) == len(found) == filled.counts().articles
        assert filled.arrivals(after=found[-1].arrival, limit=1000) == []

    def test_find_by_id_beginning_or_url(self, filled: Archive) -> None:
        wanted = article_id(0, 1)
        assert filled.find(wanted) == [wanted]
        assert filled.find(f" {wanted.upper()} ") == [wanted]
        assert filled.find(wanted[:6]) == [wanted]
        assert filled.find(wanted[:3]) == []
        assert filled.find("https://site0.example/1") == [wanted]
        assert filled.find("https://site0.example/1?utm_source=feed") == [wanted]
        assert filled.find("HTTPS://SITE0.example:443/1#top") == [wanted]
        assert filled.find("https://nobody.example/") == []
        assert filled.find("") == []
        with pytest.raises(ArchiveError, match="surrogates"):
            filled.find("https://site0.example/\udcff")
        other = sighting(2, 0, write(0, 1))
        other = msgspec.structs.replace(other, url="https://mirror.example/a")
        filled.apply([msgspec.structs.replace(quiet(2), sightings=(other,))])
        assert filled.find("https://mirror.example/a") == [wanted]

    def test_the_log_is_newest_first(self, filled: Archive) -> None:
        filled.apply([quiet(0, at=NOW + HOUR), quiet(1, at=NOW + HOUR)])
        lines = filled.fetch_log(source_key=None, limit=3)
        assert [line.at for line in lines] == [NOW + HOUR, NOW + HOUR, NOW]
        assert filled.fetch_log(source_key="source-0", limit=9) == [quiet(0, at=NOW + HOUR).log, first_fetch(0, 3).log]
        assert filled.fetch_log(source_key="nobody", limit=9) == []

    def test_search_finds_every_pair_of_characters(self, archive: Archive) -> None:
        archive.register(sources(1), now=NOW)
        sentence = "北京市民樂團週末在國家大劇院演出貝多芬第九交響曲。テレビでも見た！서울에서도⼀⺀𠮷野家"
        archive.apply([changes(0, [write(0, 0, text=sentence), write(0, 1, text="別的文章，没有关系")])])
        runs = "北京市民樂團週末在國家大劇院演出貝多芬第九交響曲", "テレビでも見た", "서울에서도一⺀𠮷野家"
        for run in runs:
            for size in (1, 2, 3, 4):
                for start in range(len(run) - size + 1):
                    assert found(archive, run[start : start + size]) == ids((0, 0)), run[start : start + size]
        assert found(archive, "京北") == []
        assert found(archive, "文章") == ids((0, 1))

    def test_search_folds_case_and_accents_and_ranks_the_best_first(self, archive: Archive) -> None:
        archive.register(sources(1), now=NOW)
        long = "padding words without meaning " * 30
        archive.apply(
            [
                changes(
                    0,
                    [
                        write(0, 0, title="Other", text=f"{long} café {long}"),
                        write(0, 1, title="Café culture", text="CAFÉ café"),
                        write(0, 2, title="Same", text="tie one", published=NOW - DAY),
                        write(0, 3, title="Same", text="tie two", published=NOW),
                    ],
                )
            ]
        )
        assert found(archive, "cafe") == ids((0, 1), (0, 0))
        assert found(archive, "tie") == ids((0, 3), (0, 2))
        assert len(archive.search(query_text("same"), limit=1)) == 1
        assert archive.search("", limit=5) == []
        assert found(archive, '"; DROP TABLE articles; --') == []
        assert found(archive, "title:x AND (NEAR") == []
