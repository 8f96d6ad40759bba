"""The one pass over a body's tree before sanitising: links, images, videos, and what only scripts would have shown.

It may leave anything behind: sanitising comes after it and trusts nothing.
"""

from collections.abc import Callable

from turbohtml import Element, Namespace, Text, parse_fragment

from broadsheet import urls
from broadsheet.clean import embeds, images
from broadsheet.clean.images import Resolve
from broadsheet.clean.policy import LINK_REL, MATH_ELEMENTS

_NOSCRIPT_CHARS = 20_000
_FRAMES = frozenset({"a", "figure", "picture", "span"})
_OURS = ("class", "data-embed", "aria-label")


def mend(root: Element, base: str) -> None:
    """Changes the tree so that it shows, without scripts and from anywhere, what its page shows at `base`."""
    resolve = urls.resolver(base)
    found = list(root.iter_elements(_TAGS))
    if any(element.tag == "noscript" for element in found):
        _noscripts(root, [element for element in found if _is_outermost_noscript(element)], resolve)
        found = list(root.iter_elements(_TAGS))
    for element in found:
        _HANDLERS[element.tag](element, resolve)
    if root.find("math") is not None:
        for element in list(root.iter_elements(MATH_ELEMENTS)):
            _formula(element)


def _put_link(element: Element, link: Element) -> None:
    """Replaces the element by a link, behind the link that the element stands in, if any: links cannot nest."""
    outer = element.closest("a")
    if outer is None:
        element.replace_with(link)
        return
    if outer.parent is not None:  # else it was replaced itself, with all that is in it
        outer.insert_after(link)
    element.extract()


def _drop_with_frame(element: Element) -> None:
    """Drops an image, and with it the links and figures around it that showed nothing else."""
    frame = element.parent
    element.extract()
    while isinstance(frame, Element) and frame.tag in _FRAMES and not frame.text.strip() and frame.find() is None:
        element, frame = frame, frame.parent
        if frame is not None:
            element.extract()


# -- links -------------------------------------------------------------------------------------------------------------


def _link(element: Element, resolve: Resolve) -> None:
    attr = element.attr
    if attr("class") == "embed" and (embed := embeds.parse_key(attr("data-embed") or "")):
        element.replace_with(Element("a", embeds.attributes(embed)))
        return
    href = attr("href")
    target = _target(href, resolve) if href else None
    if target is None:
        element.unwrap()
        return
    attrs = element.attrs
    for name in _OURS:
        if name in attrs:
            del attrs[name]
    if target != href:
        attrs["href"] = target
    if attr("rel") != LINK_REL:
        attrs["rel"] = LINK_REL


def _target(href: str, resolve: Resolve) -> str | None:
    if url := resolve(href):
        return urls.without_tracking(url) if "?" in url else url
    href = href.strip()
    return href if href[:7].lower() == "mailto:" and "@" in href else None


def _cite(element: Element, resolve: Resolve) -> None:
    if (cite := element.attr("cite")) is None:
        return
    if url := resolve(cite):
        element.attrs["cite"] = url
    else:
        del element.attrs["cite"]


# -- images ------------------------------------------------------------------------------------------------------------


def _image(element: Element, resolve: Resolve) -> None:
    attrs = element.attrs.copy()
    wanted = images.true_attributes(attrs, resolve)
    if wanted is None:
        _drop_with_frame(element)
    elif wanted["alt"] and images.is_emoji(wanted["src"]):
        element.replace_with(Text(wanted["alt"]))
    elif element.tag != "img" or list(attrs.items()) != list(wanted.items()):
        element.replace_with(Element("img", wanted))


def _picture(element: Element, resolve: Resolve) -> None:
    """Leaves one image in a `picture`: its own where that is usable, else the best of its sources."""
    image = element.find("img")
    if image is not None and images.true_url(image.attrs, resolve)[0]:
        return
    for source in element.find_all("source"):
        srcset = source.attr("srcset") or source.attr("data-srcset") or ""
        if url := images.best_candidate(srcset, resolve):
            if image is None:
                element.append(Element("img", {"src": url, "alt": ""}))
                _image(element.find_all("img")[-1], resolve)
            else:
                image.attrs["src"] = url
            return


def _is_outermost_noscript(element: Element) -> bool:
    return element.tag == "noscript" and (element.parent is None or element.parent.closest("noscript") is None)


def _noscripts(root: Element, hidden: list[Element], resolve: Resolve) -> None:
    """Puts what is shown without scripts in place, but no second copy of a picture that is there already."""
    for element in hidden:
        _parse_hidden_markup(element)
    copies = {image for element in hidden for image in element.find_all("img")}
    shown = {images.true_url(image.attrs, resolve)[0] for image in root.find_all("img") if image not in copies}
    for element in hidden:
        _noscript(element, resolve, shown)


def _noscript(element: Element, resolve: Resolve, shown: set[str | None]) -> None:
    usable = [image for image in element.find_all("img") if images.true_attributes(image.attrs, resolve)]
    if not usable:
        if element.find(["iframe", "video", "audio"]) is None:
            element.extract()
        else:
            element.unwrap()
        return
    twin = _lazy_twin(element)
    if twin is not None and _is_stand_in(twin, resolve):
        twin.replace_with(usable.pop(0).extract())
    for image in usable:
        if images.true_url(image.attrs, resolve)[0] in shown:
            image.extract()
    element.unwrap()


def _is_stand_in(image: Element, resolve: Resolve) -> bool:
    """Whether a script would have put another picture here, whose address only the `noscript` tells."""
    url, lazy = images.true_url(image.attrs, resolve)
    if url is None:
        return True
    return not lazy and "lazy" in (image.attr("class") or "").lower()


def _parse_hidden_markup(element: Element) -> None:
    """Some feeds escape what is inside a `noscript`."""
    if len(element) == 1 and isinstance(element[0], Text) and "<img" in (text := element.text[:_NOSCRIPT_CHARS]):
        element.clear()
        element.extend(list(parse_fragment(text)))


def _lazy_twin(noscript: Element) -> Element | None:
    """The image right before or after, of which a `noscript` holds the copy."""
    for sibling in (_neighbour(noscript, forward=False), _neighbour(noscript, forward=True)):
        if sibling is not None and sibling.tag == "img":
            return sibling
        if sibling is not None and sibling.tag in ("picture", "span", "div", "figure", "a", "amp-img"):
            inner = sibling.find_all("img")
            if len(inner) == 1 and not sibling.text.strip():
                return inner[0]
    return None


def _neighbour(element: Element, *, forward: bool) -> Element | None:
    sibling = element.next_sibling if forward else element.previous_sibling
    while isinstance(sibling, Text) and not sibling.data.strip():
        sibling = sibling.next_sibling if forward else sibling.previous_sibling
    return sibling if isinstance(sibling, Element) else None


# -- formulas ----------------------------------------------------------------------------------------------------------


def _formula(element: Element) -> None:
    """Leaves in a formula only what is MathML, and drops what is named like MathML but stands outside of one."""
    if element.namespace is not Namespace.MATHML:
        element.unwrap()
    elif element.tag == "math" and not (isinstance(element.parent, Element) and element.parent.closest("math")):
        foreign = [inner for inner in element.iter_elements() if inner.namespace is Namespace.MATHML]
        for inner in foreign:
            if inner.tag not in MATH_ELEMENTS and not inner.tag.startswith("annotation"):  # which goes as a whole
                inner.unwrap()


# -- videos and frames -------------------------------------------------------------------------------------------------


def _frame_url(element: Element, resolve: Resolve) -> str | None:
    for name in ("src", "data-src", "data-lazy-src", "data-original", "data", "movie"):
        if (value := element.attr(name)) and (url := resolve(value)):
            return url
    return None


def _frame(element: Element, resolve: Resolve) -> None:
    """A known video becomes its placeholder, another frame a link to what it shows."""
    url = _frame_url(element, resolve)
    if url is None or images.is_tracker(url):
        element.extract()
    elif embed := embeds.recognise(url):
        _put_link(element, Element("a", embeds.attributes(embed)))
    else:
        url = urls.without_tracking(url)
        link = Element("a", {"href": url, "rel": LINK_REL})
        link.append(Text(urls.host_port(url).rpartition(":")[0].removeprefix("www.")))
        _put_link(element, link)


def _plugin(element: Element, resolve: Resolve) -> None:
    """A video in an `object` or `embed`; of any other object its own fallback stays."""
    addresses = [_frame_url(element, resolve)]
    addresses += [
        resolve(param.attr("value") or "")
        for param in element.find_all("param")[:50]
        if (param.attr("name") or "").lower() in ("movie", "src")
    ]
    for url in addresses:
        if url and (embed := embeds.recognise(url)):
            _put_link(element, Element("a", embeds.attributes(embed)))
            return


def _component(element: Element, _resolve: Resolve) -> None:
    """`amp-youtube`, `lite-youtube` and the like name the video by its id alone."""
    id_ = element.attr("data-videoid") or element.attr("videoid") or ""
    if embed := embeds.by_id(element.tag.partition("-")[2], id_):
        _put_link(element, Element("a", embeds.attributes(embed)))


def _player(element: Element, resolve: Resolve) -> None:
    """Keeps a `video` or `audio` with an address of its own, stripped to controls that load nothing by themselves."""
    url = _media_url(element, resolve)
    tag = element.tag.removeprefix("amp-")
    poster = resolve(element.attr("poster") or "") if tag == "video" else None
    if url is not None and (embed := embeds.recognise(url)):
        _put_link(element, Element("a", embeds.attributes(embed)))
    elif url is not None:
        element.replace_with(Element(tag, _player_attributes(element, url, poster)))
    elif poster is not None:
        element.replace_with(Element("img", {"src": poster, "alt": ""}))
    else:
        element.extract()


def _player_attributes(element: Element, url: str, poster: str | None) -> dict[str, str]:
    wanted = {"src": url}
    if poster is not None:
        wanted["poster"] = poster
    for name in ("width", "height"):
        value = images.dimension(element.attr(name))
        if value and not element.tag.endswith("audio"):
            wanted[name] = str(value)
    return wanted | {"controls": "", "preload": "none"}


def _media_url(element: Element, resolve: Resolve) -> str | None:
    for owner in (element, *element.find_all("source")[:20]):
        for name in ("src", "data-src"):
            if (value := owner.attr(name)) and (url := resolve(value)):
                return url
    return None


def _leave(_element: Element, _resolve: Resolve) -> None:
    """A `noscript` in a `noscript`: the sanitiser drops it."""


_HANDLERS: dict[str, Callable[[Element, Resolve], None]] = {
    "a": _link,
    "q": _cite,
    "blockquote": _cite,
    "ins": _cite,
    "del": _cite,
    "noscript": _leave,
    "img": _image,
    "picture": _picture,
    "amp-img": _image,
    "amp-anim": _image,
    "iframe": _frame,
    "amp-iframe": _frame,
    "embed": _plugin,
    "object": _plugin,
    "video": _player,
    "amp-video": _player,
    "audio": _player,
    "amp-audio": _player,
    "amp-youtube": _component,
    "lite-youtube": _component,
    "amp-vimeo": _component,
    "lite-vimeo": _component,
    "amp-dailymotion": _component,
}
_TAGS = frozenset(_HANDLERS)
