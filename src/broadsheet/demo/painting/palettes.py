"""The colours of the sample pictures: one palette for each light and season."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.demo.painting.canvas import Colour


def _rgb(value: str) -> Colour:
    return (int(value[0:2], 16), int(value[2:4], 16), int(value[4:6], 16))


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are used for.

    Attributes:
        sky: from the zenith down to the horizon.
        light: sun, moon, lamps.
        far: what is most distant; `near`: what is closest.
        water: from the horizon to the viewer.
        accent: roofs, sails, fruit; `second`: what stands beside it.
        paper: the ground of flat pictures.
    """

    sky: tuple[Colour, Colour, Colour]
    light: Colour
    far: Colour
    near: Colour
    water: tuple[Colour, Colour]
    accent: Colour
    second: Colour
    paper: Colour


def _palette(text: str) -> Palette:
    """Reads eleven colours, in the order of the fields."""
    sky1, sky2, sky3, light, far, near, water1, water2, accent, second, paper = map(_rgb, text.split())
    return Palette((sky1, sky2, sky3), light, far, near, (water1, water2), accent, second, paper)


PALETTES: dict[str, Palette] = {
    "dawn": _palette("6f8fb3 e3b7a5 fbe3c0 fff4da b9a3ae 2f3a52 e9c6b0 51708f d96c4f f0b75e fbf1e4"),
    "dusk": _palette("2b2f5b b0587a f4a66a ffe3a8 8a5a86 1d1b38 e08a66 33305f e8553f f6c25b f7e6d5"),
    "noon": _palette("4f9bd0 9fcbe6 e6f2f3 ffffff 9cc0cd 234a55 86c2d2 1f6f93 e4572e f3c34a f4f7f2"),
    "night": _palette("0b1533 1b2f5e 41619a f6efcf 32497c 080d20 2e4b83 0c1a3d f2b84b 7fa6d8 e9edf5"),
    "mist": _palette("a9b8bd cdd6d5 eceae0 fbf7ea b4c0c0 3f5459 c3cfce 6f8a90 b5523b d8a657 f2f1ea"),
    "autumn": _palette("7d9fb8 d9cfb4 f6e3b4 fff2cf b99a7a 4a2c23 c9b48c 5d7078 c4512d e6a23c fbf2df"),
    "jade": _palette("5fa39a b5d8c6 eff3da fffbe6 8fbfae 17453f 8cc7b8 1e6a66 e07a5f f2cc6b f1f6ea"),
    "rose": _palette("8a7fb5 e8a9b5 fcdccb fff1df b892b4 43294f d99fae 6a5a94 c83f5f f5b971 fdf0ec"),
    "ink": _palette("c9cdca dfe0da f1eee4 fdfbf3 a9b0ae 20292b c5cac6 7b8785 a8322d 5b6b6a f5f2e8"),
    "sand": _palette("7fb2c4 cfe0d6 f7ecd2 fffaf0 d8c6a0 6b4a2f 9fd0cc 3f8f96 d9622b 2f7f86 fbf4e3"),
}
