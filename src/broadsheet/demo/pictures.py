"""The sample web's pictures: a name says what is painted, and gives the same bytes each time.

`sea-dusk-3-960x600.jpg` is the scene, the palette, a seed, and the size; nothing is stored.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import lru_cache
from random import Random

from PIL import Image

from broadsheet.demo.painting import nature, patterns, town
from broadsheet.demo.painting.canvas import Canvas
from broadsheet.demo.painting.palettes import PALETTES, Palette

Scene = Callable[[Canvas, Palette, Random], None]

SCENES: dict[str, Scene] = {
    "blocks": patterns.blocks,
    "bridge": town.bridge,
    "chart": patterns.chart,
    "garden": patterns.garden,
    "hills": nature.hills,
    "kites": town.kites,
    "lighthouse": town.lighthouse,
    "peaks": nature.peaks,
    "sea": nature.sea,
    "skyline": town.skyline,
    "stars": patterns.stars,
    "street": town.street,
    "table": town.table,
    "terraces": nature.terraces,
    "tiles": patterns.tiles,
    "waves": patterns.waves,
}

MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}

_NAME = re.compile(r"([a-z]+)-([a-z]+)-([0-9]{1,3})-([1-9][0-9]{1,3})x([1-9][0-9]{1,3})\.(jpg|png|webp)")
_MAX_SIDE = 1600


def paint(name: str) -> bytes | None:
    """The picture of that name as a file, `None` if there is none."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    scene, palette, seed, width, height, kind = match.groups()
    size = (int(width), int(height))
    if scene not in SCENES or palette not in PALETTES or max(size) > _MAX_SIDE:
        return None
    return _painted(scene, palette, int(seed), size, kind)


@lru_cache(maxsize=256)
def _painted(scene: str, palette: str, seed: int, size: tuple[int, int], kind: str) -> bytes:
    canvas = Canvas(*size)
    rng = Random(f"{scene} {palette} {seed}")  # noqa: S311 -- it paints
    SCENES[scene](canvas, PALETTES[palette], rng)
    return _encoded(canvas, kind)


def _encoded(canvas: Canvas, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "png":
        # 64 colours without grain: flat pictures stay small
        canvas.image.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    elif kind == "webp":
        canvas.finished().save(out, "WEBP", quality=72, method=0)
    else:
        canvas.finished().save(out, "JPEG", quality=78)
    return out.getvalue()
