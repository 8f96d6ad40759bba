"""Which texts may be republished whole by anybody."""

import pytest

from broadsheet.licences import Licence, recognise

CC = "https://creativecommons.org"


@pytest.mark.parametrize(
    ("url", "name", "address"),
    [
        (f"{CC}/licenses/by/4.0/", "CC BY 4.0", f"{CC}/licenses/by/4.0/"),
        (f"{CC}/licenses/by-sa/4.0/", "CC BY-SA 4.0", f"{CC}/licenses/by-sa/4.0/"),
        ("http://www.creativecommons.org/licenses/by-sa/3.0/de/", "CC BY-SA 3.0 DE", f"{CC}/licenses/by-sa/3.0/de/"),
        ("http://creativecommons.org/licenses/by/2.0", "CC BY 2.0", f"{CC}/licenses/by/2.0/"),
        ("//creativecommons.org/licenses/BY/4.0/deed.zh-hans", "CC BY 4.0", f"{CC}/licenses/by/4.0/"),
        (f"{CC}/licenses/by/4.0/legalcode", "CC BY 4.0", f"{CC}/licenses/by/4.0/"),
        (f"{CC}/licenses/by/4.0/deed", "CC BY 4.0", f"{CC}/licenses/by/4.0/"),
        (f"  {CC}/licenses/by/4.0/?ref=chooser-v1 ", "CC BY 4.0", f"{CC}/licenses/by/4.0/"),
        (f"{CC}/publicdomain/zero/1.0/", "CC0 1.0", f"{CC}/publicdomain/zero/1.0/"),
        (f"{CC}/publicdomain/mark/1.0/deed.en", "Public Domain Mark 1.0", f"{CC}/publicdomain/mark/1.0/"),
        ("https://spdx.org/licenses/CC-BY-SA-4.0.html", "CC BY-SA 4.0", f"{CC}/licenses/by-sa/4.0/"),
        ("https://spdx.org/licenses/CC0-1.0", "CC0 1.0", f"{CC}/publicdomain/zero/1.0/"),
        ("CC-BY-4.0", "CC BY 4.0", f"{CC}/licenses/by/4.0/"),
        ("CC0", "CC0 1.0", f"{CC}/publicdomain/zero/1.0/"),
        ("CC BY-SA", "CC BY-SA", None),
        (
            "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            "OGL UK 3",
            "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        ),
        ("//artlibre.org/licence/lal/en/", "Free Art License", "https://artlibre.org/licence/lal/en/"),
    ],
)
def test_open_licences_by_address(url: str, name: str, address: str | None) -> None:
    assert recognise(url, None) == Licence(name=name, url=address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        f"{CC}/licenses/by-nc/4.0/",
        f"{CC}/licenses/by-nd/4.0/",
        f"{CC}/licenses/by-nc-sa/4.0/",
        f"{CC}/licenses/by-nc-nd/3.0/us/",
        f"{CC}/licenses/by-nd-nc/1.0/",
        f"{CC}/licenses/nc-sampling+/1.0/",
        f"{CC}/licenses/sa/1.0/",
        f"{CC}/licenses/by/",
        f"{CC}/",
        f"{CC}/licenses/by-sa-xx/4.0/",
        f"https://evil.example/{CC}/licenses/by/4.0/",
        "https://creativecommons.org.evil.example/licenses/by/4.0/",
        "https://example.org/licenses/by/4.0/",
        "https://example.org/copyright",
        "https://www.gnu.org/licenses/fdl-1.3.html",
        "https://spdx.org/licenses/CC-BY-NC-4.0.html",
        "CC BY-NC 4.0",
        "javascript:alert(1)",
        "copyright",
        "\0",
    ],
)
def test_anything_else_is_not_open(url: str) -> None:
    assert recognise(url, None) is None


@pytest.mark.parametrize(
    ("rights", "name"),
    [
        ("CC BY 4.0", "CC BY 4.0"),
        ("CC-BY-SA 3.0", "CC BY-SA 3.0"),
        ("Text: CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/)", "CC BY-SA 4.0"),
        ("© 2024 A. Author. Licensed under a Creative Commons Attribution 4.0 International License.", "CC BY 4.0"),
        ("Creative Commons Attribution-ShareAlike 3.0 Unported", "CC BY-SA 3.0"),
        ("Creative Commons Attribution Share Alike", "CC BY-SA"),
        ("Some rights reserved: CC BY 4.0", "CC BY 4.0"),
        ("No rights reserved (CC0)", "CC0 1.0"),
        ("本文采用 CC BY 4.0 许可协议", "CC BY 4.0"),
        ("知识共享署名 4.0 国际许可协议", "CC BY 4.0"),
        ("本作品采用知识共享署名-相同方式共享 4.0 国际许可协议进行许可。", "CC BY-SA 4.0"),
        ("創用CC 姓名標示-相同方式分享 3.0 台灣", "CC BY-SA 3.0"),
        ("Public domain", "Public domain"),
        ("This work is in the public domain.", "Public domain"),
    ],
)
def test_open_licences_in_words(rights: str, name: str) -> None:
    licence = recognise(None, rights)
    assert licence is not None
    assert licence.name == name


@pytest.mark.parametrize(
    "rights",
    [
        "Copyright 2024 Example Ltd",
        "© Example. All rights reserved.",
        "版权所有 © 2024",
        "未经授权禁止转载",
        "Creative Commons",
        "A Creative Commons licence",
        "CC",
        "CC BY-NC 4.0",
        "CC BY-NC-SA",
        "Creative Commons Attribution-NonCommercial 4.0 International",
        "Creative Commons Attribution-NoDerivatives 4.0",
        "知识共享署名-非商业性使用 4.0 国际许可协议",
        "署名-禁止演绎",
        "This is not CC BY 4.0",
        "CC BY 4.0 except for the photographs",
        "Except where otherwise noted, CC BY 4.0",
        "Parts are CC BY 4.0",
        "CC BY 4.0 for non-commercial use",
        "Text CC BY 4.0, code CC BY-SA 4.0",
        "Text CC BY 4.0, pictures CC BY-NC 4.0",
        "CC BY 4.0 or https://creativecommons.org/licenses/by-nc/4.0/",
        "CC BY 3.0 and CC BY 4.0",
        "Not in the public domain",
        "Works enter the public domain 70 years after their author's death",
        "除另有声明外,采用 CC BY 4.0",
        "CC BY 4.0 " + "and on " * 200,
        "ABCC BYTE 4.0",
    ],
)
def test_unclear_words_are_not_open(rights: str) -> None:
    assert recognise(None, rights) is None


def test_a_reservation_outweighs_a_licence_address() -> None:
    assert recognise(f"{CC}/licenses/by/4.0/", "All rights reserved") is None
    assert recognise(f"{CC}/licenses/by/4.0/", "© 2024 Example") == Licence(
        name="CC BY 4.0", url=f"{CC}/licenses/by/4.0/"
    )


def test_words_do_not_open_what_an_address_does_not() -> None:
    assert recognise(f"{CC}/licenses/by-nc/4.0/", "CC BY 4.0") is None


@pytest.mark.parametrize(
    "piece", ["CC BY-SA-", "CC-BY ", "Creative Commons Attribution ", "//creativecommons.org/", "署名-"]
)
def test_hostile_text_takes_no_time(piece: str) -> None:
    recognise(None, (piece * 1000)[:1000])
    assert recognise(piece * 100_000, piece * 100_000) is None
