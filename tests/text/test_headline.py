import pytest

from bot.model import Media, MediaKind
from bot.text.headline import choose_headline
from bot.text.html import parse_html

_LONG = "The pond froze last night, and the newts have gone under the stones where no one can see them."
_IMAGE = Media("https://x.example/a.jpg", MediaKind.IMAGE, alt="A newt")
_VIDEO = Media("https://x.example/a.mp4", MediaKind.VIDEO)


@pytest.mark.parametrize(
    ("title", "html"),
    [
        (_LONG, f"<p>{_LONG}</p><p>More.</p>"),
        (_LONG[:60] + "…", f"<p>{_LONG}</p>"),
        (_LONG[:60] + "...", f"<p>{_LONG}</p>"),
        ("Short and whole", "<p>Short and whole</p>"),
        ("Glued together.Like this, without…", "<p>Glued together.</p><p>Like this, without a space</p>"),
        ("What the other said…", "<p>My own words come first.</p><blockquote>What the other said then</blockquote>"),
        ("&amp;ldquo;Quoted&amp;rdquo; and escaped…", "<p>“Quoted” and escaped twice</p>"),
        ("🌱", "<p>🌱 sprouting</p>"),
    ],
)  # fmt: skip
def test_a_title_that_only_repeats_the_text_is_dropped(title: str, html: str) -> None:
    found = choose_headline(title, parse_html(html), ())

    assert (found.title, found.is_own) == ("Post", False)


@pytest.mark.parametrize(
    ("title", "html"),
    [
        ("Spring", "<p>Spring is late this year.</p>"),
        ("A title of its own", "<p>And a text.</p>"),
        ("A title of its own", ""),
        ("2024", "<p>What a year.</p>"),
        ("🌱", "<p>Seeds.</p>"),
        ("The pond froze over last night", "<p>The pond froze over last night, and the newts are gone.</p>"),
    ],
)
def test_a_title_that_does_not_repeat_the_text_is_kept(title: str, html: str) -> None:
    assert choose_headline(title, parse_html(html), ()).title == title


def test_a_first_heading_that_repeats_the_title_is_removed() -> None:
    found = choose_headline("How to prune", parse_html("<h1>How to prune</h1><p>With care.</p>"), ())

    assert (found.title, found.body.text) == ("How to prune", "With care.")


@pytest.mark.parametrize(
    ("html", "media", "title"),
    [
        ("<blockquote data-author='ada'>x</blockquote>", (_IMAGE,), "Reblog from ada"),
        ("<blockquote data-author=b><blockquote data-author=a>x</blockquote>y</blockquote>", (), "Reblog from a"),
        ("<p>Look.</p>", (_IMAGE,), "Photo"),
        ("<p>Look.</p>", (_IMAGE, _IMAGE, _IMAGE), "3 photos"),
        ("<p>Look.</p>", (_IMAGE, _VIDEO), "Video"),
        ("", (Media("https://x.example/a.mp3", MediaKind.AUDIO),), "Audio"),
        ("<p><a href='https://x.example/'>A sundial</a></p><p>We tried it.</p>", (), "Link: A sundial"),
        ("<p><a href='https://x.example/a'>https://x.example/a</a></p>", (), "Link: x.example"),
        ("<blockquote>To be or not to be</blockquote><p>— W.</p>", (), "Quote"),
        ("<p>Words.</p>", (), "Post"),
        ("", (), "Post"),
        ("<p>" + "A long story. " * 100 + "</p>", (_IMAGE,), "Post"),
    ],
)  # fmt: skip
def test_a_post_without_a_title_is_named_after_its_kind(
    html: str, media: tuple[Media, ...], title: str
) -> None:
    for own in ("", " ", "Untitled", "https://x.example/1"):
        assert choose_headline(own, parse_html(html), media).title == title


def test_a_post_without_a_title_is_named_by_its_text_its_pictures_description_or_its_kind() -> None:
    assert _line("<p>First words of a text.</p><p>Second.</p>") == "First words of a text."
    assert _line("<p>Hm.</p><p>Second part.</p>") == "Hm. Second part."
    assert _line("", _IMAGE) == "A newt"
    assert _line("", _VIDEO) == "Video"


def _line(html: str, *media: Media) -> str:
    return choose_headline("", parse_html(html), media).line
