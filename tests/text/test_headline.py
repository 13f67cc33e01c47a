from dataclasses import replace

import pytest

from bot.model import Media, MediaKind
from bot.text.headline import Headline, choose_headline
from bot.text.html import parse_html

_LONG = "The pond froze last night, and the newts have gone under the stones where no one can see them."
_AND = " and so on" * 40
_LINK = "https://pond.example/1"
_IMAGE = Media("https://x.example/a.jpg", MediaKind.IMAGE, alt="A newt")
_BARE_IMAGE = replace(_IMAGE, alt="")
_VIDEO = Media("https://x.example/a.mp4", MediaKind.VIDEO)


@pytest.mark.parametrize(
    ("title", "html", "rest"),
    [
        (_LONG, f"<p>{_LONG}</p><p>More.</p>", "More."),
        ("Short and whole", "<p>Short and whole</p>", ""),
        ("Short and whole", "<p>Short and whole.<br>Next line</p>", "Next line"),
        ("Short and whole", "<pre>Short and whole\n\n  def f():\n    pass</pre>", "  def f():\n    pass"),
        ("How to prune", "<h1>How to prune</h1><p>With care.</p>", "With care."),
        ("How to prune", f"<h2><a href='{_LINK}'>How to prune</a></h2><hr><p>With care.</p>", "With care."),
        ("Bridge reopens - River Post", f"<a href='{_LINK}'>Bridge reopens</a>&nbsp;&nbsp;<font>River Post</font>", ""),
        ("Bridge reopens - River Post", "<p>Bridge reopens</p>", ""),
        ("Bridge open after two years", f"<a href='{_LINK}'>Bridge open after two years</a> River Post", "River Post"),
        ("One - A", f"<ol><li><a href='{_LINK}'>One</a> A</li><li><a href='{_LINK}'>Two</a> B</li></ol>", "Two B"),
        ("Two whole sentences are here", "<p>Two whole sentences are here. And a third.</p>", "And a third."),
        ("Cut without any ellipsis right at", "<p>Cut without any ellipsis right at a word.</p>", "…a word."),
        ("“If you have a garden, good”", "<blockquote>If you have a garden, good.</blockquote>— C", "— C"),
        ("Folge 12: Über Bäume", "<p><b>Folge 12</b>: Über Bäume</p><p>Mit Ada.</p>", "Mit Ada."),
        ("今夜の星空", "<p>今夜の星空</p><p>晴れ。</p>", "晴れ。"),
        ("Which box first?", "<p>Vote below.</p><p>Which box first?</p><ul><li>A</li></ul>", "Vote below.\nA"),
        ("Two ways over", "<p><i>Two ways over</i></p><p>Gravel</p><p>Two ways over.</p>", "Gravel"),
        ("How to prune", "<p>By Ada</p><p>With saws</p><h1>How to prune</h1><p>Care.</p>", "By Ada\nWith saws\nCare."),
        ("&amp;ldquo;Quoted&amp;rdquo; twice", "<p>“Quoted” twice</p>", ""),
    ],
)  # fmt: skip
def test_a_title_that_repeats_the_text_is_the_headline_and_leaves_the_body(
    title: str, html: str, rest: str
) -> None:
    found = _choose(title, html)

    assert letters(found.title) == letters(title.replace("&amp;ldquo;", "").replace("&amp;rdquo;", ""))
    assert (found.body.text, found.is_kind) == (rest, False)


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@pytest.mark.parametrize(
    ("title", "html", "headline", "rest"),
    [
        (_LONG[:60] + "…", f"<p>{_LONG}</p><p>More.</p>", _LONG, "More."),
        (_LONG[:60] + "...", f"<p>{_LONG} More.</p>", _LONG + " More.", ""),
        (_LONG[:60] + " [...]", f"<p>{_LONG} {_LONG} {_LONG}</p>", _LONG, f"{_LONG} {_LONG}"),
        ("Cut in a wo…", f"<p>Cut in a word{_AND}.</p>", "Cut in a wo…", f"…word{_AND}."),
        ("Glued together.Like this…", "<p>Glued together.</p><p>Like this, so</p>", "Glued together.Like this…", "…so"),
    ],
)  # fmt: skip
def test_a_title_that_was_cut_from_the_text_is_completed_where_its_end_is_near(
    title: str, html: str, headline: str, rest: str
) -> None:
    found = _choose(title, html)

    assert (found.title, found.body.text) == (headline, rest)


@pytest.mark.parametrize(
    ("title", "html"),
    [
        ("Spring", "<p>Spring is late this year.</p>"),
        ("A title of its own", "<p>And a text.</p>"),
        ("A title of its own", ""),
        ("2024", "<p>What a year.</p>"),
        ("🌱", "<p>Seeds.</p>"),
        ("The pond froze over last night", "<p>The pond froze over last night, and the newts are gone.</p>"),
        ("The other's words", "<blockquote data-author='ada'>The other's words</blockquote><p>Mine.</p>"),
        ("A list", "<ul><li>A list</li><li>of two</li></ul>"),
        ("A film to see", "<p><a href='https://film.example/7'>A film to see</a></p><p>Soon.</p>"),
        ("Who did it", "<p><span class=spoiler>Who did it</span></p>"),
        ("November", "<p>No</p>"),
        ("Which tyres for gravel?", "<p>Anonymous asked:</p><p>Which tyres for gravel?</p><p>Wide ones.</p>"),
        ("Still we row", "<p>At dawn</p><p>Still we row</p><p>At dusk</p><p>Still we row</p>"),
        ("Enough", "<p>Now</p><p>Enough</p>"),
        ("A film to see", "<p>Soon</p><p><a href='https://film.example/7'>A film to see</a></p>"),
        ("To be seen", "<p>Look:</p><blockquote>To be seen</blockquote>"),
        ("Far below", "<p>One</p><p>Two</p><p>Three</p><p>Far below</p>"),
    ],
)
def test_content_that_a_person_would_miss_stays_in_the_body(title: str, html: str) -> None:
    found = _choose(title, html)

    assert (found.title, found.body) == (title, parse_html(html))


@pytest.mark.parametrize("title", ["", " ", "Untitled", "[no title]", "https://x.example/1", "Photo"])
@pytest.mark.parametrize(
    ("html", "media", "headline", "rest"),
    [
        (f"<p>{_LONG}</p><p>More.</p>", (), _LONG, "More."),
        ("<p>Look what we found.</p>", (_IMAGE, _VIDEO), "Look what we found.", ""),
        ("<p>Hm.</p><p>A second paragraph.</p><p>More.</p>", (), "Hm. A second paragraph.", "More."),
        ("<p>A first sentence. Then <a href='https://b.example'>b</a>.</p>", (), "A first sentence.", "Then b."),
        ("<p>Three facts on ponds:</p><p>1. cold<br>2. deep</p>", (), "Three facts on ponds:", "1. cold\n2. deep"),
        ("<p>See https://b.example/x for more</p>", (), "See for more", "See https://b.example/x for more"),
        ("<p>🌱</p><p>Sprouting at last, all over.</p>", (), "🌱 Sprouting at last, all over.", ""),
        ("<blockquote data-author=ada><p>To be seen.</p></blockquote>", (_IMAGE,), "To be seen.", "To be seen."),
        ("", (_IMAGE, _IMAGE), "A newt", ""),
    ],
)  # fmt: skip
def test_a_post_without_a_title_is_headed_by_its_first_words(
    title: str, html: str, media: tuple[Media, ...], headline: str, rest: str
) -> None:
    found = choose_headline(title, parse_html(html), media, _LINK)

    assert (found.title, found.body.text, found.is_kind) == (headline, rest, False)


@pytest.mark.parametrize(
    ("html", "media", "title"),
    [
        ("<blockquote data-author='ada'><hr></blockquote>", (_BARE_IMAGE,), "Reblog from ada"),
        ("", (_BARE_IMAGE,), "Photo"),
        ("", (replace(_IMAGE, alt="IMG_2041.jpg"),), "Photo"),
        ("", (replace(_IMAGE, alt="image"),), "Photo"),
        ("<p>🌊 !!!</p>", (_BARE_IMAGE,) * 3, "3 photos"),
        ("", (_BARE_IMAGE, _VIDEO), "Video"),
        ("", (Media("https://x.example/a.mp3", MediaKind.AUDIO),), "Audio"),
        ("<p><a href='https://x.example/a'>https://x.example/a</a></p>", (), "Link: x.example"),
        ("<p>https://x.example/a</p>", (), "Link: x.example"),
        ("", (), "Post"),
    ],
)
def test_only_a_post_without_words_is_named_after_its_kind(
    html: str, media: tuple[Media, ...], title: str
) -> None:
    for own in ("", " ", "Untitled", "https://x.example/1"):
        found = choose_headline(own, parse_html(html), media, _LINK)

        assert (found.title, found.is_kind) == (title, True)


def test_a_long_title_that_is_the_text_is_shortened_and_the_text_goes_on() -> None:
    text = "We counted the frogs again, and there were more of them than last year. " * 8

    for html in (f"<p>{text}</p>", ""):
        found = _choose(text, html)

        assert f"{found.title} {found.body.text}" == text.strip()
        assert len(found.title) < 200


def test_a_title_of_emoji_only_gives_way_to_the_words_after_it() -> None:
    assert _choose("🌱", "<p>🌱 sprouting at last</p>").title == "🌱 sprouting at last"
    assert _choose("🌱", "<p>🌱🌱</p>").title == "🌱"


def test_the_line_of_a_post_has_as_many_words_as_fit_in_one() -> None:
    html = f"<p>First words of a text. And <a href='https://b.example/'>more</a> of {_LONG}</p>"

    assert _choose("", html).title == "First words of a text."
    assert _choose("", html).line.startswith("First words of a text. And more of The pond")


def _choose(title: str, html: str) -> Headline:
    return choose_headline(title, parse_html(html), (), _LINK)
