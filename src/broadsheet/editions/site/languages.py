"""The `lang` and `dir` of an article: what its source says, else what its letters say. No dictionary here."""

import re
import unicodedata

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_RIGHT_TO_LEFT = frozenset(
    ["ar", "arc", "ckb", "dv", "fa", "he", "khw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"]
)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_SAMPLE_CHARS = 200


def language_of(said: str | None, text: str) -> str:
    """A language tag fit for `lang`, or `""` for unknown; scripts of one language decide where nothing is said."""
    if said and _TAG.fullmatch(said.strip()):
        return said.strip()
    sample = text[:_SAMPLE_CHARS]
    if sample.isascii():
        return ""
    if len(_KANA.findall(sample)) * 20 > len(sample):
        return "ja"
    if len(_HANGUL.findall(sample)) * 4 > len(sample):
        return "ko"
    return "zh" if len(_HAN.findall(sample)) * 4 > len(sample) else ""


def direction_of(language: str, text: str) -> str:
    """`rtl` or `ltr`: by the language, or by the first letter that has a direction where none is known."""
    if language:
        return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
    for char in text[:_SAMPLE_CHARS]:
        kind = unicodedata.bidirectional(char)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return "ltr"
