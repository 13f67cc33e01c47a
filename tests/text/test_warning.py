"""Posts that their feed itself warns of."""

import pytest

from bot.model import Entry, Media, MediaKind, Message, Style
from bot.text.render import render

PICTURE = Media("https://files.social.example/slug.jpg", MediaKind.IMAGE, alt="A very large slug")
HIDDEN = Entry(
    link="https://social.example/@ann/1",
    content="<p><strong>Content warning:</strong> slugs</p><hr><p>Here is <b>the slug</b>.</p><pre>slug()</pre>",
    media=(PICTURE,),
    warning="slugs",
)
SENSITIVE = Entry(
    title="My garden",
    link="https://garden.example/1",
    content='<p>This is what I found.</p><img src="https://garden.example/slug.jpg" alt="A very large slug">',
    warning="Sensitive",
)


def texts(message: Message) -> str:
    return "\n".join(
        (message.content, message.thread_name, *(f"{e.title}\n{e.description}" for e in message.embeds))
    )


@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("entry", [HIDDEN, SENSITIVE])
def test_no_style_shows_a_picture_or_describes_it(entry: Entry, style: Style) -> None:
    message = render(entry, "Ann", style)

    assert not any(embed.image_url for embed in message.embeds)
    assert "very large" not in texts(message)
    assert message.embeds or message.suppress_embeds


@pytest.mark.parametrize("style", list(Style))
def test_the_title_has_the_warning(style: Style) -> None:
    assert "⚠️ Sensitive: My garden" in texts(render(SENSITIVE, "Ann", style))
    assert render(HIDDEN, "Ann", style).thread_name == "⚠️ Content warning: slugs"


def test_hidden_text_is_behind_spoilers() -> None:
    (embed,) = render(HIDDEN, "Ann", Style.CARD).embeds

    assert embed.description == "||Here is **the slug**.||\n\n||slug()||"


def test_a_title_made_of_hidden_words_is_not_shown() -> None:
    entry = Entry(title="Here is the sl…", content=HIDDEN.content, warning="slugs")

    assert "Here is" not in render(entry, "Ann", Style.COMPACT).content
