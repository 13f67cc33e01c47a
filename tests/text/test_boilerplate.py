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


_REDDIT = (
    "<!-- SC_OFF --><div class='md'><p>They grew.</p></div><!-- SC_ON --> &#32; submitted by &#32;"
    " <a href='https://www.reddit.com/user/ann'> /u/ann </a>{to} <br/> <span><a href='{page}'>[link]</a></span> &#32;"
    " <span><a href='https://www.reddit.com/r/g/comments/1a/b/'>[comments]</a></span>"
)
_TO = " &#32; to &#32; <a href='https://www.reddit.com/r/g/'> r/g </a>"
_COMMENTS = "https://www.reddit.com/r/g/comments/1a/b/"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        (_REDDIT.format(to="", page=_COMMENTS), "They grew."),
        (_REDDIT.format(to=_TO, page=_COMMENTS), "They grew."),
        (_REDDIT.format(to="", page="https://i.redd.it/x.jpg"), "They grew."),
        (_REDDIT.format(to="", page="https://seed.example/x"), "They grew.\nseed.example"),
        (_REDDIT.format(to="", page=_COMMENTS).replace("<p>They grew.</p>", ""), ""),
        (_REDDIT.format(to="", page="https://seed.example/x").replace("<p>They grew.</p>", ""), "seed.example"),
    ],
)  # fmt: skip
def test_reddits_own_line_is_removed_but_not_the_page_that_a_post_links(html: str, shown: str) -> None:
    assert parse_html(html).text == shown


@pytest.mark.parametrize(
    "sentence",
    [
        "The post <a href='https://x.example/1'>Beans</a> first appeared on <a href='https://x.example'>Allotment</a>.",
        "The post Beans appeared first on Allotment.",
        "The article <a href='https://x.example/1'>Beans</a> originally appeared on <a href='https://x.example'>A</a>.",
        "This piece was originally published at <a href='https://x.example'>Allotment</a>.",
        "Originally published on <a href='https://x.example'>Allotment</a>",
        "Der Beitrag <a href='https://x.example/1'>Bohnen</a> erschien zuerst auf <a href='https://x.example'>A</a>.",
        "L’article <a href='https://x.example/1'>Haricots</a> est apparu en premier sur <a href='https://x.example'>A</a>.",
        "Cet article Haricots est apparu en premier sur Jardin.",
        "La entrada Judías se publicó primero en Huerto.",
        "O post Feijões apareceu primeiro em Horta.",
        "L'articolo Fagioli proviene da Orto.",
        "Het bericht Bonen verscheen eerst op Tuin.",
        "Artykuł Fasola pochodzi z serwisu Ogród.",
        "Сообщение Бобы появились сначала на Сад.",
        "投稿 <a href='https://x.example/1'>豆</a> は <a href='https://x.example'>畑</a> に最初に表示されました。",
        "Thanks for reading Allotment! Subscribe for free to receive new posts and support my work.",
        "<a href='https://x.example/subscribe'>Subscribe now</a>",
        "<a href='https://x.example/x'>Sign up here</a>",
        "Sign up for our weekly newsletter to get the best of the garden.",
        "Get the latest beans delivered to your inbox.",
        "Allotment is a reader-supported publication. To receive new posts, become a subscriber.",
        "<a href='https://x.example/c'>Leave a comment</a>",
    ],
)
def test_attribution_lines_and_sign_up_boxes_are_removed(sentence: str) -> None:
    assert parse_html(f"<p>We sowed beans.</p><p>{sentence}</p>").text == "We sowed beans."


@pytest.mark.parametrize(
    "sentence", ["The post Beans first appeared on Allotment.", "Der Beitrag Bohnen erschien zuerst auf A."]
)
def test_a_last_sentence_that_says_where_a_post_comes_from_is_removed(sentence: str) -> None:
    assert parse_html(f"We sowed beans. […] {sentence}").text == "We sowed beans. […]"
    assert parse_html(sentence).text == ""


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
def test_other_links_are_not_buttons(html: str) -> None:
    assert len(parse_html(f"<p>a</p>{html}<p>b</p>").blocks) == 3


def test_a_post_that_is_only_a_button_is_kept() -> None:
    assert parse_html('<p><a href="https://a.example/">Subscribe</a></p>').text == "Subscribe"


@pytest.mark.parametrize(
    "html",
    [
        "<p>A novel.</p><p>First published in 1923 by <a href='https://x.example'>a small press</a>.</p>",
        "<p>A novel.</p><p>The story first ran in March 1923 and was <a href='https://x.example'>forgotten</a>.</p>",
        "<p>Links:</p><p><a href='https://x.example'>Share prices fall in Tokyo</a></p>",
        "<p>Notes.</p><p>I submitted by mistake, said u/ann.</p>",
        "<p>Notes.</p><p>We sign up for the show every year.</p>",
    ],
)
def test_sentences_that_only_look_like_boilerplate_stay(html: str) -> None:
    assert len(parse_html(html).blocks) == 2


@pytest.mark.parametrize(
    "box",
    [
        "<div class='subscription-widget-wrap-editor'><div class='subscription-widget'><p>Join</p></div></div>",
        "<div class='kg-card kg-signup-card kg-width-wide'><h2>Sign up</h2><p>No spam.</p></div>",
        "<div class='wp-block-jetpack-subscriptions__container'><p>Type your email…</p></div>",
        "<div id='mc_embed_signup'><h2>Subscribe</h2></div>",
        "<div class='newsletter-signup'><p>Get it weekly.</p></div>",
        "<div class='mailpoet_form'><p>Get it weekly.</p></div>",
    ],
)
def test_a_sign_up_box_is_no_text_wherever_it_is(box: str) -> None:
    assert parse_html(f"<p>First.</p>{box}<p>Last.</p>").text == "First.\nLast."
