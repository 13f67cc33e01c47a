"""Posts → feed documents in the four formats that real sites serve."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the sandbox's blog."""

    id: str
    """Digits, as Tumblr numbers its posts."""
    title: str
    html: str
    published: datetime
    tags: tuple[str, ...] = ()
    author: str = ""
    slug: str = ""
    guid: str = ""
    """Empty: in the feed's guid style."""
    link: str = ""
    """Empty: below the feed's base."""
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class PostWithLinks:
    """A post with its addresses in a document."""

    post: Post
    link: str
    guid: str


@dataclass(frozen=True, slots=True)
class FeedHead:
    """The feed's own properties in a document."""

    name: str
    title: str
    base: str
    """The blog's address, without a slash at the end."""
    feed_url: str
    older: str = ""
    """The address of the page with older posts; empty: none."""
    older_is: str = "next"
    """That page's link relation in XML: `next` or `prev-archive`."""


CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "wordpress": "application/rss+xml; charset=UTF-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


def document(form: str, head: FeedHead, posts: Sequence[PostWithLinks]) -> bytes:
    """Return the feed in a format of CONTENT_TYPES, with the posts in this order."""
    return _WRITERS[form](head, posts).encode()


def _older(head: FeedHead, element: str) -> str:
    return f'<{element} rel="{head.older_is}" href="{escape(head.older)}"/>' if head.older else ""


def _tumblr(head: FeedHead, posts: Sequence[PostWithLinks]) -> str:
    items = "".join(_tumblr_item(linked) for linked in posts)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
        f"<channel><description></description><title>{escape(head.title)}</title>"
        f"<generator>Tumblr (3.0; @{escape(head.name)})</generator><link>{escape(head.base)}/</link>"
        f"{items}</channel></rss>"
    )


def _tumblr_item(linked: PostWithLinks) -> str:
    post = linked.post
    return (
        f"<item><title>{escape(post.title)}</title><description>{escape(post.html)}</description>"
        f"<link>{escape(linked.link)}</link><guid>{escape(linked.guid)}</guid>"
        f"<pubDate>{format_datetime(post.published)}</pubDate>{_categories(post)}</item>"
    )


def _wordpress(head: FeedHead, posts: Sequence[PostWithLinks]) -> str:
    items = "".join(_wordpress_item(linked) for linked in posts)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:atom="http://www.w3.org/2005/Atom">\n'
        f"<channel>\n\t<title>{escape(head.title)}</title>\n"
        f'\t<atom:link href="{escape(head.feed_url)}" rel="self" type="application/rss+xml" />\n'
        f"\t{_older(head, 'atom:link')}\n"
        f"\t<link>{escape(head.base)}</link>\n\t<description></description>\n\t<language>en-GB</language>\n"
        f"\t<generator>https://wordpress.org/?v=6.4.2</generator>\n{items}</channel>\n</rss>\n"
    )


def _wordpress_item(linked: PostWithLinks) -> str:
    post = linked.post
    return (
        f"\t<item>\n\t\t<title>{escape(post.title)}</title>\n\t\t<link>{escape(linked.link)}</link>\n"
        f"\t\t<dc:creator>{_cdata(post.author)}</dc:creator>\n"
        f"\t\t<pubDate>{format_datetime(post.published)}</pubDate>\n\t\t{_categories(post)}\n"
        f'\t\t<guid isPermaLink="false">{escape(linked.guid)}</guid>\n'
        f"\t\t<description>{_cdata(post.html[:200])}</description>\n"
        f"\t\t<content:encoded>{_cdata(post.html)}</content:encoded>\n\t</item>\n"
    )


def _categories(post: Post) -> str:
    return "".join(f"<category>{escape(tag)}</category>" for tag in post.tags)


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _atom(head: FeedHead, posts: Sequence[PostWithLinks]) -> str:
    newest = max((linked.post.updated or linked.post.published for linked in posts), default=None)
    stamp = f"<updated>{newest.isoformat()}</updated>" if newest else ""
    entries = "".join(_atom_entry(linked) for linked in posts)
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(head.title)}</title><id>{escape(head.feed_url)}</id>{stamp}"
        f'<link href="{escape(head.base)}/"/><link rel="self" href="{escape(head.feed_url)}"/>'
        f"{_older(head, 'link')}{entries}</feed>"
    )


def _atom_entry(linked: PostWithLinks) -> str:
    post = linked.post
    tags = "".join(f'<category term="{escape(tag)}"/>' for tag in post.tags)
    author = f"<author><name>{escape(post.author)}</name></author>" if post.author else ""
    return (
        f"<entry><id>{escape(linked.guid)}</id><title>{escape(post.title)}</title>"
        f'<link rel="alternate" href="{escape(linked.link)}"/><published>{post.published.isoformat()}</published>'
        f"<updated>{(post.updated or post.published).isoformat()}</updated>{author}{tags}"
        f'<content type="html">{escape(post.html)}</content></entry>'
    )


def _json(head: FeedHead, posts: Sequence[PostWithLinks]) -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": head.title,
            "home_page_url": f"{head.base}/",
            "feed_url": head.feed_url,
            "items": [_json_item(linked) for linked in posts],
            **({"next_url": head.older} if head.older else {}),
        },
        ensure_ascii=False,
    )


def _json_item(linked: PostWithLinks) -> dict[str, object]:
    post = linked.post
    item: dict[str, object] = {
        "id": linked.guid,
        "url": linked.link,
        "title": post.title,
        "content_html": post.html,
        "date_published": post.published.isoformat(),
        "tags": list(post.tags),
    }
    if post.author:
        item["authors"] = [{"name": post.author}]
    if post.updated:
        item["date_modified"] = post.updated.isoformat()
    return item


_WRITERS = {"rss": _tumblr, "wordpress": _wordpress, "atom": _atom, "json": _json}
