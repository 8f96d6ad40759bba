"""Sample pictures: each scene in each kind, the same each time, small, and never for a name that means nothing."""

import io

import pytest
from PIL import Image

from broadsheet.demo.painting.palettes import PALETTES
from broadsheet.demo.pictures import SCENES, _painted, paint


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_every_scene_is_painted_small_and_not_plain(scene: str) -> None:
    body = paint(f"{scene}-dusk-1-960x600.jpg")
    assert body is not None
    assert 8_000 < len(body) < 110_000
    with Image.open(io.BytesIO(body)) as image:
        assert (image.size, image.format) == ((960, 600), "JPEG")
        assert all(high - low > 90 for low, high in image.getextrema())


@pytest.mark.parametrize("palette", sorted(PALETTES))
def test_every_palette_paints(palette: str) -> None:
    assert paint(f"hills-{palette}-2-200x125.jpg")


@pytest.mark.parametrize(("kind", "name"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_kinds(kind: str, name: str) -> None:
    body = paint(f"chart-jade-3-320x200.{kind}")
    assert body is not None
    with Image.open(io.BytesIO(body)) as image:
        assert image.format == name


def test_the_same_name_gives_the_same_bytes_without_a_cache() -> None:
    first = paint("sea-dawn-4-300x200.jpg")
    _painted.cache_clear()
    assert paint("sea-dawn-4-300x200.jpg") == first
    assert paint("sea-dawn-5-300x200.jpg") != first


def test_any_shape_can_be_painted() -> None:
    for scene in SCENES:
        assert paint(f"{scene}-rose-7-10x10.png")
        assert paint(f"{scene}-rose-7-97x301.png")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "sea.jpg",
        "sea-dusk-1-960x600",
        "sea-dusk-1-960x600.gif",
        "sea-dusk-1-1700x600.jpg",
        "sea-dusk-1-0x0.jpg",
        "sea-dusk-1-00x00.jpg",
        "sea-dusk-1-00x50.jpg",
        "moon-dusk-1-96x60.jpg",
        "sea-blue-1-96x60.jpg",
        "../sea-dusk-1-96x60.jpg",
        "sea-dusk-١-96x60.jpg",
    ],
)
def test_other_names_mean_nothing(name: str) -> None:
    assert paint(name) is None
