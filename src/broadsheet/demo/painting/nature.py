"""Scenes of sea, land and sky."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random

from PIL import Image

from broadsheet.demo.painting.canvas import Canvas, Fill, Pen, Point, curve, down_to, height_at, mix, ridge
from broadsheet.demo.painting.palettes import Palette


def sky(canvas: Canvas, palette: Palette, rng: Random, horizon: float) -> Point:
    """Paints sky, clouds and a sun; where the sun stands."""
    canvas.wash(palette.sky, bottom=horizon)
    place = (rng.uniform(0.22, 0.78), horizon * rng.uniform(0.38, 0.72))
    canvas.haze(rng, palette.light, cells=(4, 9), strength=0.35, bottom=horizon)
    canvas.glow(*place, 0.55, palette.light, 0.75)
    with canvas.ink(palette.light) as pen:
        pen.ellipse(*place, rng.uniform(0.05, 0.085))
    return place


def gulls(canvas: Canvas, palette: Palette, rng: Random, horizon: float) -> None:
    """A few birds, far away."""
    with canvas.ink(mix(palette.near, palette.sky[1], 0.25)) as pen:
        for _ in range(rng.randint(4, 7)):
            x, y, span = rng.uniform(0.08, 0.92), horizon * rng.uniform(0.18, 0.7), rng.uniform(0.008, 0.016)
            lift = span * pen.aspect * 0.55
            pen.line([*curve((x - span, y), (x - span / 2, y - lift), (x, y + lift / 4), 8)], 0.0035)
            pen.line([*curve((x, y + lift / 4), (x + span / 2, y - lift), (x + span, y), 8)], 0.0035)


def _boat(pen: Pen, x: float, y: float, size: float) -> None:
    """A hull; the sails are drawn by `_sails` in another colour."""
    width = size / pen.aspect
    pen.polygon(
        [
            (x - width * 0.5, y),
            (x + width * 0.56, y),
            (x + width * 0.36, y + size * 0.16),
            (x - width * 0.36, y + size * 0.16),
        ]
    )
    pen.line([(x, y), (x, y - size * 1.05)], size * 0.025)


def _sails(pen: Pen, x: float, y: float, size: float) -> None:
    width = size / pen.aspect
    pen.polygon(
        [
            *curve(
                (x + width * 0.03, y - size), (x + width * 0.42, y - size * 0.5), (x + width * 0.46, y - size * 0.07)
            ),
            (x + width * 0.03, y - size * 0.07),
        ]
    )
    pen.polygon(
        [
            *curve(
                (x - width * 0.03, y - size * 0.86),
                (x - width * 0.22, y - size * 0.4),
                (x - width * 0.4, y - size * 0.07),
            ),
            (x - width * 0.03, y - size * 0.07),
        ]
    )


def glitter(canvas: Canvas, palette: Palette, rng: Random, sun_x: float, horizon: float) -> None:
    """The light's path on the water, wider towards the viewer."""
    with canvas.ink(palette.light, 0.7) as pen:
        for _ in range(70):
            depth = rng.random() ** 1.4
            y = horizon + 0.012 + (1 - horizon) * depth * 0.92
            x = sun_x + rng.gauss(0, 0.02 + 0.09 * depth)
            pen.ellipse(
                x, y, 0.006 + 0.035 * depth * rng.random(), 0.0012 + 0.004 * depth, shade=round(230 - 150 * depth)
            )


def ripples(canvas: Canvas, palette: Palette, rng: Random, horizon: float) -> None:
    """Light and dark strokes on the water."""
    for colour, opacity in ((palette.water[0], 0.35), (palette.near, 0.16)):
        with canvas.ink(colour, opacity) as pen:
            for _ in range(90):
                depth = rng.random()
                pen.ellipse(
                    rng.random(),
                    horizon + (1 - horizon) * (0.03 + depth),
                    0.02 + 0.12 * depth * rng.random(),
                    0.001 + 0.004 * depth,
                )


def sea(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """Open water, a low sun with its path, headlands, and a boat or two."""
    horizon = rng.uniform(0.5, 0.62)
    sun_x, _ = sky(canvas, palette, rng, horizon)
    for share in (0.15, 0.45):
        with canvas.ink(mix(palette.far, palette.near, share)) as pen:
            side = rng.choice((-1, 1))
            line = ridge(rng, base=0, height=0.016, waves=1.5)
            reach = rng.uniform(0.35, 0.65)
            headland = [(x, horizon - max(0.0, 0.11 * (1 - (x if side < 0 else 1 - x) / reach) + y)) for x, y in line]
            pen.polygon(down_to(headland, horizon + 0.004))
    canvas.wash((palette.water[0], mix(palette.water[0], palette.water[1], 0.6), palette.water[1]), top=horizon)
    ripples(canvas, palette, rng, horizon)
    glitter(canvas, palette, rng, sun_x, horizon)
    red = (mix(palette.light, palette.accent, 0.1), palette.accent)
    boats: list[tuple[float, float, float, Fill]] = [
        (rng.uniform(0.15, 0.85), horizon + 0.05, 0.09, palette.light),
        (rng.uniform(0.2, 0.8), horizon + rng.uniform(0.16, 0.24), 0.24, red),
    ]
    for x, y, size, cloth in boats:
        with canvas.ink(mix(palette.near, palette.water[1], 0.2), 0.35) as pen:
            for step in range(5):
                pen.ellipse(x, y + size * (0.2 + step * 0.09), size * (0.4 - step * 0.05), size * 0.02)
        with canvas.ink(mix(palette.near, palette.far, 0.1)) as pen:
            _boat(pen, x, y, size)
        with canvas.ink(cloth) as pen:
            _sails(pen, x, y, size)
    gulls(canvas, palette, rng, horizon)


def hills(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """Hills behind hills, mist between them, and trees on the nearest."""
    sky(canvas, palette, rng, 0.75)
    layers = rng.randint(5, 6)
    line: list[Point] = []
    for layer in range(layers):
        share = layer / (layers - 1)
        line = ridge(rng, base=0.46 + 0.4 * share**1.1, height=0.05 - 0.012 * share, waves=0.9 + share, rough=0.42)
        colour = mix(palette.far, palette.near, share**1.3)
        with canvas.ink((colour, mix(colour, palette.sky[2], 0.55 * (1 - share * 0.8)))) as pen:
            pen.polygon(down_to(line))
    with canvas.ink(palette.near) as pen:
        for _ in range(rng.randint(16, 26)):
            x = rng.choice((rng.gauss(0.18, 0.08), rng.gauss(0.8, 0.09)))
            _tree(pen, x, height_at(line, x) + 0.02, rng.uniform(0.05, 0.13), rng)


def _tree(pen: Pen, x: float, foot: float, size: float, rng: Random) -> None:
    half = size * rng.uniform(0.16, 0.22) / pen.aspect
    for tier in range(4):
        top, width = foot - size * (1 - tier * 0.2), half * (0.4 + tier * 0.22)
        pen.polygon([(x, top), (x + width, top + size * 0.36), (x - width, top + size * 0.36)])
    pen.line([(x, foot - size * 0.2), (x, foot + 0.01)], size * 0.06)


def peaks(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """Mountains with snow on them, and a lake that gives them back."""
    shore = 0.66
    sky(canvas, palette, rng, shore)
    for layer, (base, height) in enumerate(((0.5, 0.3), (0.6, 0.22), (0.66, 0.1))):
        line = _crest(rng, base, height)
        colour = mix(palette.far, palette.near, 0.15 + 0.36 * layer)
        with canvas.ink((colour, mix(colour, palette.sky[2], 0.35))) as pen:
            pen.polygon(down_to(line, shore + 0.01))
        if layer < 2:  # noqa: PLR2004 -- the foothills have no snow
            with canvas.ink(palette.light, 0.85) as pen:
                _snow(pen, line, base - height * 0.5, rng)
    mirrored = canvas.image.crop(
        (0, round(canvas.size[1] * (2 * shore - 1)), canvas.size[0], round(canvas.size[1] * shore))
    )
    below = mirrored.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(
        (canvas.size[0], canvas.size[1] - round(canvas.size[1] * shore))
    )
    canvas.image.paste(below, (0, round(canvas.size[1] * shore)))
    with canvas.ink((palette.water[0], palette.water[1]), 0.55) as pen:
        pen.rectangle(0, shore, 1, 1.01)
    ripples(canvas, palette, rng, shore)


def _crest(rng: Random, base: float, height: float) -> list[Point]:
    heights = [
        rng.uniform(0.2, 0.6),
        rng.uniform(0.7, 1.0),
        rng.uniform(0.3, 0.6),
        rng.uniform(0.6, 1.0),
        rng.uniform(0.2, 0.5),
    ]
    spread = 0.3
    while len(heights) < 129:  # noqa: PLR2004 -- five times halved
        between = [(a + b) / 2 + rng.uniform(-spread, spread) for a, b in pairwise(heights)]
        heights = [value for pair in zip(heights, [*between, 0.0], strict=True) for value in pair][:-1]
        spread *= 0.5
    return [(index / (len(heights) - 1), base - height * value) for index, value in enumerate(heights)]


def _snow(pen: Pen, line: list[Point], limit: float, rng: Random) -> None:
    """Covers what rises above the limit; the snow's lower edge hangs in tongues."""
    run: list[Point] = []
    for x, y in [*line, (1.0, 1.0)]:
        if y < limit:
            run.append((x, y))
        elif len(run) > 3:  # noqa: PLR2004 -- less is a speck
            edge = [(px, py + (limit - py) * rng.uniform(0.35, 1.0)) for px, py in reversed(run)]
            pen.polygon([*run, *edge])
            run = []
        else:
            run = []


def terraces(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """Terraced fields that follow the slope, planted in rows."""
    sky(canvas, palette, rng, 0.5)
    line = ridge(rng, base=0.4, height=0.06, waves=0.8, rough=0.4)
    with canvas.ink((palette.far, mix(palette.far, palette.sky[2], 0.6))) as pen:
        pen.polygon(down_to(line))
    bend, shift = rng.uniform(0.5, 0.8), rng.uniform(0, math.tau)
    for step in range(15):
        depth = step / 14
        base = 0.47 + 0.53 * depth**1.25
        edge = [
            (x, y + 0.05 * math.sin(math.tau * bend * x + shift + depth * 2.4) * (0.5 + depth))
            for x, y in ridge(rng, base=base, height=0.004)
        ]
        green = mix(palette.far, palette.near, 0.1 + 0.75 * depth)
        tone = (green, mix(green, palette.second, 0.5), mix(green, palette.light, 0.35))[(step * 2 + step // 4) % 3]
        with canvas.ink((mix(tone, palette.light, 0.25), mix(tone, palette.near, 0.12))) as pen:
            pen.polygon(down_to(edge, base + 0.24))
        with canvas.ink(palette.near, 0.28) as pen:
            for x, y in edge[:: 3 - step // 7]:
                pen.ellipse(x, y + 0.012 + 0.012 * depth, 0.006 + 0.009 * depth, 0.005 + 0.006 * depth)
