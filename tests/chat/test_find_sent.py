import pytest

from bot.chat.find_sent import is_same
from bot.model import Embed, Message

POST = Message(content="**Roses in May**", link="https://garden.example/post/1")


@pytest.mark.parametrize(
    "content",
    [
        "https://garden.example/post/1",
        "**[Roses](https://garden.example/post/1)** · Garden",
        "[Roses](<https://garden.example/post/1>)",
        "https://garden.example/post/1\n#roses",
    ],
)
def test_a_message_is_identified_by_its_link(content: str) -> None:
    assert is_same(POST, content, [])


def test_a_message_is_identified_by_the_link_of_its_embed() -> None:
    assert is_same(POST, "**Roses in June**", [Embed(), Embed(url="https://garden.example/post/1")])


@pytest.mark.parametrize(
    "content",
    ["https://garden.example/post/12", "https://garden.example/post/1/comments", "**Roses in May**"],
)
def test_a_message_with_another_posts_link_is_another_message(content: str) -> None:
    assert not is_same(POST, content, [Embed(url="https://garden.example/post/12")])


def test_a_message_without_a_link_is_identified_by_its_words() -> None:
    post = Message(content="**Roses in May** ")

    assert is_same(post, "**Roses in May**", [])
    assert not is_same(post, "**Roses**", [])


def test_an_embed_without_a_link_is_identified_by_its_words() -> None:
    post = Message(embeds=(Embed(title="Roses", description="They bloom.  All of them."),))

    assert is_same(post, "", [Embed(title="Roses", description="They bloom. All of them.")])
    assert not is_same(post, "", [Embed(title="Tulips", description="They bloom. All of them.")])
    assert not is_same(post, "", [])
