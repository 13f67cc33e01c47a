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


@pytest.mark.parametrize(
    "button",
    [
        '<p class="button-wrapper"><a href="https://a.substack.com/subscribe?"><span>Subscribe now</span></a></p>',
        '<p class="button-wrapper"><a href="https://a.substack.com/p/b?action=share">Share The Slow Garden</a></p>',
        '<p><a href="https://a.example/comments">Leave a comment</a></p>',
        '<p><a href="https://a.example/x">Jetzt abonnieren!</a></p>',
        '<div class="kg-card kg-button-card"><a href="https://a.example/subscribe/">Get the letter</a></div>',
        '<div class="subscription-widget-wrap"><div class="preamble"><p>Thanks for reading!</p></div></div>',
        '<div class="captioned-button-wrap"><p>This post is public, so feel free to share it.</p></div>',
        '<div class="kg-card kg-signup-card kg-width-wide"><h2>Sign up for the letter</h2></div>',
    ],
)  # fmt: skip
def test_subscription_buttons_are_removed_wherever_they_are(button: str) -> None:
    assert parse_html(f"<p>a</p>{button}<p>b</p>").text == "a\nb"


@pytest.mark.parametrize(
    "html",
    [
        '<p>You can <a href="https://a.example/subscribe">subscribe</a>.</p>',
        '<p><a href="https://a.example/1">Share your harvest</a></p>',
        '<p class="button-wrapper"><a href="https://a.example/1">Listen to the talk</a></p>',
        '<h2><a href="https://a.example/1">Share</a></h2>',
        "<p>Share</p>",
    ],
)
def test_other_links_are_no_buttons(html: str) -> None:
    assert len(parse_html(f"<p>a</p>{html}<p>b</p>").blocks) == 3


def test_a_post_that_is_only_a_button_is_kept() -> None:
    assert parse_html('<p><a href="https://a.example/">Subscribe</a></p>').text == "Subscribe"
