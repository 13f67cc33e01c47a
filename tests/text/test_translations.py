"""What the bot posts is complete in each language."""

import ast
import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from string import Formatter
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

from bot.chat import outcomes, sender
from bot.chat.channels import name_missing
from bot.chat.permissions import EMBED, Need
from bot.errors import DocumentError, FetchError, HttpError, NoHistory, NotFound, ServerError, SourceError
from bot.i18n import LANGUAGES, posts_in
from bot.model import Decision, Entry, Hold, MediaKind, NoticeKind, Style
from bot.model import Media as File
from bot.store import guilds
from bot.text.notices import render_decision, render_hold, render_notices
from bot.text.reasons import translate_reason
from bot.text.render import render
from tests.text.test_notices import create_notice
from tests.text.translations import TEXTS, TRANSLATED, read, read_compiled, template

ALONE = {
    NoticeKind.POSTS_HELD,
    NoticeKind.BACKUP_FAILED,
    NoticeKind.BACKUP_WORKS,
    NoticeKind.NO_SESSIONS,
}
"""Never listed with others of their kind."""
HOLD = Hold(7, 1, 7, 200, "Garden", 40)


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the plural forms of a text, or the text."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def translations(catalog: Catalog) -> dict[str, Message]:
    return {forms(each.id)[0]: each for each in catalog if each.id}


@pytest.mark.parametrize("name", TRANSLATED)
def test_every_text_is_translated_and_no_translation_is_obsolete(name: str) -> None:
    """`make messages` adds new texts; then translate them."""
    translated = read(name)
    wanted = translations(template())

    assert translations(translated).keys() == wanted.keys()
    untranslated = [text for text, each in translations(translated).items() if not all(forms(each.string))]
    assert untranslated == []
    assert not any(each.fuzzy for each in translations(translated).values())


def test_every_text_is_found_wherever_it_is_written() -> None:
    """In Python 3.11, Babel doesn't look into f-strings."""
    found = translations(template()).keys()
    calls = [
        node
        for file in TEXTS.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"_", "n_", "mark"}
    ]
    written = {each.args[0].value for each in calls if isinstance(each.args[0], ast.Constant)}

    assert written - found == set()


def recorded_reasons() -> list[str]:
    """Return every reason that the bot may record for a feed or a channel."""
    refused = [*texts_of("_refused", outcomes), *texts_of("Refused", sender)]
    only_direct = "The member who added the feed has left the server."
    return [
        *(inspect.cleandoc(error.__doc__ or "") for error in raised(SourceError) if error is not NoHistory),
        NotFound("https://garden.example/rss", 404).args[0],
        *(each.format(detail="Missing Access") for each in refused if each != only_direct),
        name_missing((Need("send_messages", "Send Messages"), EMBED)),
        name_missing((EMBED,)),
        guilds._LEFT,
        guilds._DELETED,
    ]


def texts_of(function: str, module: ModuleType) -> list[str]:
    """Return the texts that a module passes to a function."""
    return re.findall(rf'\b{function}\(\s*"([^"]+)"', inspect.getsource(module))


def raised(error: type[Exception]) -> Iterator[type[Exception]]:
    """Yield the errors below this one, without those that only group others."""
    for each in error.__subclasses__():
        yield from raised(each)
        if not each.__name__.endswith("Error") or each in {FetchError, HttpError, ServerError, DocumentError}:
            yield each


@pytest.mark.parametrize("language", list(LANGUAGES)[1:])
def test_a_notice_gives_every_recorded_reason_in_its_language(language: str) -> None:
    reasons = recorded_reasons()
    notices = [
        replace(create_notice(NoticeKind.FEED_BROKEN), detail=each, language=language) for each in reasons
    ]

    assert len(reasons) > 30
    with posts_in(language):
        assert [each for each in reasons if translate_reason(each) == each] == []
    for reason, notice in zip(reasons, notices, strict=True):
        assert reason not in render_notices([[notice]]).content


def test_an_unknown_reason_stays_as_it_was_recorded() -> None:
    with posts_in("de"):
        assert translate_reason("Something new (HTTP 418).") == "Something new (HTTP 418)."
        assert translate_reason("") == ""


@pytest.mark.parametrize("name", TRANSLATED)
def test_translations_have_the_placeholders_of_the_text_in_every_plural_form(name: str) -> None:
    """A form for one number may say it in words."""
    for text, each in translations(read(name)).items():
        needed = placeholders(forms(each.id)[-1])
        for form in forms(each.string):
            assert placeholders(form) | {"count"} == needed | {"count"}, (text, form)


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_language_has_all_plural_forms_of_its_rule(name: str) -> None:
    catalog = read(name)

    for each in translations(catalog).values():
        assert len(forms(each.string)) == (catalog.num_plurals if each.pluralizable else 1)


@pytest.mark.parametrize("name", TRANSLATED)
def test_plural_forms_contain_the_number(name: str) -> None:
    for text, each in translations(read(name)).items():
        if "count" in placeholders(text):
            assert "count" in placeholders(forms(each.string)[-1]), text


@pytest.mark.parametrize("name", TRANSLATED)
def test_the_compiled_translations_match_the_translators_files(name: str) -> None:
    """Otherwise run `make messages`."""
    written, used = read(name), read_compiled(name)

    assert {text: forms(each.string) for text, each in translations(used).items()} == {
        text: forms(each.string) for text, each in translations(written).items()
    }
    assert used.plural_expr == written.plural_expr


@pytest.mark.parametrize(
    ("language", "counted"),
    [
        ("", ["1 post", "2 posts", "5 posts", "21 posts"]),
        ("de", ["1 Beitrag", "2 Beiträge", "5 Beiträge", "21 Beiträge"]),
        ("ru", ["1 запись", "2 записи", "5 записей", "21 запись"]),
        ("ar", ["منشور واحد", "منشوران", "5 منشورات", "21 منشورًا"]),
        ("ja", ["投稿 1 件", "投稿 2 件", "投稿 5 件", "投稿 21 件"]),
    ],
)
def test_counts_use_the_plural_forms_of_the_language(language: str, counted: list[str]) -> None:
    for waiting, words in zip((1, 2, 5, 21), counted, strict=True):
        assert words in render_hold(replace(HOLD, waiting=waiting, language=language)).content


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_question_and_decision_can_be_rendered_in_every_language(language: str) -> None:
    seen = set()
    for kind in NoticeKind:
        notice = replace(create_notice(kind, waiting=40), language=language)
        seen.add(render_notices([[notice]]).content)
        if kind not in ALONE:
            seen.add(render_notices([[notice], [replace(notice, feed_id=9, about_channel_id=9)]]).content)
    for decision in Decision:
        seen.add(render_decision(replace(HOLD, language=language), decision, 5))

    assert len(seen) == 2 * len(NoticeKind) - len(ALONE) + len(Decision)
    assert not any("{" in text for text in seen)


def test_an_untranslated_language_falls_back_to_english() -> None:
    hold = replace(HOLD, language="tlh")

    assert render_hold(hold) == render_hold(replace(HOLD, language=""))


def test_only_the_words_that_are_not_the_posts_own_are_translated() -> None:
    entry = Entry(
        link="https://garden.example/1",
        title="Beans",
        content="<p>They grow.</p>",
        media=(File("https://sound.example/1.mp3", MediaKind.AUDIO),),
    )

    english, french = (render(entry, "Garden", Style.CARD, language=each) for each in ("", "fr"))

    assert french.content == english.content
    assert [embed.description.replace("Écouter", "Listen") for embed in french.embeds] == [
        embed.description for embed in english.embeds
    ]
    assert "[Écouter](" in french.embeds[0].description


def test_a_name_does_not_reorder_a_right_to_left_sentence() -> None:
    """The sentence begins with Arabic, and the name is isolated."""
    content = render_hold(replace(HOLD, language="ar")).content

    assert "\u2068Garden\u2069" in content
    assert content.startswith("منشورات")
