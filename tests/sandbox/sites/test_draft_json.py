"""The form's JSON: complete posts come through unchanged, others get a sentence."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.sites.blog import Blog
from bot.sandbox.sites.desk import Desk
from bot.sandbox.sites.draft_json import DraftRefused, post_json, read_draft
from bot.sandbox.sites.drafts import Draft, Earlier, Kind, Picture

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def refusal(form: object) -> str:
    with pytest.raises(DraftRefused) as refused:
        read_draft(form, NOW)
    return str(refused.value)


def test_a_post_survives_the_form(blog: Blog) -> None:
    desk = Desk(blog)
    desk.open(NOW)
    draft = Draft(
        Kind.REBLOG,
        "Title",
        "Text",
        ("a", "b c"),
        "Ines",
        (Picture("snail", "A snail"),),
        "https://a.example/",
        "someone",
        (Earlier("root", "Words"),),
    )
    written = desk.write("garden", draft, NOW, NOW)

    assert read_draft(post_json(written), NOW).draft == draft
    assert read_draft(post_json(written), NOW).published == NOW


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ([], "Send the post as a JSON object."),
        ({}, "Write a title or a text."),
        ({"kind": "poem"}, "The kind must be one of: text, photo,"),
        ({"kind": "photo"}, "Choose a picture."),
        ({"kind": "photo set", "pictures": [{"name": "snail"}]}, "Choose at least two pictures."),
        ({"kind": "video"}, "Give the address of the video."),
        ({"kind": "link", "link": "javascript:alert(1)"}, "An address starts with http:// or https://."),
        ({"kind": "quote"}, "Write what was said."),
        ({"kind": "chat"}, "Write a line for each turn"),
        ({"kind": "audio"}, "Give the address of the sound."),
        ({"kind": "answer", "text": "No."}, "Write the question and your answer."),
        ({"kind": "reblog", "text": "Yes."}, "Write what you reblog"),
        ({"kind": "poll", "title": "Where?", "text": "South"}, "Write a question as the title"),
        ({"kind": "photo", "pictures": [{"name": "../secret"}]}, "There is no picture “../secret”."),
        ({"title": 7}, "“title” must be text."),
        ({"text": "x", "tags": "a"}, "“tags” must be a list."),
        ({"text": "x", "tags": ["a"] * 31}, "A post can have at most 30 tags."),
        ({"text": "x" * 20_001}, "The text is too long: 20001 of at most 20000 characters."),
        ({"text": "x", "published": "soon"}, "This is not a date"),
        ({"text": "x", "published": "2026-05-04T09:30"}, "The date needs a time zone"),
        ({"text": "x", "published": "2027-05-04T09:30:00Z"}, "Choose a date in the last 20 years."),
        ({"text": "x", "published": "1926-05-04T09:30:00Z"}, "Choose a date in the last 20 years."),
    ],
)
def test_a_sentence_names_what_is_missing_or_wrong(form: object, sentence: str) -> None:
    assert refusal(form).startswith(sentence)


def test_tags_lose_their_hash_and_empty_ones_are_left_out() -> None:
    found = read_draft({"text": "x", "tags": ["#night sky", " ", "moon"]}, NOW)

    assert found.draft.tags == ("night sky", "moon")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_names = ("kind", "title", "text", "tags", "pictures", "link", "trail", "published")


@given(st.dictionaries(st.sampled_from(_names), _json, max_size=8) | _json)
def test_any_json_is_a_draft_or_is_refused(form: object) -> None:
    with suppress(DraftRefused):
        found = read_draft(form, NOW)

        assert isinstance(found.draft.kind, Kind)
