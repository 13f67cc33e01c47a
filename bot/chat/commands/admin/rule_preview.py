"""What a rule would have done to the newest posts, and posts as lines of an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.commands.common.autocomplete import title_of
from bot.chat.messages import _, escape_text, fit_lines, n_
from bot.model import ArchivedEntry, Rule
from bot.relay.match import match
from bot.text.escape import isolate_direction
from bot.text.links import safe_url
from bot.text.markdown import masked_link
from bot.text.summary import clip

LOOKED_AT = 20
"""Posts of the archive that a changed rule is tried on."""
_TITLE = 80
_LONGEST_LINK = 300


@dataclass(frozen=True, slots=True)
class Sample:
    """Newest posts of a feed, and which of them a rule wants."""

    posts: int
    wanted: tuple[ArchivedEntry, ...]
    """Newest first."""


def take_sample(rule: Rule, posts: Sequence[ArchivedEntry]) -> Sample:
    """Try a rule on posts."""
    return Sample(len(posts), tuple(post for post in posts if match(rule, post.entry).wanted))


def sum_up(sample: Sample, ends: str = ".") -> str:
    """How many, in one sentence; `ends`: ":" where those that would have been posted follow."""
    if not sample.posts:
        return _("No post is in the archive yet, so there is none to try this on.")
    if not sample.wanted:
        last = n_("Of the last post", "Of the last {count} posts", sample.posts)
        return _("{last} none would have been posted.").format(last=last)
    last = n_("Of the last post", "Of the last {count} posts", sample.posts)
    these = n_("this one", "these {count}", len(sample.wanted)) if ends == ":" else str(len(sample.wanted))
    return _("{last}, {these} would have been posted").format(last=last, these=these) + ends


def list_posts(posts: Sequence[ArchivedEntry], room: int) -> str:
    """A line each, as many as fit into so many UTF-16 units."""
    return fit_lines([f"- {write_post(post)}" for post in posts], room)


def write_post(post: ArchivedEntry) -> str:
    """The title, linked unless its address is very long."""
    title = clip(title_of(post), _TITLE) or _("a post without title")
    url = safe_url(post.entry.link)
    return (
        masked_link(isolate_direction(title), url)
        if url and len(url) <= _LONGEST_LINK
        else escape_text(title)
    )
