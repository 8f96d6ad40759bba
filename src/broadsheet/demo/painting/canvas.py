"""A canvas that takes smooth-edged shapes, gradients, glows and noise; positions are fractions of width and height.

What the pictures show is in the scenes; nothing here knows of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from random import Random
from typing import Any, cast

from PIL import Image, ImageChops, ImageDraw

Colour = tuple[int, int, int]
Fill = Colour | tuple[Colour, Colour]
"""One colour, or those at the top and at the bottom of what is filled."""
Point = tuple[float, float]

_OVERSAMPLING = 2
_GRAIN = 3
_RIM = 178  # what Pillow's radial gradient has reached in the middle of an edge


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour that is `share` of the way from the first to the second."""
    return (
        round(first[0] + (second[0] - first[0]) * share),
        round(first[1] + (second[1] - first[1]) * share),
        round(first[2] + (second[2] - first[2]) * share),
    )


def smooth_noise(rng: Random, size: tuple[int, int], cells: tuple[int, int]) -> Image.Image:
    """An image of soft hills and hollows, 0 to 255 in floats; `cells` of them across and down, with finer detail."""
    coarse = _cells(rng, cells).resize((cells[0] * 2, cells[1] * 2), Image.Resampling.BICUBIC)
    return Image.blend(coarse, _cells(rng, coarse.size), 0.3).convert("F").resize(size, Image.Resampling.BICUBIC)


def _cells(rng: Random, cells: tuple[int, int]) -> Image.Image:
    return Image.frombytes("L", cells, rng.randbytes(cells[0] * cells[1]))


def ridge(rng: Random, *, base: float, height: float, waves: float = 2.0, rough: float = 0.5) -> list[Point]:
    """The line of a range of hills from left to right, from a few waves of falling size."""
    parts = [
        (height * rough**octave, waves * 2**octave * rng.uniform(0.8, 1.2), rng.uniform(0, math.tau))
        for octave in range(5)
    ]
    line = []
    for step in range(161):
        x = step / 160
        line.append((x, base - sum(size * math.sin(math.tau * rate * x + phase) for size, rate, phase in parts)))
    return line


def down_to(line: Sequence[Point], bottom: float = 1.01) -> list[Point]:
    """The area between a line and the bottom."""
    return [*line, (line[-1][0], bottom), (line[0][0], bottom)]


def height_at(line: Sequence[Point], x: float) -> float:
    """The y of an evenly spaced line at x."""
    return line[min(len(line) - 1, max(0, round(x * (len(line) - 1))))][1]


def curve(start: Point, control: Point, end: Point, steps: int = 18) -> list[Point]:
    """Points on a quadratic Bezier curve."""
    points = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append((a * start[0] + b * control[0] + c * end[0], a * start[1] + b * control[1] + c * end[1]))
    return points


class Pen:
    """Notes what is to be drawn into one mask; radii and line widths are fractions of the picture's height."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._width, self._height = size
        self._strokes: list[tuple[str, list[Point], dict[str, Any]]] = []
        self._low = [float(self._width), float(self._height)]
        self._high = [0.0, 0.0]
        self.aspect = self._width / self._height

    def polygon(self, points: Sequence[Point], shade: int = 255) -> None:
        """Fills an area."""
        self._note("polygon", self._scaled(points), 1, {"fill": shade})

    def line(self, points: Sequence[Point], width: float, shade: int = 255) -> None:
        """Draws a line with round joints."""
        pixels = max(1, round(width * self._height))
        self._note("line", self._scaled(points), pixels, {"fill": shade, "width": pixels, "joint": "curve"})

    def ellipse(self, x: float, y: float, rx: float, ry: float | None = None, shade: int = 255) -> None:
        """Fills a disc, or an ellipse if `ry` is given."""
        self._note("ellipse", self._box(x, y, rx, rx if ry is None else ry), 1, {"fill": shade})

    def ring(self, x: float, y: float, radius: float, width: float, shade: int = 255) -> None:
        """Draws a circle."""
        pixels = max(1, round(width * self._height))
        self._note("ellipse", self._box(x, y, radius, radius), pixels, {"outline": shade, "width": pixels})

    def rectangle(self, left: float, top: float, right: float, bottom: float, shade: int = 255) -> None:
        """Fills an upright rectangle."""
        (x0, y0), (x1, y1) = self._scaled([(left, top), (right, bottom)])
        self._note("rectangle", [(x0, y0), (max(x0, x1), max(y0, y1))], 1, {"fill": shade})

    def mask(self) -> tuple[Image.Image, tuple[int, int]] | None:
        """What was drawn, its edges smoothed, and the place of its corner; `None` if nothing is in the picture."""
        left, top = (max(0, math.floor(low / _OVERSAMPLING)) for low in self._low)
        right, bottom = (math.ceil(high / _OVERSAMPLING) for high in self._high)
        right, bottom = min(right, self._width // _OVERSAMPLING), min(bottom, self._height // _OVERSAMPLING)
        if right <= left or bottom <= top:
            return None
        mask = Image.new("L", ((right - left) * _OVERSAMPLING, (bottom - top) * _OVERSAMPLING))
        draw, x0, y0 = ImageDraw.Draw(mask), left * _OVERSAMPLING, top * _OVERSAMPLING
        for kind, points, options in self._strokes:
            getattr(draw, kind)([(x - x0, y - y0) for x, y in points], **options)
        return mask.reduce(_OVERSAMPLING), (left, top)

    def _note(self, kind: str, points: list[Point], margin: int, options: dict[str, Any]) -> None:
        self._strokes.append((kind, points, options))
        for x, y in points:
            self._low = [min(self._low[0], x - margin), min(self._low[1], y - margin)]
            self._high = [max(self._high[0], x + margin), max(self._high[1], y + margin)]

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._width, y * self._height) for x, y in points]

    def _box(self, x: float, y: float, rx: float, ry: float) -> list[Point]:
        cx, cy, rx, ry = x * self._width, y * self._height, rx * self._height, ry * self._height
        return [(cx - rx, cy - ry), (cx + rx, cy + ry)]


class Canvas:
    """A picture being painted, from the back to the front."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height))
        self.size = (width, height)
        self.aspect = width / height

    def wash(self, stops: Sequence[Colour], *, top: float = 0.0, bottom: float = 1.0) -> None:
        """Covers a band of the whole width with a gradient through the given colours."""
        y0, y1 = round(top * self.size[1]), round(bottom * self.size[1])
        self.image.paste(_gradient(tuple(stops), (self.size[0], y1 - y0)), (0, y0))

    @contextmanager
    def ink(self, fill: Fill, opacity: float = 1.0) -> Iterator[Pen]:
        """Gives a pen, and afterwards fills with `fill` what it drew, edges smoothed."""
        pen = Pen((self.size[0] * _OVERSAMPLING, self.size[1] * _OVERSAMPLING))
        yield pen
        drawn = pen.mask()
        if drawn is None:
            return
        mask, place = drawn
        if opacity < 1:
            mask = mask.point([round(value * opacity) for value in range(256)])
        self.image.paste(_painted(fill, mask.size), place, mask)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fills a disc: quicker than `ink` where there are hundreds."""
        mask = _disc(max(1, round(2 * radius * self.size[1])))
        left, top = round(x * self.size[0]) - mask.size[0] // 2, round(y * self.size[1]) - mask.size[1] // 2
        self.image.paste(colour, (left, top), mask)

    def area(self, points: Sequence[Point], colour: Colour) -> None:
        """Fills an area at once, without smoothing: for pictures of many hundred areas."""
        scaled = [(x * self.size[0], y * self.size[1]) for x, y in points]
        ImageDraw.Draw(self.image).polygon(scaled, fill=colour)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Lights up what is around a point, fading out at `radius` (a fraction of the height)."""
        size = max(2, round(2 * radius * self.size[1]))
        light = _glow(size, strength)
        self.image.paste(colour, (round(x * self.size[0]) - size // 2, round(y * self.size[1]) - size // 2), light)

    def haze(
        self, rng: Random, colour: Colour, *, cells: tuple[int, int], strength: float, top: float = 0, bottom: float = 1
    ) -> None:
        """Lays soft clouds over a band; they fade out towards its upper and lower edge."""
        small = (max(8, self.size[0] // 8), max(8, round((bottom - top) * self.size[1]) // 8))
        clouds = smooth_noise(rng, small, cells).convert("L").point([_cloud(value, strength) for value in range(256)])
        fade = Image.linear_gradient("L").resize(small).point([_arch(value) for value in range(256)])
        height = round((bottom - top) * self.size[1])
        mask = ImageChops.multiply(clouds, fade).resize((self.size[0], height), Image.Resampling.BILINEAR)
        self.image.paste(colour, (0, round(top * self.size[1])), mask)

    def finished(self) -> Image.Image:
        """The picture with a little grain, as on paper; it also hides the steps of the gradients."""
        return ImageChops.add(self.image, _grain(self.size), 1, -_GRAIN)


def _cloud(value: int, strength: float) -> int:
    return round(255 * strength * min(1.0, max(0.0, (value - 110) / 110)))


def _arch(value: int) -> int:
    return round(255 * math.sin(math.pi * value / 255) ** 0.7) if 0 < value < 255 else 0  # noqa: PLR2004 -- a byte


def _painted(fill: Fill, size: tuple[int, int]) -> Image.Image | Colour:
    top = fill[0]
    if isinstance(top, int):
        return cast("Colour", fill)
    return _gradient(cast("tuple[Colour, Colour]", fill), size)


@lru_cache(maxsize=16)
def _glow(pixels: int, strength: float) -> Image.Image:
    table = [round(255 * strength * max(0.0, 1 - value / _RIM) ** 2) for value in range(256)]
    return Image.radial_gradient("L").point(table).resize((pixels, pixels), Image.Resampling.BILINEAR)


@lru_cache(maxsize=32)
def _disc(pixels: int) -> Image.Image:
    mask = Image.new("L", (pixels * _OVERSAMPLING, pixels * _OVERSAMPLING))
    ImageDraw.Draw(mask).ellipse((0, 0, mask.size[0] - 1, mask.size[1] - 1), fill=255)
    return mask.reduce(_OVERSAMPLING)


@lru_cache(maxsize=32)
def _gradient(stops: tuple[Colour, ...], size: tuple[int, int]) -> Image.Image:
    """A vertical gradient: a strip one pixel wide, then repeated."""
    width, height = max(1, size[0]), max(1, size[1])
    strip = Image.frombytes("RGB", (1, len(stops)), bytes(part for stop in stops for part in stop))
    tall = strip.resize((1, height), Image.Resampling.BILINEAR, box=(0, 0.5, 1, len(stops) - 0.5))
    return tall.resize((width, height), Image.Resampling.NEAREST)


@lru_cache(maxsize=8)
def _grain(size: tuple[int, int]) -> Image.Image:
    noise = Random(7).randbytes(256 * 256)  # noqa: S311 -- it paints
    tile = Image.frombytes("L", (256, 256), noise).point([value * 2 * _GRAIN // 255 for value in range(256)])
    grain = Image.new("L", size)
    for x in range(0, size[0], 256):
        for y in range(0, size[1], 256):
            grain.paste(tile, (x, y))
    return Image.merge("RGB", (grain, grain, grain))
