"""Tumblr's HTML as neutral HTML."""

import pytest

from bot.source.tumblr.html import neutral_html
from bot.text.html import html_to_text, parse_html
from tests.growth import assert_linear


def attribution(name: str, address: str) -> str:
    return f'<p><a class="tumblr_blog" href="{address}">{name} </a>:</p>\n'


def test_a_reblog_trail_becomes_attributed_quotes() -> None:
    inner = (
        attribution("cogs-deactivated20230401", "https://a.example/post/1") + "<blockquote>Root</blockquote>"
    )
    html = (
        attribution("spokes", "https://b.example/post/2")
        + f"<blockquote>{inner}<p>More</p></blockquote><p>Mine</p>"
    )

    assert "".join(neutral_html(html).split("\n")) == (
        '<blockquote cite="https://b.example/post/2" data-author="spokes">'
        '<blockquote cite="https://a.example/post/1" data-author="cogs">Root</blockquote>'
        "<p>More</p></blockquote><p>Mine</p>"
    )


def test_a_reblogged_post_without_an_address_keeps_its_name() -> None:
    html = '<p><a class="tumblr_blog">gone-deactivated</a>:</p><blockquote>x</blockquote>'

    assert neutral_html(html) == '<blockquote data-author="gone">x</blockquote>'


@pytest.mark.parametrize(
    "html",
    [
        '<p>(via <a class="tumblr_blog" href="https://a.example/">moths</a>)</p><blockquote>x</blockquote>',
        '<p><a class="tumblr_blog" href="https://a.example/">moths</a>: a word</p><blockquote>x</blockquote>',
        '<p><a class="tumblr_blog" href="https://a.example/">moths</a>:</p><p>x</p>',
        "<blockquote>Only a quotation</blockquote>",
        "no markup & nothing to do",
    ],
)
def test_other_paragraphs_and_quotes_are_unchanged(html: str) -> None:
    assert neutral_html(html) == html


def test_a_video_of_tumblr_is_its_file_with_its_poster() -> None:
    block = '{"type":"video","media":[{"url":"https://v.example/a.mp4"}],"poster":[{"url":"https://v.example/a.jpg"}]}'
    html = f"<figure data-npf='{block}'><video><source src='https://v.example/small.mp4'></video></figure>"

    assert neutral_html(html) == (
        '<figure><video src="https://v.example/a.mp4" poster="https://v.example/a.jpg"></video></figure>'
    )


def test_a_video_without_a_block_is_its_first_source() -> None:
    html = '<video poster="p.jpg"><source src="a.mp4" type="video/mp4"></video>'

    assert neutral_html(html) == '<video poster="p.jpg" src="a.mp4"></video>'


def test_an_embedded_player_becomes_an_iframe_of_the_real_page() -> None:
    html = (
        '<figure data-provider="vimeo" data-url="https://vimeo.com/1"><iframe src="https://safe.example/f?x"></iframe>'
        "vimeo<figcaption>A film</figcaption></figure>"
    )

    assert neutral_html(html) == (
        '<figure><figcaption>A film</figcaption><iframe src="https://vimeo.com/1" title="Vimeo"></iframe></figure>'
    )


def test_an_old_audio_player_becomes_its_file() -> None:
    player = "https://moths.tumblr.com/post/1/audio_player_iframe/moths/tumblr_x"
    src = f"{player}?audio_file=https%3A%2F%2Fa.example%2F1.mp3&amp;c=w"
    html = f'<iframe class="tumblr_audio_player" src="{src}"></iframe>'

    assert neutral_html(html) == '<audio src="https://a.example/1.mp3"></audio>'


def test_a_picture_has_its_original_size_and_all_its_candidates() -> None:
    picture = '<img src="s.jpg" srcset="s.jpg 75w, l.jpg 2048w">'
    html = f'<figure data-orig-width="2048" data-orig-height="945">{picture}</figure>'

    assert neutral_html(html) == (
        '<figure><img src="s.jpg" srcset="s.jpg 75w, l.jpg 2048w" width="2048" height="945"></figure>'
    )


def test_links_through_redirectors_become_direct() -> None:
    html = (
        '<a href="https://t.umblr.com/redirect?z=https%3A%2F%2Fpaths.example%2Fa%3Fb%3D1&amp;t=abc">a</a>'
        '<a href="https://href.li/?https://paths.example/b">b</a>'
    )

    assert (
        neutral_html(html)
        == '<a href="https://paths.example/a?b=1">a</a><a href="https://paths.example/b">b</a>'
    )


@pytest.mark.parametrize("block", ["[1]", "{", '{"type":"video"}', '{"type":"video","media":7}', "[" * 5000])
def test_an_invalid_block_changes_nothing(block: str) -> None:
    assert neutral_html(f"<figure data-npf='{block}'><p>x</p></figure>") == "<figure><p>x</p></figure>"


def embed(provider: str, data_url: str, inside: str = "") -> str:
    return f'<figure data-provider="{provider}" data-url="{data_url}">{inside}</figure>'


@pytest.mark.parametrize(
    "data_url",
    [
        "https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3DaB3dE5gH7jK",
        "https%3a%2f%2fwww.youtube.com%2fwatch%3fv%3daB3dE5gH7jK",
        "https%253A%252F%252Fwww.youtube.com%252Fwatch%253Fv%253DaB3dE5gH7jK",
        "https%3A%2F%2Ft.umblr.com%2Fredirect%3Fz%3Dhttps%253A%252F%252Fwww.youtube.com%252Fwatch%253Fv%253DaB3dE5gH7jK",
        "https://www.youtube.com/watch?v=aB3dE5gH7jK",
    ],
)
def test_the_address_of_a_player_is_decoded(data_url: str) -> None:
    shown = neutral_html(embed("youtube", data_url, '<iframe src="https://safe.example/f"></iframe>'))

    assert shown == (
        '<figure><iframe src="https://www.youtube.com/watch?v=aB3dE5gH7jK" title="YouTube"></iframe></figure>'
    )


@pytest.mark.parametrize(
    "data_url",
    ["", "about:blank", "javascript%3Aalert(1)", "%ZZ", "/watch", "https%3A%2F%2Fshop.example%2F1"],
)
def test_the_frame_in_a_player_stays_where_its_address_is_not_usable(data_url: str) -> None:
    frame = "https://player.vimeo.com/video/1"

    shown = neutral_html(embed("vimeo", data_url, f'<iframe src="{frame}" width="540"></iframe>'))

    assert shown == f'<figure><iframe src="{frame}"></iframe></figure>'


def test_a_figure_in_a_figure_keeps_its_player() -> None:
    inner = embed("youtube", "https%3A%2F%2Fyoutu.be%2FaB3dE5gH7jK")

    assert "https://youtu.be/aB3dE5gH7jK" in neutral_html(embed("", "", inner))


@pytest.mark.parametrize(
    ("html", "page"),
    [
        (embed("spotify", "spotify%3Atrack%3A1a2B"), "https://embed.spotify.com/?uri=spotify:track:1a2B"),
        (
            embed(
                "",
                "",
                '<blockquote data-instgrm-permalink="https://www.instagram.com/reel/AbC/"></blockquote>',
            ),
            "https://www.instagram.com/reel/AbC/",
        ),
    ],
)
def test_a_player_without_a_frame_is_found(html: str, page: str) -> None:
    assert f'<iframe src="{page}"' in neutral_html(html)


def test_an_embedded_post_of_another_site_keeps_its_words_or_becomes_a_link() -> None:
    tweet = "<blockquote><p>Words</p></blockquote>"
    address = "https%3A%2F%2Ftwitter.com%2Fa%2Fstatus%2F1"

    assert neutral_html(embed("twitter", address, tweet)) == f"<figure>{tweet}</figure>"
    assert neutral_html(embed("twitter", address)) == (
        '<figure><p><a href="https://twitter.com/a/status/1">Twitter</a></p></figure>'
    )


def test_neighbouring_paragraphs_of_a_quotation_are_one_quotation() -> None:
    html = '<p class="npf_quote">a <b>b</b></p>\n<p class="npf_quote">c</p><p>d</p>'

    assert neutral_html(html).replace("\n", "") == (
        "<blockquote><p>a <b>b</b></p><p>c</p></blockquote><p>d</p>"
    )


QUESTION = '<p class="poll-question">Peas?</p>'
ROWS = '<a class="poll-row" href="#"><p>Yes</p></a> <a class="poll-row"><p>No &amp; never</p></a>'
POLL = '{"type":"poll","question":"Peas?","answers":[{"answer_text":"Yes"},{"answer_text":"No &amp; never"}]}'


@pytest.mark.parametrize(
    "html",
    [
        f"<div class='poll-post' data-npf='{POLL}'></div>{QUESTION}{ROWS}",
        f"<div class='poll-post' data-npf='{POLL}'>{QUESTION}{ROWS}</div>",
        f"<div class='poll-post' data-npf='{POLL}'></div>",
        f"{QUESTION}<div class='poll-post' data-npf='{POLL}'></div>",
        f"<p>Peas?</p><div class='poll-post' data-npf='{POLL}'></div>",
        f'{QUESTION}{ROWS}<a href="https://a.tumblr.com/1">See Results</a>',
        f'{QUESTION}{ROWS}<p class="poll-see-results">See results</p>',
    ],
)
def test_a_poll_has_its_question_once_and_its_answers_as_a_list(html: str) -> None:
    shown = neutral_html(html)

    assert html_to_text(shown) == "Peas?\nYes\nNo & never"
    assert shown.count("<li>") == 2


def test_the_maker_of_a_gif_and_the_alt_button_are_not_text() -> None:
    maker = '<p class="tmblr-attribution"><a href="https://tmblr.co/Z">Originally posted by a</a></p>'
    button = '<span class="tmblr-alt-text-helper tmblr-attribution">ALT</span>'

    assert neutral_html(
        f'<figure data-tumblr-attribution="a:b:c"><img src="a.gif">{maker}{button}</figure>'
    ) == ('<figure><img src="a.gif"></figure>')


@pytest.mark.parametrize(
    "html",
    [
        "<p>Above</p><p><!-- more --></p><p>Below</p><img src='below.jpg'>",
        "<p>Above</p><!--more--><p>Below</p>",
        "<p>Above</p><p><!-- More: the end --></p>Below",
        "<p>Above<!-- more --> Below</p><p>Below</p>",
        "<p>Above</p><p>[[MORE]]</p><p>Below</p><!-- more -->Below",
        "<div><p>Above</p><!-- more --></div><p>Below</p>",
        "<p>Above</p><p><a href='https://a.tumblr.com/post/1'>Keep reading</a></p>",
        "<p>Above</p><p><a href='https://a.tumblr.com/post/1'><b>Weiterlesen …</b></a></p>\n",
    ],
)
def test_text_below_the_authors_fold_is_hidden(html: str) -> None:
    document = parse_html(neutral_html(html))

    assert document.text == "Above"
    assert document.rest is not None
    assert document.media == ()


def test_text_below_the_fold_is_still_searched() -> None:
    assert html_to_text(neutral_html("<p>Above</p><!-- more -->bel<b>ow</b>")) == "Above\nbelow"


def test_the_fold_of_a_reblogged_post_hides_nothing_of_the_reblog() -> None:
    quoted = "<blockquote><p>Root</p><!-- more --><p>Spoiler</p></blockquote>"

    document = parse_html(neutral_html(attribution("a", "https://a.example/1") + quoted + "<p>Mine</p>"))

    assert document.text == "Root\nMine"


def test_a_keep_reading_link_leads_to_the_rest() -> None:
    html = '<p>Above</p><p><a href="https://href.li/?https://a.tumblr.com/post/1">Keep reading</a></p>'

    assert parse_html(neutral_html(html)).rest == "https://a.tumblr.com/post/1"


@pytest.mark.parametrize(
    "html",
    [
        '<p>I <a href="https://a.example/">keep reading</a></p>',
        '<p><a href="https://a.example/">Keep reading</a></p><p>what I said</p>',
        '<p><a href="https://a.example/">Keep reading books</a></p>',
    ],
)
def test_other_links_are_not_a_fold(html: str) -> None:
    assert neutral_html(html) == html


def test_a_link_card_has_the_description_and_the_site_of_its_target() -> None:
    block = (
        '{"type":"link","title":"Soil","description":"Clay\\nand <b>loam</b>","site_name":"Soils",'
        '"poster":[{"media_key":"a:b"}]}'
    )
    html = f"<p class='npf_link' data-npf='{block}'><a href='https://t.umblr.com/redirect?z=https%3A%2F%2Fs.example%2F1'>Soil</a></p>"

    assert neutral_html(html) == (
        '<div><a href="https://s.example/1"><div>Soil</div><div>Clay and &lt;b&gt;loam&lt;/b&gt;</div>'
        "<div>Soils</div></a></div>"
    )


def test_a_link_card_without_a_description_stays_a_link() -> None:
    html = '<p class="npf_link" data-npf=\'{"type":"link","title":"Soil"}\'><a href="https://s.example/">Soil</a></p>'

    assert neutral_html(html) == '<p class="npf_link"><a href="https://s.example/">Soil</a></p>'


@pytest.mark.parametrize(
    "part",
    [
        '<a class="poll-row">x</a>',
        "<!-- more -->",
        "<blockquote><!-- more -->",
        '<p class="npf_quote">x',
        '<p><a href="x">Keep reading</a></p>',
        '<figure data-url="x"><iframe src="https://youtu.be/abcdefg">',
        '<span class="poll-see-results tmblr-attribution poll-question poll-row">',
        '<div class=\'poll-post\' data-npf=\'{"type":"poll","answers":[]}\'>',
    ],
)
def test_hostile_repetition_costs_linear_time(part: str) -> None:
    assert_linear(neutral_html, part)
