"""The accent colour, kept readable on both papers (WCAG 2.2 contrast). Pure arithmetic."""

PAPER_LIGHT = "#fdfcf9"
PAPER_DARK = "#171614"
_AA = 4.6  # the norm asks for 4.5; a little more outlives rounding
_LINEAR_UP_TO = 0.04045  # sRGB, IEC 61966-2-1
_STEPS = 40


def readable(colour: str, paper: str, *, towards: str) -> str:
    """The colour, mixed with another until text in it can be read on the paper."""
    mixes = (_mix(colour, towards, step / _STEPS) for step in range(_STEPS))
    return next((mixed for mixed in mixes if contrast(mixed, paper) >= _AA), towards)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_UP_TO else float(((channel + 0.055) / 1.055) ** 2.4)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    digits = colour.removeprefix("#")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
