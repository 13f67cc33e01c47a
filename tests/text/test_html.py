import pytest

from bot.model import Media, MediaKind
from bot.text.html import html_to_text, parse_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("no markup at all", "no markup at all"),
        ("<p>Hello <b>w</b>orld</p><p>again</p>", "Hello world\nagain"),
        ("a<br>b<br/><br>c", "a\nb\nc"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<table><tr><td>1<td>2</table>", "1 2"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("x<script>no()</script><style>no{}</style><!-- no -->y", "xy"),
        ("<title>no</title><textarea>no</textarea><noscript>no</noscript>yes", "yes"),
        ("Tom &amp;amp; Jerry &amp;#8217;s", "Tom & Jerry ’s"),
        ("&lt;p&gt;once too often&lt;/p&gt;&lt;p&gt;escaped&lt;/p&gt;", "once too often\nescaped"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("a&nbsp;b\u00a0\n\t c", "a b c"),
        ("cut off in a <a href='https://x.exam", "cut off in a"),
        ("<![CDATA[<p>wrapped</p>", "wrapped"),
        ("a\0b\ud800c", "abc"),
    ],
)
def test_text_has_one_line_for_each_block_that_a_reader_sees(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "end",
        "<b>" * (5 * 2**20 // 3) + "end",
        "<p>" + "".join(f"<b id={n}>" for n in range(1_000)) + "<p>x" * 50_000 + "end",
        "<b><div></b>" * 50_000 + "end",
        "<table><td>" * 50_000 + "end",
        "<blockquote><ul><li>" * 30_000 + "end",
        "<svg>" * 50_000 + "</svg>" * 50_000 + "end",
        "<a href=x>" * 50_000 + "end",
    ],
    ids=["div", "b", "formatting", "misnested", "table", "quotes", "svg", "links"],
)
def test_hostile_nesting_is_parsed_to_its_end(html: str) -> None:
    assert html_to_text(html).endswith("end")
    parse_html(html)


@pytest.mark.parametrize(
    "part", ["<", "</", "<!--", "<a ", "<a x='", '<a b="', "<script>", "<![CDATA[", "&", "<a/", "<a b=c"]
)
def test_a_megabyte_of_unclosed_markup_is_parsed(part: str) -> None:
    html_to_text(part * (2**20 // len(part)))


def test_a_long_list_without_end_tags_keeps_every_item() -> None:
    assert html_to_text("<ul>" + "<li>x" * 5_000).split("\n") == ["x"] * 5_000


def test_media_is_found_in_document_order() -> None:
    html = """
        <img src="https://a.example/one.jpg" alt="one">
        <iframe src="//player.vimeo.com/video/123"></iframe>
        <video poster="https://a.example/still.jpg"><source src="https://a.example/film.mp4"></video>
        <audio src="https://a.example/song.mp3"></audio>
        <iframe src="https://ads.example/banner"></iframe>
    """

    assert parse_html(html).media == (
        Media("https://a.example/one.jpg", MediaKind.IMAGE, alt="one"),
        Media("https://vimeo.com/123", MediaKind.VIDEO, provider="Vimeo"),
        Media("https://a.example/film.mp4", MediaKind.VIDEO),
        Media("https://a.example/still.jpg", MediaKind.IMAGE),
        Media("https://a.example/song.mp3", MediaKind.AUDIO),
    )


def test_a_picture_inside_noscript_is_found() -> None:
    document = parse_html(
        "<img src='data:image/gif;base64,R0'><noscript><img src='https://a.example/real.jpg'>text</noscript>"
    )

    assert [media.url for media in document.media] == ["https://a.example/real.jpg"]
    assert document.text == ""


def test_links_from_footnotes_back_to_the_text_are_removed() -> None:
    html = (
        "<p>Peas.</p><ol><li>Sown in May. <a href='#1'>↩︎</a></li></ol><p>Up ↑, and <a href='/up'>up</a></p>"
    )

    assert parse_html(html).text == "Peas.\nSown in May.\nUp ↑, and up"


def test_text_after_twenty_thousand_tags_is_ignored() -> None:
    assert parse_html(f"<p>one</p>{'<p></p>' * 10_000}<p>two</p>").text == "one"


def test_a_picture_of_an_emoji_becomes_the_emoji() -> None:
    document = parse_html(
        "<p>Bees <img class='wp-smiley' src='https://s.w.org/images/core/emoji/1f41d.png' alt='🐝'></p>"
    )

    assert document.text == "Bees 🐝"
    assert document.media == ()
