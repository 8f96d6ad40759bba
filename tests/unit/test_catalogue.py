"""RSSHub's route catalogue, read and chosen from."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.catalogue import Route, UnreadableCatalogueError, chosen, read_catalogue
from broadsheet.model import Source

HUB = "http://127.0.0.1:1200"
CATALOGUE = {
    "zaker": {
        "name": "ZAKER",
        "categories": ["new-media"],
        "routes": {
            "/source/:id": {"name": "Source", "example": "/zaker/source/1", "zh": {"name": "订阅源"}},
            "/channel/:id?": {"name": "  Hot   \n channel ", "example": "/zaker/channel/2", "categories": ["top"]},
            "/secret": {"name": "No example"},
        },
    },
    "fog": {"name": "Fog", "zh": {"name": "雾报"}, "routes": {"/": {"example": "/fog"}}},
}


def read(document: object, language: str = "en") -> list[Route]:
    return read_catalogue(msgspec.json.encode(document), language=language)


def sections(routes: list[Route]) -> dict[str, tuple[str, ...]]:
    return {route.example: route.section for route in routes}


def test_every_route_with_an_example_is_read() -> None:
    routes = read(CATALOGUE)
    assert [(route.namespace, route.pattern, route.example) for route in routes] == [
        ("/zaker", "/zaker/source/:id", "/zaker/source/1"),
        ("/zaker", "/zaker/channel/:id?", "/zaker/channel/2"),
        ("/fog", "/fog/", "/fog"),
    ]
    assert sections(routes) == {
        "/zaker/source/1": ("new-media", "ZAKER", "Source"),
        "/zaker/channel/2": ("top", "ZAKER", "Hot channel"),
        "/fog": ("other", "Fog", "Fog"),
    }


def test_chinese_sites_get_chinese_names_where_there_are_some() -> None:
    assert sections(read(CATALOGUE, "zh-CN")) == {
        "/zaker/source/1": ("new-media", "ZAKER", "订阅源"),
        "/zaker/channel/2": ("top", "ZAKER", "Hot channel"),
        "/fog": ("other", "雾报", "雾报"),
    }


@pytest.mark.parametrize(
    ("namespace", "section"),
    [
        ({}, ("other", "odd", "r")),
        ({"name": ""}, ("other", "odd", "r")),
        ({"name": ["x"], "zh": "x"}, ("other", "odd", "r")),
        ({"categories": []}, ("other", "odd", "r")),
        ({"categories": "all"}, ("other", "odd", "r")),
        ({"categories": [1]}, ("other", "odd", "r")),
        ({"categories": [""]}, ("other", "odd", "r")),
    ],
)
def test_what_a_namespace_leaves_out_is_filled_in(namespace: dict[str, object], section: tuple[str, ...]) -> None:
    (route,) = read({"odd": {**namespace, "routes": {"/r": {"example": "/odd/r"}}}})
    assert route.section == section


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"a": None},
        {"a": {"routes": None}},
        {"a": {"routes": []}},
        {"a": {"routes": {"/r": None}}},
        {"a": {"routes": {"/r": {"example": 3}}}},
        {"a": {"routes": {"/r": {"example": "https://elsewhere.example/"}}}},
    ],
)
def test_what_has_no_example_path_is_left_out(document: object) -> None:
    assert read(document) == []


@pytest.mark.parametrize(
    ("body", "why"), [(b"", "is not JSON"), (b"<html>", "is not JSON"), (b"[]", "is not a table of namespaces")]
)
def test_what_is_no_catalogue_says_why(body: bytes, why: str) -> None:
    with pytest.raises(UnreadableCatalogueError, match=why):
        read_catalogue(body, language="en")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "/", "/a/b", "name", "zh"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["routes", "example", "name", "zh", "categories", "/r"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["a", "b"]), JSON))
def test_any_table_can_be_read(document: dict[str, object]) -> None:
    for route in read(document, "zh"):
        assert route.example.startswith("/")
        assert all(route.section)


def picked(*select: str, section: tuple[str, ...] = ()) -> tuple[list[Source], list[str]]:
    return chosen(read(CATALOGUE), select, hub=HUB, section=section)


@pytest.mark.parametrize(
    ("wanted", "refs"),
    [
        ("/zaker", ["/zaker/source/1", "/zaker/channel/2"]),
        ("zaker/", ["/zaker/source/1", "/zaker/channel/2"]),
        ("/zaker/source/:id", ["/zaker/source/1"]),
        ("/zaker/source/1", ["/zaker/source/1"]),
        ("/fog", ["/fog"]),
    ],
)
def test_routes_are_chosen_by_namespace_pattern_or_example(wanted: str, refs: list[str]) -> None:
    sources, unmatched = picked(wanted)
    assert [source.ref for source in sources] == refs
    assert unmatched == []


def test_a_chosen_route_is_a_source_of_the_instance() -> None:
    sources, _ = picked("/zaker/source/1", section=("中文",))
    assert sources == [
        Source(
            key="/zaker/source/1",
            ref="/zaker/source/1",
            url="http://127.0.0.1:1200/zaker/source/1",
            section=("中文", "new-media", "ZAKER", "Source"),
        )
    ]


def test_nothing_is_chosen_twice_and_what_means_nothing_is_told() -> None:
    sources, unmatched = picked("/zaker", "/zaker/source/1", "/zakre", "/zaker/source")
    assert len(sources) == 2
    assert unmatched == ["/zakre", "/zaker/source"]
