import pytest

from bot.text.html import parse_html


def test_share_buttons_trackers_and_read_more_links_are_removed() -> None:
    html = """
        <p>The post.</p><div class="feedflare"><a href="https://x.example/">Share</a></div>
        <div class="sharedaddy">Share this</div><img src="https://pixel.wp.com/b.gif" width="1" height="1">
        <p><a href="https://x.example/">Continue reading →</a></p>
        <p>The post <a href="https://x.example/">Title</a> appeared first on <a href="https://x.example">Site</a>.</p>
    """

    document = parse_html(html)

    assert document.text == "The post."
    assert document.media == ()


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("Rain… <a href='https://x.example/1'>Continue reading <i>Rain</i> →</a>", "Rain…"),
        ("Chuva. <a href='https://x.example/1'>Leia mais</a> (09/24/2018 - 19h22)", "Chuva."),
        (
            "I like to <a href='https://x.example/1'>read more</a> in winter.",
            "I like to read more in winter.",
        ),
        ("Roses: <a href='https://x.example/1'>Read more</a>", "Roses: Read more"),
    ],
)
def test_a_read_more_link_after_the_last_sentence_is_removed(html: str, shown: str) -> None:
    assert parse_html(f"<p>First.</p><p>{html}</p>").text == f"First.\n{shown}"


def test_a_rule_before_boilerplate_is_removed() -> None:
    assert (
        parse_html("<p>a</p><hr><p>b</p><hr><p><a href='https://x.example/'>Read more</a></p>").text
        == "a\n───\nb"
    )
