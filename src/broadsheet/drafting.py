"""How a document becomes drafts: parse, tell new from known, clean, and make what the archive will keep. Pure."""

import msgspec

from broadsheet import feeds
from broadsheet.clean import clean
from broadsheet.clean.captions import without_captions
from broadsheet.clean.excerpt import looks_cut
from broadsheet.clean.lead import lead_image
from broadsheet.digest import FeedTask, PageDraft, PageTask
from broadsheet.identity import article_id, content_digest, entry_keys, lonely_urls, text_digest
from broadsheet.model import Article, Body, CleanText, Digest, Draft, Entry, Feed, Origin
from broadsheet.packing import pack_body, pack_bytes
from broadsheet.text import shorten
from broadsheet.tokens import index_text
from broadsheet.urls import canonical, without_tracking

SUMMARY_CHARS = 280


def draft_feed(task: FeedTask) -> Digest:
    """Parses a document and cleans the entries that are new or changed against the window."""
    parsed = feeds.parse(task.body, url=task.url, content_type=task.content_type, keep_raw=True, now=task.now)
    feed = parsed.feed
    keys = entry_keys(feed.entries)
    lonely = lonely_urls(feed.entries)
    window: dict[bytes, bytes] = {}
    drafts: list[Draft] = []
    for entry, key in zip(feed.entries, keys, strict=True):
        content = content_digest(entry)
        if key in window:  # the same entry twice in one document
            continue
        window[key] = content
        if task.window.get(key) != content:
            drafts.append(_draft(entry, feed, task, key=key, content=content, lonely=lonely))
    # Oldest first, so that articles arrive in the order in which they were published; feeds stand newest first.
    drafts.reverse()
    drafts.sort(key=lambda draft: draft.article.date)
    return Digest(
        source_key=task.source_key,
        feed_title=feed.title,
        feed_link=feed.link,
        ttl_s=feed.ttl_s,
        seen=len(feed.entries),
        drafts=tuple(drafts),
        window=window,
        problems=parsed.problems,
        fatal=parsed.fatal,
    )


def _draft(entry: Entry, feed: Feed, task: FeedTask, *, key: bytes, content: bytes, lonely: set[str]) -> Draft:
    cleaned = clean(entry.html, base=entry.base or task.url, title=entry.title)
    prose = without_captions(cleaned.html, cleaned.text)
    url = without_tracking(entry.link) if entry.link else None
    canonical_url = canonical(entry.link) if entry.link else None
    lead = lead_image(entry.image, None, cleaned.images)
    article = Article(
        id=article_id(task.source_key, key),
        source_key=task.source_key,
        url=url,
        canonical=canonical_url,
        title=entry.title,
        author=", ".join(entry.authors) or None,
        published=entry.published,
        updated=entry.updated,
        first_seen=task.now,
        tags=entry.tags,
        lead_image=lead,
        language=entry.language or feed.language,
        license=entry.license or feed.license,
        rights=entry.rights or feed.rights,
        summary=shorten(prose, SUMMARY_CHARS),
        clean_digest=text_digest(entry.title, cleaned.html),
        length_chars=len(prose),
    )
    body = Body(html=cleaned.html, text=cleaned.text, images=cleaned.images, enclosures=entry.enclosures)
    return Draft(
        entry_key=key,
        content_digest=content,
        article=article,
        body=pack_body(body),
        images=_image_urls(cleaned, lead),
        lonely_url=canonical_url in lonely,
        looks_cut=looks_cut(cleaned.text),
        title_tokens=index_text(entry.title),
        text_tokens=index_text(cleaned.text),
        capture=pack_bytes(entry.raw),
    )


def draft_page(task: PageTask) -> PageDraft:
    """Extracts, judges and cleans one page; a page that does not belong to the article is refused with a reason."""
    from broadsheet.extract import extract, plausible  # feeds alone need not wait for it

    article = task.article
    page = extract(
        task.body, url=task.url, content_type=task.content_type, title_hint=article.title, text_hint=task.feed_text
    )
    if not plausible(page, title_hint=article.title, text_hint=task.feed_text):
        return PageDraft(article=article, reason="the page does not look like this article")
    cleaned = clean(page.html, base=task.url, title=article.title)
    if len(cleaned.text) <= len(task.feed_text):
        return PageDraft(article=article, reason="the page has no more text than the feed")
    prose = without_captions(cleaned.html, cleaned.text)
    lead = article.lead_image or lead_image(None, page.lead_image, cleaned.images)
    changed = msgspec.structs.replace(
        article,
        author=article.author or page.author,
        language=article.language or page.language,
        license=article.license or page.license,
        lead_image=lead,
        summary=article.summary or shorten(prose, SUMMARY_CHARS),
        length_chars=len(prose),
    )
    origin: Origin = "page"
    body = Body(html=cleaned.html, text=cleaned.text, images=cleaned.images, enclosures=task.enclosures, origin=origin)
    return PageDraft(
        article=changed,
        body=pack_body(body),
        capture=pack_bytes(task.body),
        images=_image_urls(cleaned, lead),
        title_tokens=index_text(article.title),
        text_tokens=index_text(cleaned.text),
    )


def _image_urls(cleaned: CleanText, lead: str | None) -> tuple[str, ...]:
    urls = dict.fromkeys(image.url for image in cleaned.images)
    if lead:
        urls.setdefault(lead)
    return tuple(urls)
