"""Flat pictures: charts, plants, tiles, waves and blocks."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from broadsheet.demo.painting.canvas import Canvas, Colour, Pen, Point, curve, mix, smooth_noise
from broadsheet.demo.painting.palettes import Palette


def chart(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """A sea chart: depths in steps of colour, the land in the colour of paper, a grid, soundings and a compass rose."""
    sea = [mix(palette.water[1], mix(palette.water[0], palette.paper, 0.45), step / 5) for step in range(6)]
    tones = [*sea, *(mix(palette.paper, palette.second, share) for share in (0.6, 0.4, 0.2))]
    size = (canvas.size[0] * 2, canvas.size[1] * 2)
    # the steps are cut in floats, where their edges are smooth
    scale = len(tones) / 142
    steps = smooth_noise(rng, size, (5, 4)).point(lambda value: value * scale - 48 * scale).convert("L")
    table = [tones[min(len(tones) - 1, step)] for step in range(256)]
    bands = [steps.point([tone[channel] for tone in table]).reduce(2) for channel in range(3)]
    canvas.image.paste(Image.merge("RGB", bands))
    with canvas.ink(palette.near, 0.28) as pen:
        for step in range(1, 8):
            pen.line([(step / 8, 0), (step / 8, 1)], 0.0015)
        for step in range(1, 5):
            pen.line([(0, step / 5), (1, step / 5)], 0.0015)
    with canvas.ink(palette.accent, 0.9) as pen:
        course = _course(rng)
        for start, end in zip(course[::2], course[1::2], strict=False):
            pen.line([start, end], 0.006)
        pen.ellipse(*course[0], 0.013)
        pen.ring(*course[-1], 0.022, 0.006)
    _rose(canvas, palette, rng.choice((0.14, 0.86)), 0.76)


def _course(rng: Random) -> list[Point]:
    return curve(
        (rng.uniform(0.08, 0.2), rng.uniform(0.15, 0.3)),
        (0.5, rng.uniform(0.1, 1.0)),
        (0.9, rng.uniform(0.25, 0.5)),
        41,
    )


def _rose(canvas: Canvas, palette: Palette, x: float, y: float) -> None:
    size = 0.13
    for shade, turn in ((palette.paper, 0.0), (palette.near, 0.5)):
        with canvas.ink(shade, 0.92) as pen:
            for point in range(8):
                angle, reach = math.tau * point / 8, size * (1 if point % 2 == 0 else 0.62)
                side = angle + (math.pi / 8 if turn else -math.pi / 8)
                pen.polygon([(x, y), _polar(pen, x, y, angle, reach), _polar(pen, x, y, side, size * 0.24)])
    with canvas.ink(palette.near, 0.8) as pen:
        pen.ring(x, y, size * 1.12, 0.004)
        pen.ring(x, y, size * 1.2, 0.002)


def _polar(pen: Pen, x: float, y: float, angle: float, reach: float) -> Point:
    return (x + math.sin(angle) * reach / pen.aspect, y - math.cos(angle) * reach)


def stars(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """A star chart: circles of declination, hour lines, the milky way, constellations."""
    deep = mix(palette.near, palette.sky[0], 0.45)
    canvas.wash((mix(deep, palette.near, 0.5), deep, mix(deep, palette.sky[1], 0.35)))
    canvas.haze(rng, mix(palette.light, palette.far, 0.4), cells=(7, 5), strength=0.28, top=0.15, bottom=0.9)
    x, y = rng.uniform(0.4, 0.6), rng.uniform(0.45, 0.58)
    with canvas.ink(palette.far, 0.75) as pen:
        for radius in (0.14, 0.28, 0.42, 0.56, 0.7):
            pen.ring(x, y, radius, 0.002)
        for hour in range(24):
            angle = math.tau * hour / 24
            pen.line([_polar(pen, x, y, angle, 0.14), _polar(pen, x, y, angle, 0.7)], 0.0012)
    with canvas.ink(palette.light) as pen:
        for _ in range(260):
            size = 0.0012 + 0.0035 * rng.random() ** 6
            pen.ellipse(rng.random(), rng.random(), size, shade=rng.randint(110, 255))
    for _ in range(6):
        _constellation(canvas, palette, rng)
    with canvas.ink(palette.second) as pen:
        pen.ring(x, y, 0.7, 0.006)
        pen.ellipse(*_polar(pen, x, y, rng.uniform(0, 6), 0.42), 0.02)


def _constellation(canvas: Canvas, palette: Palette, rng: Random) -> None:
    x, y, heading = rng.uniform(0.1, 0.9), rng.uniform(0.15, 0.85), rng.uniform(0, math.tau)
    points = []
    for _ in range(rng.randint(4, 6)):
        points.append((x, y))
        heading += rng.uniform(-1.1, 1.1)
        x, y = x + math.cos(heading) * 0.05, y + math.sin(heading) * 0.075
    with canvas.ink(palette.second, 0.65) as pen:
        pen.line(points, 0.0028)
    with canvas.ink(palette.light) as pen:
        for place in points:
            pen.ellipse(*place, rng.uniform(0.005, 0.0105))


def garden(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """Stems with leaves, buds and berries before a pale sun."""
    canvas.wash((palette.paper, mix(palette.paper, palette.second, 0.16)))
    with canvas.ink((mix(palette.accent, palette.paper, 0.35), mix(palette.second, palette.paper, 0.4))) as pen:
        pen.ellipse(rng.uniform(0.35, 0.65), 0.42, 0.3)
    greens = (palette.near, mix(palette.near, palette.far, 0.45), mix(palette.near, palette.second, 0.35), palette.far)
    stems = rng.randint(6, 8)
    for index in range(stems):
        x = 0.08 + 0.84 * (index + rng.uniform(0.25, 0.75)) / stems
        _stem(canvas, palette, x, greens[index % len(greens)], rng)


def _stem(canvas: Canvas, palette: Palette, x: float, tone: Colour, rng: Random) -> None:
    top, lean = rng.uniform(0.12, 0.42), rng.uniform(-0.07, 0.07)
    line = curve((x, 1.02), (x - lean, 0.6), (x + lean, top), 30)
    long, kind = rng.uniform(0.1, 0.17), rng.randrange(3)
    with canvas.ink((tone, mix(tone, palette.near, 0.3))) as pen:
        pen.line(line, 0.007)
        for index, step in enumerate(range(4, 29, 3 if kind else 2)):
            side = 1 if index % 2 else -1
            size = long * (1.1 - step / 40)
            _leaf(pen, line[step], math.pi / 2 - side * (0.95 if kind == 1 else 0.7), size, 0.34 if kind else 0.16)
        _leaf(pen, line[-1], math.pi / 2 - lean * 2, long * 0.5, 0.3)
    if kind == 2:  # noqa: PLR2004 -- the last kind bears fruit
        with canvas.ink((palette.accent, mix(palette.accent, palette.near, 0.25))) as pen:
            for step in range(12, 31, 3):
                px, py = line[step]
                pen.ellipse(px + rng.choice((-1, 1)) * 0.014, py, rng.uniform(0.011, 0.017))


def _leaf(pen: Pen, foot: Point, angle: float, size: float, width: float) -> None:
    def place(along: float, across: float) -> Point:
        dx = math.cos(angle) * along - math.sin(angle) * across
        dy = math.sin(angle) * along + math.cos(angle) * across
        return (foot[0] + dx / pen.aspect, foot[1] - dy)

    tip = place(size, 0)
    pen.polygon(
        [*curve(foot, place(size * 0.45, size * width), tip), *curve(tip, place(size * 0.45, -size * width), foot)]
    )


def tiles(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """Glazed tiles: quarter circles, diamonds and petals in a repeat that is never quite regular."""
    rows = 5
    columns = math.ceil(rows * canvas.aspect)
    tones = (palette.near, palette.accent, palette.second, palette.water[1], palette.far)
    canvas.wash((palette.paper, palette.paper))
    layers: dict[Colour, list[tuple[int, int, int]]] = {tone: [] for tone in tones}
    for row in range(rows):
        for column in range(columns):
            layers[rng.choice(tones)].append((row, column, rng.randrange(5)))
    for tone, cells in layers.items():
        with canvas.ink(tone) as pen:
            for row, column, kind in cells:
                _tile(pen, column / columns, row / rows, (1 / columns, 1 / rows), kind)
    with canvas.ink(mix(palette.paper, palette.near, 0.25)) as pen:
        for row in range(rows + 1):
            pen.line([(0, row / rows), (1, row / rows)], 0.004)
        for column in range(columns + 1):
            pen.line([(column / columns, 0), (column / columns, 1)], 0.004)


def _tile(pen: Pen, x: float, y: float, size: tuple[float, float], kind: int) -> None:
    width, height = size
    middle = (x + width / 2, y + height / 2)
    if kind == 0:
        pen.polygon([(middle[0], y), (x + width, middle[1]), (middle[0], y + height), (x, middle[1])])
        pen.ellipse(*middle, height * 0.18, shade=0)
    elif kind == 1:
        pen.ellipse(*middle, height * 0.42)
        pen.ellipse(*middle, height * 0.27, shade=0)
        pen.ellipse(*middle, height * 0.13)
    elif kind == 2:  # noqa: PLR2004 -- kinds are numbered
        for corner_x, corner_y in ((x, y), (x + width, y + height)):
            _quarter(pen, corner_x, corner_y, height * 0.7, middle)
    elif kind == 3:  # noqa: PLR2004
        for angle in range(4):
            _leaf(pen, middle, math.pi / 4 + angle * math.pi / 2, height * 0.64, 0.32)
    else:
        pen.polygon([(x, y), (x + width, y), (x, y + height)])


def _quarter(pen: Pen, x: float, y: float, radius: float, inside: Point) -> None:
    """The quarter of a disc around a corner that lies inside the tile."""
    across, down = (1 if inside[0] > x else -1), (1 if inside[1] > y else -1)
    arc = [(math.cos(step * math.pi / 24) * radius, math.sin(step * math.pi / 24) * radius) for step in range(13)]
    pen.polygon([(x, y), *((x + across * dx / pen.aspect, y + down * dy) for dx, dy in arc)])


def waves(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """Rows of overlapping wave scales under a low sun."""
    canvas.wash(palette.sky)
    x = rng.uniform(0.25, 0.75)
    canvas.glow(x, 0.3, 0.6, palette.light, 0.7)
    with canvas.ink((palette.accent, mix(palette.accent, palette.second, 0.6))) as pen:
        pen.ellipse(x, 0.3, 0.17)
    size = 0.115
    rows = 12
    for row in range(rows):
        depth = row / (rows - 1)
        y = 0.44 + row * size * 0.46
        tone = mix(palette.water[0], palette.water[1], depth)
        lift = [0.05 * math.sin(math.tau * (step / 9 + row * 0.13)) * (1 - depth) for step in range(40)]
        rings = ((1.0, palette.paper), (0.92, tone), (0.62, palette.paper), (0.54, mix(tone, palette.near, 0.3)))
        for step in range(-1, math.ceil(canvas.aspect / size / 2) + 1):
            place = (step + (row % 2) / 2) * 2 * size / canvas.aspect
            for share, colour in rings:
                canvas.disc(place, y + size * 0.5 + lift[step + 1], size * share, colour)


def blocks(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """A landscape of cubes seen from above, some with a lamp on them."""
    canvas.wash((mix(palette.paper, palette.sky[1], 0.5), palette.paper))
    size = 0.085
    wide = size * math.sqrt(3) / canvas.aspect
    phase = rng.uniform(0, math.tau)
    tones = (palette.accent, palette.second, palette.far, palette.water[1], palette.near)
    for row in range(-1, 22):
        for column in range(-1, math.ceil(1 / wide) + 1):
            x = (column + (row % 2) / 2) * wide
            swell = math.sin(x * 5 + phase) * math.cos(row * 0.32 - phase) + rng.uniform(-0.5, 0.5)
            _cube(
                canvas,
                palette,
                (x, row * size * 0.5 + 0.02 - round(max(0.0, swell) * 2) * size * 0.5, size),
                _tone(tones, swell),
            )


def _tone(tones: tuple[Colour, ...], swell: float) -> Colour:
    return tones[min(len(tones) - 1, max(0, int((swell + 1.3) / 2.6 * len(tones))))]


def _cube(canvas: Canvas, palette: Palette, place: tuple[float, float, float], tone: Colour) -> None:
    x, y, size = place
    half, quarter = size * math.sqrt(3) / 2 / canvas.aspect, size / 2
    faces = (
        (mix(tone, palette.light, 0.35), [(x, y - size), (x + half, y - quarter), (x, y), (x - half, y - quarter)]),
        (tone, [(x - half, y - quarter), (x, y), (x, y + 1.4), (x - half, y + 1.4)]),
        (mix(tone, palette.near, 0.4), [(x + half, y - quarter), (x, y), (x, y + 1.4), (x + half, y + 1.4)]),
    )
    for colour, points in faces:
        canvas.area(points, colour)
