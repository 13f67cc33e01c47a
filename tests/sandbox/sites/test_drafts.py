"""What the bot shows of each kind of post: the HTML is Tumblr's, so it understands all of it."""

from datetime import UTC, datetime

import pytest

from bot.model import Message, Style
from bot.model.source import Fetched
from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.desk import Desk
from bot.sandbox.sites.drafts import Draft, Earlier, Kind, Picture
from bot.source.formats.parse import parse_feed
from bot.text.render import render

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SNAIL = Picture("snail", "A snail")
CHARD = Picture("chard", "Chard")


@pytest.fixture
def desk(blog: Blog) -> Desk:
    desk = Desk(blog)
    desk.open(NOW)
    return desk


def shown(desk: Desk, draft: Draft) -> Message:
    """Return the message for this draft, published in the Tumblr blog `garden`."""
    written = desk.write("garden", draft, NOW)
    feed = parse_feed(Fetched(written.blog.url, written.blog.document().body))
    return render(feed.entries[0], feed.title, Style.FULL)


def body(message: Message) -> str:
    return "\n".join(part for embed in message.embeds for part in (embed.title, embed.description))


def pictures(message: Message) -> list[str]:
    return [embed.image_url for embed in message.embeds if embed.image_url]


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (Draft(text="Two <3"), "Two <3"),
        (Draft(text="<p>They <b>climb</b>.</p>"), "They climb."),
        (Draft(Kind.PHOTO, text="Nine minutes.", pictures=(SNAIL,)), "Nine minutes."),
        (
            Draft(Kind.LINK, "Frost dates", "For your village", link="https://frost.example/"),
            "For your village",
        ),
        (Draft(Kind.QUOTE, text="Take two.", source="plot 9"), "Take two."),
        (Draft(Kind.QUOTE, text="Take two.", source="plot 9"), "plot 9"),
        (Draft(Kind.CHAT, "Gate", "A: Onions?\nB: Shallots."), "**A:** Onions?"),
        (Draft(Kind.ANSWER, text="No.", trail=(Earlier("boots", "Must I dig?"),)), "> Must I dig?"),
        (Draft(Kind.POLL, "Where?", "South\nWest"), "- South\n- West"),
        (Draft(Kind.REBLOG, text="Yes.", trail=(Earlier("wormery", "Leave the lid."),)), "wormery"),
        (Draft(Kind.REBLOG, text="Yes.", trail=(Earlier("wormery", "Leave the lid."),)), "> Leave the lid."),
        (Draft(Kind.VIDEO, "Gravel", link="https://video.example/g.mp4"), "https://video.example/g.mp4"),
        (Draft(Kind.AUDIO, "Rain", link="https://music.example/r.mp3"), "https://music.example/r.mp3"),
    ],
)
def test_the_bot_posts_what_was_written(desk: Desk, draft: Draft, expected: str) -> None:
    assert expected in body(shown(desk, draft))


def test_a_photo_set_keeps_its_pictures_in_order(desk: Desk) -> None:
    message = shown(desk, Draft(Kind.PHOTO_SET, pictures=(CHARD, SNAIL)))

    names = [address.rpartition("/")[2] for address in pictures(message)]
    assert names == ["chard.png", "snail.png"]


def test_a_reblog_shows_the_whole_trail(desk: Desk) -> None:
    trail = (Earlier("root", "First."), Earlier("middle", "Second."))
    text = body(shown(desk, Draft(Kind.REBLOG, text="Third.", trail=trail)))

    assert text.index("First.") < text.index("Second.") < text.index("Third.")


def test_plain_text_cannot_become_html(desk: Desk) -> None:
    hostile = 'He said "<script>alert(1)</script>" & left'
    written = desk.write("garden", Draft(text=hostile), NOW)

    assert "<script>" not in written.post.html
    assert "alert(1)" in body(shown(desk, Draft(text=hostile)))
