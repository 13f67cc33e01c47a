"""A Discord message as HTML."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message_html.message import Post, message_html
from bot.message_html.view import View
from bot.model import Style

MARKUP = st.text(
    st.sampled_from("ab \n*_~|`[]()<>#\\@&:/-1.\"'=;\u202e\x1b\ud800") | st.characters(), max_size=60
)
ADDRESS = st.sampled_from(
    [
        "https://a.example/x?y=1&z='",
        'https://a.example/"onload=alert(1)',
        "javascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "https://a.example/ onerror=alert(1)",
        "//a.example",
        "attachment://x.png",
        "https://",
    ]
)
SAMPLES = [
    "<t:9999999999999:R>",
    "<t:99999999999:F>",
    "<script>alert(1)</script>",
    "<@1>",
    "<#1>",
    "<@&1>",
    "[a](b)",
]
TEXT = MARKUP | ADDRESS | st.sampled_from(SAMPLES)
NAMES = [
    "type", "content", "title", "description", "url", "name", "value", "text", "label", "style", "emoji", "author",
    "footer", "image", "thumbnail", "media", "items", "fields", "options", "components", "accessory", "icon_url",
    "custom_id", "placeholder", "filename", "size", "content_type", "spoiler", "disabled", "color", "accent_color",
    "timestamp", "id", "username", "flags", "embeds", "attachments", "thread", "referenced_message", "interaction",
]  # fmt: skip
VALUES = st.recursive(
    TEXT | st.integers(-1, 40) | st.booleans() | st.none(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inside, max_size=8),
    max_leaves=12,
)
MESSAGES = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)
ATTRIBUTES = {
    "alt", "aria-disabled", "aria-hidden", "aria-pressed", "class", "data-author", "data-channel", "data-channel-types",
    "data-colour", "data-count", "data-custom-id", "data-disabled", "data-form", "data-language", "data-max",
    "data-message", "data-min", "data-time", "data-type", "data-value", "datetime", "dir", "disabled", "href",
    "loading", "rel", "src", "start", "tabindex", "target", "title", "type",
}  # fmt: skip
TAGS = {
    "a", "article", "bdi", "blockquote", "button", "code", "dd", "details", "div", "dl", "dt", "em", "footer", "h2",
    "h3", "header", "hr", "img", "li", "mark", "ol", "p", "pre", "s", "section", "small", "span", "strong", "summary",
    "time", "u", "ul",
}  # fmt: skip
VOID = {"hr", "img"}


class Elements(HTMLParser):
    """The elements of a document, which must be closed in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def _check(html: str) -> None:
    for tag, attributes in Elements(html).found:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES
        href, src = attributes.get("href"), attributes.get("src")
        assert href is None or href.startswith(("https://", "http://", "#"))
        assert src is None or src.startswith(("https://", "http://"))
        if href and not href.startswith("#"):
            assert (attributes["rel"], attributes["target"]) == ("noopener noreferrer", "_blank")


@given(MESSAGES)
def test_no_message_adds_elements_attributes_or_links_of_its_own(message: dict[str, object]) -> None:
    _check(message_html(message))


@given(TEXT, TEXT, TEXT)
def test_no_text_in_any_part_adds_elements(one: str, two: str, url: str) -> None:
    picture = {"url": url}
    embed = {
        "title": one, "url": url, "description": two, "image": picture, "thumbnail": picture,
        "author": {"name": one, "url": url, "icon_url": url}, "footer": {"text": two, "icon_url": url},
        "fields": [{"name": one, "value": two, "inline": True}],
    }  # fmt: skip
    button = {"type": 2, "label": one, "custom_id": two, "url": url, "style": 5}
    option = {"label": one, "value": two, "description": one}
    parts = [
        {"type": 1, "components": [button, {**button, "style": 1}]},
        {"type": 1, "components": [{"type": 3, "custom_id": one, "placeholder": two, "options": [option]}]},
        {
            "type": 17,
            "components": [{"type": 10, "content": two}, {"type": 12, "items": [{"media": picture}]}],
        },
        {
            "type": 9,
            "components": [{"type": 10, "content": one}],
            "accessory": {"type": 11, "media": picture},
        },
    ]
    message = {
        "id": one, "content": two, "embeds": [embed], "components": parts, "author": {"username": one, "id": two},
        "attachments": [{"filename": one, "url": url, "size": 1}], "thread": {"id": one, "name": two},
    }  # fmt: skip
    view = View(users={"1": one}, roles={"1": one}, channels={"1": one})

    _check(message_html(message, view, post=Post(one, (two,))))


def _html(**message: object) -> str:
    return message_html(message)


def test_content_is_markdown_in_its_own_direction() -> None:
    assert '<div class="content" dir="auto"><strong>سلام</strong></div>' in _html(content="**سلام**")


def test_mentions_have_names_and_unknown_ones_say_so() -> None:
    view = View(users={"1": "Ada"}, roles={"2": "Moderators"}, channels={"3": "garden"})
    html = message_html({"content": "<@1> <@&2> <#3> <#4> <@9>"}, view)

    assert '<span class="mention" dir="auto">@Ada</span>' in html
    assert '<span class="mention" dir="auto">@Moderators</span>' in html
    assert '<a href="#3" class="mention" data-channel="3">#garden</a>' in html
    assert "#unknown channel" in html
    assert "@unknown user" in html


@pytest.mark.parametrize(
    ("message", "pinged"),
    [
        ({"mention_roles": ["5"]}, True),
        ({"mention_roles": ["6"]}, False),
        ({"mention_everyone": True}, True),
        ({"mentions": [{"id": "1"}]}, True),
        ({"content": "<@1>"}, False),
    ],
)
def test_a_message_that_notifies_the_viewer_is_highlighted(message: dict[str, object], pinged: bool) -> None:
    html = message_html(message, View(user_id="1", role_ids=frozenset({"5"})))

    assert ('class="message pinged"' in html) is pinged


def test_a_time_is_readable_without_a_script_and_exact_with_one() -> None:
    html = _html(content="<t:86400:R>")

    assert '<time datetime="1970-01-02T00:00:00+00:00" data-form="R">1970-01-02 00:00 UTC</time>' in html


def test_embeds_with_one_address_are_one_gallery() -> None:
    first = {"title": "Roses", "url": "https://a.example", "image": {"url": "https://a.example/1.png"}}
    second = {"url": "https://a.example", "image": {"url": "https://a.example/2.png"}}

    html = _html(embeds=[first, second, {"title": "Other"}])

    assert (html.count('class="embed"'), html.count("<img "), html.count('data-count="2"')) == (2, 2, 1)


def test_an_embed_shows_all_its_parts_in_discords_order() -> None:
    picture = {"url": "https://a.example/1.png"}
    embed = {
        "title": "Title", "description": "Description", "color": 0x7289DA, "timestamp": "2026-01-02T03:04:05+00:00",
        "author": {"name": "Author"}, "footer": {"text": "Footer"}, "image": picture, "thumbnail": picture,
        "fields": [{"name": "Name", "value": "Value", "inline": True}],
    }  # fmt: skip
    html = _html(embeds=[embed])
    order = [
        "Author",
        "Title",
        "Description",
        "Name",
        "Value",
        'class="picture"',
        "Footer",
        "2026-01-02 03:04",
        'class="thumbnail"',
    ]

    assert sorted(order, key=html.index) == order
    assert 'data-colour="#7289da"' in html


def test_suppressed_embeds_are_not_shown() -> None:
    assert "Title" not in _html(embeds=[{"title": "Title"}], flags=4)


@pytest.mark.parametrize(
    ("message", "mark"),
    [
        ({"flags": 1}, "Published"),
        ({"flags": 64}, "Only you can see this"),
        ({"flags": 4096}, "without a notification"),
        ({"flags": 128}, "is thinking"),
        ({"edited_timestamp": "2026-01-02T03:04:05+00:00"}, "edited"),
        ({"thread": {"id": "8", "name": "Talk", "message_count": 2}}, "2 messages"),
        (
            {"interaction_metadata": {"user": {"username": "Ada"}}, "interaction": {"name": "search"}},
            "/search",
        ),
        (
            {
                "interaction_metadata": {"user": {"username": "Ada"}},
                "interaction": {"name": "Why is this here?"},
            },
            ">Why is this here?<",
        ),
        ({"referenced_message": {"content": "earlier", "author": {"username": "Ada"}}}, "earlier"),
    ],
)
def test_marks(message: dict[str, object], mark: str) -> None:
    assert mark in message_html(message)
    assert mark not in message_html({"content": "hello"})


def test_a_forum_post_begins_with_its_title_and_tags() -> None:
    html = message_html({"content": "text"}, post=Post("A <ride>", ("routes",)))

    assert '<h2 class="post" dir="auto">A &lt;ride&gt;</h2>' in html
    assert '<li dir="auto">routes</li>' in html


def test_buttons_and_menus_carry_what_a_press_sends() -> None:
    button = {"type": 2, "style": 4, "label": "Delete", "custom_id": "x:1", "disabled": True}
    menu = {
        "type": 3, "custom_id": "m", "placeholder": "Choose tags", "min_values": 0, "max_values": 2,
        "options": [{"label": "Roses", "value": "r", "description": "12 posts", "default": True}],
    }  # fmt: skip
    html = _html(components=[{"type": 1, "components": [button]}, {"type": 1, "components": [menu]}])

    assert (
        '<button type="button" class="button danger" data-custom-id="x:1" disabled><bdi>Delete</bdi></button>'
        in html
    )
    assert 'data-custom-id="m" data-type="3" data-min="0" data-max="2"' in html
    assert '<button type="button" data-value="r" aria-pressed="true">' in html
    assert "12 posts" in html


def test_layouts_of_components_are_shown() -> None:
    gallery = {
        "type": 12,
        "items": [{"media": {"url": "https://a.example/1.png"}, "description": "A rose", "spoiler": True}],
    }
    section = {
        "type": 9, "components": [{"type": 10, "content": "# Head"}],
        "accessory": {"type": 2, "style": 5, "label": "Open", "url": "https://a.example"},
    }  # fmt: skip
    file = {"type": 13, "file": {"url": "https://a.example/list.opml"}, "size": 2048}
    container = {
        "type": 17,
        "accent_color": 255,
        "components": [section, {"type": 14, "spacing": 2}, gallery, file],
    }

    html = _html(components=[container], flags=1 << 15)

    assert '<section class="container" data-colour="#0000ff">' in html
    assert '<p class="h1">Head</p>' in html
    assert 'class="button link"' in html
    assert '<hr class="wide">' in html
    assert 'alt="A rose"' in html
    assert "list.opml" in html
    assert "2.05 KB" in html


def test_pictures_come_through_the_given_function() -> None:
    view = View(
        picture=lambda address: f"https://proxy.example/{len(address)}" if "a.example" in address else ""
    )
    pictures = [{"image": {"url": f"https://{host}.example/1.png"}} for host in "ab"]

    html = message_html({"embeds": pictures}, view)

    assert html.count('src="https://proxy.example/') == 1
    assert html.count("<img ") == 1


def test_a_picture_may_be_one_of_the_messages_own_files() -> None:
    files = [
        {"filename": "plot.png", "url": "https://cdn.example/plot.png"},
        {"filename": "a.csv", "url": "https://cdn.example/a.csv"},
    ]
    html = _html(embeds=[{"image": {"url": "attachment://plot.png"}}], attachments=files)

    assert html.count('src="https://cdn.example/plot.png"') == 2
    assert '<a href="https://cdn.example/a.csv"' in html


def test_a_component_may_show_one_of_the_messages_own_files() -> None:
    files = [{"filename": "a.csv", "url": "https://cdn.example/1/a.csv", "size": 0}]
    html = _html(components=[{"type": 13, "file": {"url": "attachment://a.csv"}}], attachments=files)

    assert html.count('<a href="https://cdn.example/1/a.csv"') == 2
    assert "0 bytes" in html


DATA = Path(__file__).parents[1] / "data" / "messages"
GOLDEN = sorted(path for style in Style for path in DATA.glob(f"*/{style}.json"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parent.name + "-" + path.stem)
def test_every_message_that_the_bot_sends_has_a_page(path: Path) -> None:
    message = json.loads(path.read_text(encoding="utf-8"))

    _check(message_html(message))


def test_the_address_of_a_message_is_shown_as_its_channel_to_who_sees_it() -> None:
    message = {"content": "See https://discord.com/channels/1/2/3"}

    shown = message_html(message, View(channels={"2": "garden"}))

    assert ">#garden › message</span></a>" in shown
    assert ">https://discord.com/channels/1/2/3</a>" in message_html(message, View(channels={"4": "beds"}))
