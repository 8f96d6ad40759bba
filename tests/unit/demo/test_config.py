"""The sample configuration: TOML that names every source with a key of its own."""

import tomllib

from broadsheet.demo import sample_config, sources


def test_names_every_source_and_the_editions() -> None:
    config = tomllib.loads(sample_config("http://127.0.0.1:4321"))
    assert [source["key"] for source in config["sources"]] == [source.key for source in sources()]
    assert all(source["url"].startswith("http://127.0.0.1:4321/") for source in config["sources"])
    assert config["sources"][0]["section"] == ["City", "Port Ellery Courier"]
    assert config["editions"] == {
        "site": {"path": "public"},
        "hexo": {"path": "blog/source/_posts", "theme": "volantis"},
    }


def test_only_its_own_host_may_be_private() -> None:
    fetch = tomllib.loads(sample_config("http://127.0.0.1:4321"))["fetch"]
    assert fetch["allow_private"] == ["127.0.0.1:4321"]
    assert fetch["hosts"] == {"127.0.0.1:4321": {"per_host": 8, "host_delay": "0s"}}
