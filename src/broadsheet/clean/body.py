"""A whole body, cleaned: one pass over its tree that mends it, then the sanitiser, always last."""

from turbohtml import parse_fragment

from broadsheet.clean.bounds import bounded
from broadsheet.clean.dom import mend
from broadsheet.clean.finish import finished
from broadsheet.clean.images import images_of
from broadsheet.clean.policy import sanitise_with_text, tidy_text
from broadsheet.model import CleanHtml, CleanText, UntrustedHtml

_ROUNDS = 4
"""Repairs can call for another repair; a body that still changes after so many was made to."""


def clean(html: UntrustedHtml, *, base: str, title: str = "") -> CleanText:
    """The body ready to publish: safe, absolute URLs, images with their true address, embeds as placeholders.

    Cleaning again changes nothing. Broken or hostile HTML gives what is good in it, never an exception.

    Args:
        html: a body as somebody else wrote it, HTML or plain text.
        base: the URL that relative ones are relative to.
        title: the article's; headings at the beginning that only repeat it are dropped.
    """
    if not html or html.isspace():
        return CleanText(html=CleanHtml(""), text="")
    root = parse_fragment(bounded(html.strip()))
    mend(root, base)
    safe, text = sanitise_with_text(root)
    rounds = 0
    while rounds < _ROUNDS and (better := finished(safe, title)) != safe:
        safe, text = sanitise_with_text(better)
        rounds += 1
    return CleanText(html=safe, text=tidy_text(text), images=images_of(safe) if "<img " in safe else ())
