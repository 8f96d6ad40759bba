"""Scenes of harbours, streets and tables."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from broadsheet.demo.painting.canvas import Canvas, Colour, Pen, Point, curve, down_to, mix, ridge
from broadsheet.demo.painting.nature import glitter, gulls, ripples, sky
from broadsheet.demo.painting.palettes import Palette

Span = tuple[float, float, float]
"""Left, right and top."""


def skyline(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """A city across the water, three rows deep, its windows lit."""
    shore = 0.74
    sun_x, _ = sky(canvas, palette, rng, shore)
    for row in range(3):
        colour = mix(palette.far, palette.near, 0.12 + row * 0.36)
        houses = _houses(rng, row)
        with canvas.ink((colour, mix(colour, palette.sky[2], 0.42 - row * 0.12))) as pen:
            for left, right, top in houses:
                _house(pen, (left, right, shore - top), shore, rng)
        if row:
            with canvas.ink(palette.light, 0.3 + 0.25 * row) as pen:
                for left, right, top in houses:
                    _windows(pen, (left, right, shore - top), shore, rng)
    _mirror(canvas, palette, shore)
    ripples(canvas, palette, rng, shore)
    glitter(canvas, palette, rng, sun_x, shore)


def _houses(rng: Random, row: int) -> list[Span]:
    """Left, right and height of the buildings of one row; the middle of the city is the highest."""
    houses, x, centre = [], -0.02, rng.uniform(0.35, 0.65)
    while x < 1:
        width = rng.uniform(0.03, 0.065)
        hill = math.exp(-(((x - centre) / 0.28) ** 2))
        height = (0.12 + 0.4 * hill * rng.uniform(0.5, 1.0) + rng.uniform(0, 0.08)) * (1 - 0.27 * row)
        if row == 0 or rng.random() < 0.88:  # noqa: PLR2004 -- gaps between the nearer ones
            houses.append((x, x + width, height))
        x += width + rng.choice((0.0, 0.004, 0.012)) * (row + 1)
    return houses


def _house(pen: Pen, place: Span, foot: float, rng: Random) -> None:
    left, right, top = place
    pen.rectangle(left, top, right, foot)
    middle, kind = (left + right) / 2, rng.random()
    if kind < 0.25:  # noqa: PLR2004 -- a gable
        pen.polygon([(left, top), (middle, top - 0.03), (right, top)])
    elif kind < 0.42:  # noqa: PLR2004 -- a stepped tower with a mast
        pen.rectangle(left + 0.008, top - 0.022, right - 0.008, top)
        pen.line([(middle, top), (middle, top - 0.075)], 0.004)
    elif kind < 0.5:  # noqa: PLR2004 -- a dome
        pen.ellipse(middle, top, (right - left) * pen.aspect / 2.2, 0.03)


def _windows(pen: Pen, place: Span, foot: float, rng: Random) -> None:
    left, right, top = place
    columns = max(2, round((right - left) / 0.0105))
    step = (right - left) / (columns + 0.5)
    y = top + 0.018
    while y < foot - 0.02:
        for column in range(columns):
            if rng.random() < 0.42:  # noqa: PLR2004 -- the others are dark
                x = left + step * (column + 0.45)
                pen.rectangle(x, y, x + step * 0.5, y + 0.0085, shade=rng.choice((120, 190, 255)))
        y += 0.0215


def _mirror(canvas: Canvas, palette: Palette, shore: float) -> None:
    width, height = canvas.size
    edge = round(height * shore)
    above = canvas.image.crop((0, edge - (height - edge), width, edge)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    canvas.image.paste(above, (0, edge))
    with canvas.ink(palette.water, 0.6) as pen:
        pen.rectangle(0, shore, 1, 1.01)


def lighthouse(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """A lighthouse on its rock, the lamp lit."""
    horizon = 0.7
    sky(canvas, palette, rng, horizon)
    canvas.wash((palette.water[0], palette.water[1]), top=horizon)
    ripples(canvas, palette, rng, horizon)
    x, foot, top, half = rng.choice((0.3, 0.68)), 0.72, 0.24, 0.05 / canvas.aspect
    aim = -1 if x > 0.5 else 1  # noqa: PLR2004 -- it shines over the wider half
    for spread, strength in ((0.16, 0.16), (0.09, 0.22)):
        with canvas.ink(palette.light, strength) as pen:
            pen.polygon([(x, top - 0.03), (x + aim, top - 0.1 - spread), (x + aim, top - 0.1 + spread)])
    with canvas.ink((mix(palette.near, palette.far, 0.35), palette.near)) as pen:
        rock = ridge(rng, base=0, height=0.012, waves=4)
        pen.polygon(down_to([(px, 0.99 - 0.3 * math.exp(-(((px - x) / 0.2) ** 2)) - py) for px, py in rock]))
    with canvas.ink((palette.light, mix(palette.light, palette.far, 0.35))) as pen:
        pen.polygon([(x - half * 0.72, top), (x + half * 0.72, top), (x + half * 1.25, foot), (x - half * 1.25, foot)])
    with canvas.ink(palette.accent) as pen:
        for band in (0.12, 0.44, 0.76):
            upper, lower = (top + (foot - top) * share for share in (band, band + 0.14))
            wide, wider = (half * (0.72 + 0.53 * share) for share in (band, band + 0.14))
            pen.polygon([(x - wide, upper), (x + wide, upper), (x + wider, lower), (x - wider, lower)])
    with canvas.ink(palette.near) as pen:
        pen.rectangle(x - half * 1.05, top - 0.012, x + half * 1.05, top)
        pen.polygon([(x - half * 0.75, top - 0.075), (x, top - 0.125), (x + half * 0.75, top - 0.075)])
        pen.rectangle(x - half * 0.55, top - 0.075, x + half * 0.55, top - 0.01)
    canvas.glow(x, top - 0.042, 0.16, palette.light, 0.9)
    with canvas.ink(palette.light) as pen:
        pen.rectangle(x - half * 0.4, top - 0.066, x + half * 0.4, top - 0.018)
    gulls(canvas, palette, rng, horizon)


def bridge(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """A stone bridge of five arches, given back by the river."""
    shore = 0.64
    sky(canvas, palette, rng, shore)
    for share in (0.1, 0.35):
        with canvas.ink((mix(palette.far, palette.near, share), mix(palette.far, palette.sky[2], 0.4))) as pen:
            pen.polygon(down_to(ridge(rng, base=0.5 + share * 0.2, height=0.05, waves=1.2), shore))
    canvas.wash((palette.water[0], palette.water[1]), top=shore)
    stone = mix(palette.near, palette.far, 0.45)
    deck = [(step / 40, 0.5 - 0.085 * math.sin(math.pi * step / 40)) for step in range(41)]
    with canvas.ink((stone, mix(stone, palette.near, 0.7))) as pen:
        pen.polygon([*deck, (1, shore + 0.005), (0, shore + 0.005)])
        for index, x in enumerate((0.1, 0.29, 0.5, 0.71, 0.9)):
            crown = deck[round(x * 40)][1] + 0.045
            pen.ellipse(x, shore, (0.115, 0.125, 0.135, 0.125, 0.115)[index], shore - crown, shade=0)
    with canvas.ink(mix(stone, palette.light, 0.4)) as pen:
        pen.line(deck, 0.008)
    for step in range(1, 40, 4):
        x, y = deck[step]
        with canvas.ink(palette.near) as pen:
            pen.line([(x, y), (x, y - 0.055)], 0.004)
        canvas.glow(x, y - 0.062, 0.05, palette.light, 0.8)
        with canvas.ink(palette.light) as pen:
            pen.ellipse(x, y - 0.062, 0.009)
    _mirror(canvas, palette, shore)
    ripples(canvas, palette, rng, shore)


def street(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """A lane of shop houses in the evening, with lanterns on a string."""
    canvas.wash((palette.sky[0], palette.sky[1], palette.sky[2]))
    canvas.glow(0.5, 0.95, 0.9, palette.light, 0.55)
    x = -0.01
    tones = (palette.accent, palette.second, palette.far, palette.paper, mix(palette.far, palette.near, 0.4))
    while x < 1:
        width = rng.uniform(0.11, 0.17)
        _shop(canvas, palette, rng, (x, x + width, rng.uniform(0.24, 0.4)), mix(rng.choice(tones), palette.near, 0.3))
        x += width
    with canvas.ink((mix(palette.near, palette.far, 0.3), palette.near)) as pen:
        pen.rectangle(0, 0.9, 1, 1.01)
    rope = curve((-0.02, 0.16), (0.5, 0.38), (1.02, 0.12), 40)
    with canvas.ink(palette.near) as pen:
        pen.line(rope, 0.003)
    for px, py in rope[2:40:4]:
        canvas.glow(px, py + 0.045, 0.1, palette.light, 0.6)
        with canvas.ink((mix(palette.accent, palette.light, 0.35), palette.accent)) as pen:
            pen.ellipse(px, py + 0.045, 0.028, 0.034)


def _shop(canvas: Canvas, palette: Palette, rng: Random, place: tuple[float, float, float], tone: Colour) -> None:
    left, right, top = place
    width = right - left
    with canvas.ink((mix(tone, palette.light, 0.12), mix(tone, palette.near, 0.25))) as pen:
        pen.rectangle(left, top, right, 0.92)
    with canvas.ink(mix(palette.near, tone, 0.15)) as pen:
        pen.polygon(
            [
                (left - 0.008, top),
                (left + width * 0.08, top - 0.05),
                (right - width * 0.08, top - 0.05),
                (right + 0.008, top),
            ]
        )
        pen.rectangle(left + width * 0.1, 0.66, right - width * 0.1, 0.92)
    lit = rng.choice((palette.light, palette.light, palette.light, mix(palette.near, palette.far, 0.3)))
    with canvas.ink((lit, mix(lit, palette.second, 0.5)), 0.92) as pen:
        for row in (0.28, 0.6):
            for column in (0.14, 0.42, 0.7):
                y = top + (0.6 - top) * row
                pen.rectangle(left + width * column, y - 0.035, left + width * (column + 0.17), y + 0.03)
        pen.rectangle(left + width * 0.16, 0.7, right - width * 0.16, 0.84)
    with canvas.ink((palette.accent, mix(palette.accent, palette.near, 0.35))) as pen:
        pen.polygon([(left + width * 0.06, 0.625), (right - width * 0.06, 0.625), (right, 0.68), (left, 0.68)])


def table(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """A bowl that steams, fruit beside it, and a cloth."""
    canvas.wash((mix(palette.paper, palette.far, 0.25), palette.paper), bottom=0.66)
    canvas.glow(0.25, 0.1, 0.9, palette.light, 0.8)
    canvas.wash((mix(palette.accent, palette.paper, 0.5), mix(palette.accent, palette.near, 0.25)), top=0.66)
    with canvas.ink(palette.paper, 0.22) as pen:
        for step in range(-6, 16):
            pen.polygon([(step / 9, 0.66), (step / 9 + 0.045, 0.66), (step / 5 - 0.36, 1.01), (step / 5 - 0.45, 1.01)])
    bowl_x = rng.uniform(0.4, 0.6)
    for x, size, tone in _fruit(rng, bowl_x, palette):
        _round(canvas, palette, (x, 0.8 - size * 0.55, size), tone)
    _bowl(canvas, palette, bowl_x)
    with canvas.ink(palette.light, 0.5) as pen:
        for shift in (-0.05, 0.0, 0.05):
            _steam(pen, bowl_x + shift, 0.46, rng)


def _fruit(rng: Random, bowl_x: float, palette: Palette) -> list[tuple[float, float, Colour]]:
    tones = [
        palette.second,
        palette.accent,
        mix(palette.second, palette.accent, 0.5),
        mix(palette.near, palette.second, 0.6),
    ]
    places = (bowl_x - 0.31, bowl_x - 0.23, bowl_x + 0.24, bowl_x + 0.33)
    return [(x + rng.uniform(-0.01, 0.01), rng.uniform(0.075, 0.105), tones[index]) for index, x in enumerate(places)]


def _round(canvas: Canvas, palette: Palette, place: tuple[float, float, float], tone: Colour) -> None:
    x, y, size = place
    with canvas.ink(palette.near, 0.25) as pen:
        pen.ellipse(x + 0.02, y + size * 0.96, size * 1.05, size * 0.2)
    with canvas.ink((mix(tone, palette.light, 0.35), mix(tone, palette.near, 0.25))) as pen:
        pen.ellipse(x, y, size)
    with canvas.ink(palette.light, 0.45) as pen:
        pen.ellipse(x - size * 0.24, y - size * 0.42, size * 0.2, size * 0.13)
    with canvas.ink(palette.near) as pen:
        pen.line(curve((x, y - size * 0.92), (x + 0.002, y - size * 1.1), (x + 0.012, y - size * 1.25), 6), 0.006)


def _bowl(canvas: Canvas, palette: Palette, x: float) -> None:
    wide, top = 0.25, 0.55
    half = wide / canvas.aspect
    with canvas.ink(palette.near, 0.25) as pen:
        pen.ellipse(x + 0.02, 0.845, wide * 0.85, 0.035)
    with canvas.ink((mix(palette.second, palette.light, 0.2), mix(palette.second, palette.near, 0.55))) as pen:
        side: list[Point] = curve((x - half, top), (x - half * 0.9, 0.83), (x, 0.83))
        pen.polygon([*side, *curve((x, 0.83), (x + half * 0.9, 0.83), (x + half, top))])
        pen.rectangle(x - half * 0.42, 0.81, x + half * 0.42, 0.85)
    with canvas.ink(palette.light) as pen:
        pen.ellipse(x, top, wide, 0.055)
    with canvas.ink((mix(palette.accent, palette.second, 0.6), mix(palette.accent, palette.near, 0.3))) as pen:
        pen.ellipse(x, top + 0.006, wide * 0.92, 0.043)
    with canvas.ink(palette.paper, 0.9) as pen:
        for step in range(7):
            start = x - half * (0.6 - step * 0.17)
            pen.line(curve((start, top + 0.02), (start + 0.06, top - 0.045), (start + 0.1, top + 0.022), 12), 0.007)


def _steam(pen: Pen, x: float, foot: float, rng: Random) -> None:
    phase, reach = rng.uniform(0, math.tau), rng.uniform(0.2, 0.3)
    line = [(x + 0.012 * math.sin(phase + step / 5), foot - reach * step / 24) for step in range(25)]
    for step in range(24):
        pen.line(line[step : step + 2], 0.012, shade=round(200 * math.sin(math.pi * step / 24)))


def kites(canvas: Canvas, palette: Palette, rng: Random) -> None:
    """Kites over a beach at low water."""
    horizon = 0.76
    sky(canvas, palette, rng, horizon)
    canvas.wash((palette.water[0], palette.water[1]), top=horizon, bottom=0.86)
    sand = mix(palette.paper, palette.second, 0.35)
    with canvas.ink((mix(sand, palette.light, 0.4), sand)) as pen:
        pen.polygon(down_to(ridge(rng, base=0.84, height=0.012, waves=0.8)))
    tones = (palette.accent, palette.second, palette.near, palette.paper)
    for index in range(6):
        x, y, size = rng.uniform(0.08, 0.92), rng.uniform(0.1, 0.52), rng.uniform(0.035, 0.075)
        _kite(canvas, palette, (x, y, size), tones[index % 4], rng)
    gulls(canvas, palette, rng, horizon)


def _kite(canvas: Canvas, palette: Palette, place: tuple[float, float, float], tone: Colour, rng: Random) -> None:
    x, y, size = place
    half = size * 0.7 / canvas.aspect
    hand = (x + rng.uniform(-0.12, 0.12), 0.9)
    with canvas.ink(palette.near, 0.55) as pen:
        pen.line(curve((x, y + size), ((x + hand[0]) / 2 - 0.03, 0.75), hand, 24), 0.002)
    with canvas.ink(palette.near) as pen:
        pen.ellipse(hand[0], hand[1] - 0.028, 0.008)
        pen.line([(hand[0], hand[1] - 0.02), (hand[0], hand[1] + 0.022)], 0.01)
    with canvas.ink((mix(tone, palette.light, 0.3), tone)) as pen:
        pen.polygon([(x, y - size), (x + half, y), (x, y + size), (x - half, y)])
    with canvas.ink(mix(tone, palette.near, 0.35), 0.6) as pen:
        pen.polygon([(x, y - size), (x + half, y), (x, y + size)])
    with canvas.ink(tone) as pen:
        tail = curve((x, y + size), (x + half * 1.6, y + size * 1.7), (x - half * 0.4, y + size * 2.5), 16)
        pen.line(tail, 0.004)
        for px, py in tail[4::5]:
            pen.polygon(
                [(px - 0.009, py - 0.008), (px + 0.009, py + 0.008), (px + 0.009, py - 0.008), (px - 0.009, py + 0.008)]
            )
