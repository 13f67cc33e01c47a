"""The demo's posts, in three styles that real blogs have."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.sites.feed_documents import Post


@dataclass(frozen=True, slots=True)
class Sample:
    """A post that isn't published yet."""

    feed: str
    title: str
    html: str
    tags: tuple[str, ...] = ()
    author: str = ""

    def post(self, number: int, published: datetime) -> Post:
        """Return the post as published at this time; its id comes from the number."""
        post_id = f"{700_000_000_000_000_000 + number}"
        slug = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")
        return Post(post_id, self.title, self.html, published, self.tags, self.author, slug)


def _photos(*pictures: tuple[str, str]) -> str:
    """Return a row of photos in Tumblr's HTML, from pairs of address and description."""
    figures = (f'<figure class="tmblr-full"><img src="{url}" alt="{alt}"/></figure>' for url, alt in pictures)
    return f'<div class="npf_row">{"".join(figures)}</div>'


def old_posts() -> tuple[Sample, ...]:
    """Return the posts that were there before the bot: it archives them and doesn't post them."""
    return (
        Sample("garden", "Seed order sent", "<p>Broad beans, chard and one packet of luck.</p>", ("seeds",)),
        Sample("night-sky", "New moon weekend", "<p>Dark enough for the Milky Way.</p>", ("moon",), "Ines"),
        Sample(
            "slow-wheels", "Winter chain care", "<p>Wipe, drip, wait, wipe again.</p>", ("workshop",), "Tomas"
        ),
    )


def new_posts(picture: Callable[[str], str]) -> tuple[Sample, ...]:
    """Return the posts that the demo publishes. `picture`: returns a picture's address by its name."""
    return (
        Sample(
            "garden",
            "The first tulips",
            "<p>Seven red ones along the south wall, a week before the ones under the pear tree. "
            "The <b>squirrels</b> left us more bulbs than last year.</p>"
            + _photos((picture("tulips"), "Red tulips")),
            ("tulips", "spring"),
        ),
        Sample(
            "night-sky",
            "Perseids tonight: where to look, and when",
            "<p>The shower peaks after midnight. Look north-east, about half-way up, and give your eyes twenty minutes "
            "without a lamp.</p><ul><li>Blanket</li><li>Flask of tea</li><li>No telescope: the sky is wide</li></ul>"
            "<p>Last year we counted <em>sixty-one</em> in an hour from the hill.</p>",
            ("astronomy", "meteors"),
            "Ines",
        ),
        Sample(
            "slow-wheels",
            "A ride along the canal",
            "<p>Flat, quiet, and a bakery at kilometre twelve. The path is closed at the second lock until Friday; "
            'the <a href="https://maps.example/detour">detour</a> adds ten minutes.</p>',
            ("routes",),
            "Tomas",
        ),
        Sample(
            "garden",
            "",
            _photos(
                (picture("bed-1"), "A bed of chard"),
                (picture("bed-2"), "The same bed in the rain"),
                (picture("bed-3"), "A snail"),
            ),
            ("chard",),
        ),
        Sample(
            "garden",
            "Compost is mostly patience",
            '<p><a class="tumblr_blog" href="https://wormery.tumblr.com/post/112233445566">wormery</a>:</p>'
            "<blockquote><p>Two parts brown, one part green, and leave the lid alone.</p></blockquote>"
            "<p>We did not leave the lid alone. It was worth it for the robin.</p>",
            ("compost", "reblog"),
        ),
        Sample(
            "night-sky",
            "Saturn beside the Moon on Thursday",
            "<p>They are two fingers apart at dusk. Binoculars show the <b>rings</b> as a bright oval.</p>"
            "<blockquote>The best telescope is the one you carry outside.</blockquote>",
            ("astronomy", "planets"),
            "Ines",
        ),
        Sample(
            "slow-wheels",
            "@everyone asks about the bell",
            "<p>It is brass, it is loud, and no, it does not ping <i>@here</i>. "
            "The shop on the corner has two left.</p>",
            ("workshop",),
            "Tomas",
        ),
        Sample(
            "garden",
            "Rain gauge, week 19",
            "<table><tr><th>Day</th><th>mm</th></tr><tr><td>Monday</td><td>4</td></tr><tr><td>Tuesday</td><td>0</td></tr>"
            "<tr><td>Wednesday</td><td>11</td></tr></table><p>The water butt is full again.</p>",
            ("weather",),
        ),
    )
