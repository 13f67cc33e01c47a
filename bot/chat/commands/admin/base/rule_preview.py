"""Try rules on the newest posts of a feed, and list posts in answers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.commands.common.autocomplete import post_title
from bot.chat.messages import _, escape_text, fit_lines, n_
from bot.model import ArchivedEntry, Rule
from bot.relay.match import match
from bot.text.escape import isolate_direction
from bot.text.links import safe_url
from bot.text.markdown import masked_link
from bot.text.summary import clip

MAX_POSTS = 20
"""The newest posts in the archive on which a changed rule is tried."""
_MAX_TITLE_LENGTH = 80
_MAX_LINK_LENGTH = 300


@dataclass(frozen=True, slots=True)
class RulePreview:
    """A rule tried on a feed's newest posts: how many there were, and the ones that match."""

    posts: int
    wanted: tuple[ArchivedEntry, ...]
    """Newest first."""


def preview_rule(rule: Rule, posts: Sequence[ArchivedEntry]) -> RulePreview:
    """Try a rule on posts, newest first."""
    return RulePreview(len(posts), tuple(post for post in posts if match(rule, post.entry).wanted))


def count_wanted(wanted: int, posts: int) -> str:
    """Return how many of the newest posts would have been posted, as a sentence without its full stop."""
    if not posts:
        return _("The archive has no posts yet to try this on")
    if not wanted:
        return n_(
            "The last post would not have been posted",
            "None of the last {count} posts would have been posted",
            posts,
        )
    return n_(
        "The last post would have been posted",
        "{wanted} of the last {count} posts would have been posted",
        posts,
    ).format(wanted=wanted)


def list_posts(posts: Sequence[ArchivedEntry], room: int) -> str:
    """Return one line per post, as many as fit into `room` UTF-16 units."""
    return fit_lines([f"- {link_post(post)}" for post in posts], room)


def link_post(post: ArchivedEntry) -> str:
    """Return the title, linked unless the address is very long."""
    title = clip(post_title(post), _MAX_TITLE_LENGTH) or _("an untitled post")
    url = safe_url(post.entry.link)
    return (
        masked_link(isolate_direction(title), url)
        if url and len(url) <= _MAX_LINK_LENGTH
        else escape_text(title)
    )
