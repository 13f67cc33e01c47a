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
        "<td class=gutter>" + "1  1111111 " * 20_000 + "end",
        "<pre>" + "<i class=gutter>1" * 20_000 + "end",
    ],
    ids=["div", "b", "formatting", "misnested", "table", "quotes", "svg", "links", "numbers", "gutters"],
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


VIDEO = "https://www.youtube.com/watch?v=aB3dE5gH7jK"
STILL = "https://i.ytimg.com/vi/aB3dE5gH7jK/hqdefault.jpg"
EMBEDLY = (
    "https://cdn.embedly.com/widgets/media.html?src=https%3A%2F%2Fwww.youtube.com%2Fembed%2FaB3dE5gH7jK&amp;"
    "display_name=YouTube&amp;url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3DaB3dE5gH7jK&amp;type=text%2Fhtml"
)


@pytest.mark.parametrize(
    "html",
    [
        f'<figure><iframe src="{EMBEDLY}" width="854"><a href="https://m.example/h">m</a></iframe></figure>',
        '<lite-youtube videoid="aB3dE5gH7jK" playlabel="x"></lite-youtube>',
        '<lite-youtube videoid="aB3dE5gH7jK"><a><i class="lyt-visually-hidden">Play</i></a></lite-youtube>',
        f'<figure class="media"><oembed url="{VIDEO}"></oembed></figure>',
        f'<iframe src="about:blank" data-cookieblock-src="{VIDEO}"></iframe>',
        '<amp-youtube data-videoid="aB3dE5gH7jK" layout="responsive"></amp-youtube>',
        f'<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\n{VIDEO}\n</div></figure>',
        f"<p>{VIDEO}</p>",
        f'<p><a href="{VIDEO}&amp;feature=share">{VIDEO}</a></p>',
        f'<figure class="tmblr-embed tmblr-full">[youtube {VIDEO}?feature=oembed&amp;w=540&amp;h=404]</figure>',
        f"[embed]{VIDEO}[/embed]",
    ],
)
def test_a_player_is_found_in_every_shape(html: str) -> None:
    document = parse_html(f"<p>a</p>{html}<p>b</p>")

    assert document.text == "a\nb"
    assert [media.url for media in document.media] == [VIDEO, STILL]


@pytest.mark.parametrize(
    "html",
    [f"<ul><li>{VIDEO}</li></ul>", f"<pre>{VIDEO}</pre>", f'<p><a href="https://a.example/">{VIDEO}</a></p>'],
)
def test_other_addresses_stay_in_the_text(html: str) -> None:
    assert VIDEO in parse_html(html).text


@pytest.mark.parametrize(
    ("html", "page"),
    [
        (
            '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/AbC/?x=1">',
            "https://www.instagram.com/p/AbC/",
        ),
        (
            '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@a/video/1"></blockquote>',
            "https://www.tiktok.com/@a/video/1",
        ),
    ],
)
def test_a_quote_that_a_script_replaces_with_a_player_is_one(html: str, page: str) -> None:
    assert [media.url for media in parse_html(html).media] == [page]


@pytest.mark.parametrize(
    "html",
    [
        '<iframe class="wp-embedded-content" src="https://blog.example/post/embed/#?secret=a"></iframe>',
        '<blockquote cite="https://youtu.be/aB3dE5gH7jK">What she said</blockquote>',
    ],
)
def test_an_embedded_or_quoted_post_is_no_player(html: str) -> None:
    assert parse_html(html).media == ()


def test_the_controls_of_ghosts_players_are_not_text() -> None:
    html = (
        '<div class="kg-card kg-audio-card"><div class="kg-audio-player-container"><audio src="https://a.example/1.mp3">'
        '</audio><div class="kg-audio-title">Rain</div><div class="kg-audio-player"><span>0:00</span>/<span>3:21</span>'
        "</div></div></div>"
    )

    assert parse_html(html).text == "Rain"


def test_the_addresses_of_more_players_than_a_message_lists_stay_in_the_text() -> None:
    document = parse_html("".join(f"<p>https://vimeo.com/{number}</p>" for number in range(10, 15)))

    assert document.text == "https://vimeo.com/13\nhttps://vimeo.com/14"


def test_a_player_of_another_site_has_the_still_that_the_post_names() -> None:
    html = '<iframe src="https://vimeo.com/12" poster="https://i.example/still.jpg"></iframe>'

    assert [media.url for media in parse_html(html).media] == [
        "https://vimeo.com/12",
        "https://i.example/still.jpg",
    ]


def test_a_card_is_one_link_with_the_description_of_its_target() -> None:
    card = """<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://soil.example/">
        <div class="kg-bookmark-content"><div class="kg-bookmark-title">A guide to soil</div>
        <div class="kg-bookmark-description">Clay, loam, sand.</div><div class="kg-bookmark-metadata">
        <img class="kg-bookmark-icon" src="https://soil.example/a.ico"><span class="kg-bookmark-author">Soil</span>
        <span class="kg-bookmark-publisher">R. Field</span></div></div><div class="kg-bookmark-thumbnail">
        <img src="https://soil.example/soil.jpg"></div></a></figure>"""

    document = parse_html(f"{card}<p>Read it.</p>")

    assert [(block.text, block.runs[0].url, block.tight) for block in document.blocks] == [
        ("A guide to soil", "https://soil.example/", False),
        ("Clay, loam, sand.", "", True),
        ("Read it.", "", False),
    ]
    assert [media.url for media in document.media] == ["https://soil.example/soil.jpg"]


CODE = "<pre>a = 1\nb = 2</pre>"


@pytest.mark.parametrize(
    "numbers",
    [
        '<td class="gutter"><pre class="lineno">1\n2\n</pre></td>',
        '<td class="rouge-gutter gl"><pre class="lineno">9\n10\n</pre></td>',
        '<td class="linenos"><div class="linenodiv"><pre><span></span>1\n2</pre></div></td>',
        '<td class="lntd"><pre><code><span class="lnt">1\n</span><span class="lnt">2\n</span></code></pre></td>',
        '<td class="crayon-nums"><div class="crayon-num">1</div><div class="crayon-num">2</div></td>',
        '<td class="gutter"><div class="line number1">1</div><div class="line number2">2</div></td>',
        '<td class="line-numbers"><pre><a href="#n1">1</a>\n<a href="#n2">2</a></pre></td>',
    ],
)
def test_a_column_of_line_numbers_is_not_code(numbers: str) -> None:
    html = f'<table><tr>{numbers}<td class="code">{CODE}</td></tr></table>'

    assert parse_html(html).text == "a = 1\nb = 2"


@pytest.mark.parametrize(
    "number",
    [
        '<span class="ln">{}</span>',
        '<i class="gutter"><div class="ln">{}</div></i>',
        '<a class="lnum">{} </a>',
    ],
)
def test_a_line_number_before_each_line_is_not_code(number: str) -> None:
    html = f"<pre>{number.format(1)}a = 1\n{number.format(2)}b = 2</pre>"

    assert parse_html(html).text.replace("\n\n", "\n") == "a = 1\nb = 2"


@pytest.mark.parametrize(
    "html",
    ['<p class="ln">1999</p>', '<div class="gutter"><p>12</p></div>', '<td class="gutter">12 apples</td>'],
)
def test_other_numbers_are_text(html: str) -> None:
    assert parse_html(f"<table><tr>{html}</tr></table>" if "td" in html else html).text
