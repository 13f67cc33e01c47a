"""Tumblr's HTML as neutral HTML."""

import pytest

from bot.source.tumblr.html import neutral_html


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
