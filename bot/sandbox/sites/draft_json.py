"""JSON ↔ posts, for the demo's form. What comes in is checked: a person gets a sentence about what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import FeedRelayError
from bot.sandbox.sites.desk import WrittenPost
from bot.sandbox.sites.drafts import Draft, Earlier, Kind, Picture
from bot.sandbox.sites.drawings import NAMES

MAX_TITLE = 300
MAX_TEXT = 20_000
MAX_TAGS = 30
MAX_TAG = 140
MAX_PICTURES = 10
MAX_ADDRESS = 2_000
MAX_TRAIL = 10
MAX_YEARS_BACK = 20

_Json = Mapping[str, object]


class DraftRefused(FeedRelayError):
    """This post isn't complete: fill in what its kind needs."""


@dataclass(frozen=True, slots=True)
class WrittenDraft:
    """What the form contains."""

    draft: Draft
    published: datetime | None
    """None: now."""


def read_draft(body: object, now: datetime) -> WrittenDraft:
    """Return what the form contains. Raises DraftRefused."""
    form = _mapping(body)
    draft = Draft(
        kind=_kind(form),
        title=" ".join(_text(form, "title", MAX_TITLE).split()),
        text=_text(form, "text", MAX_TEXT).replace("\r\n", "\n"),
        tags=_tags(form),
        author=_text(form, "author", MAX_TITLE),
        pictures=_pictures(form),
        link=_link(form),
        source=_text(form, "source", MAX_TITLE),
        trail=_trail(form),
    )
    if missing := _missing(draft):
        raise DraftRefused(missing)
    return WrittenDraft(draft, _published(form, now))


def post_json(written: WrittenPost) -> dict[str, object]:
    """Return a post as the form and the list of posts need it."""
    draft, post = written.draft, written.post
    return {
        "id": post.id,
        "headline": written.headline,
        "published": post.published.isoformat(),
        "updated": post.updated.isoformat() if post.updated else None,
        "url": written.link,
        "kind": draft.kind.value,
        "title": draft.title,
        "text": draft.text,
        "tags": list(draft.tags),
        "author": draft.author,
        "pictures": [{"name": one.name, "alt": one.alt} for one in draft.pictures],
        "link": draft.link,
        "source": draft.source,
        "trail": [{"blog": one.blog, "text": one.text} for one in draft.trail],
    }


def _missing(draft: Draft) -> str:
    """Return a sentence about what a post of this kind lacks; "" if it is complete."""
    has_words = bool(draft.text.strip())
    needs: dict[Kind, tuple[bool, str]] = {
        Kind.TEXT: (has_words or bool(draft.title or draft.pictures), "Write a title or a text."),
        Kind.PHOTO: (bool(draft.pictures), "Choose a picture."),
        Kind.PHOTO_SET: (len(draft.pictures) > 1, "Choose at least two pictures."),
        Kind.VIDEO: (bool(draft.link), "Give the address of the video."),
        Kind.LINK: (bool(draft.link), "Give the address of the link."),
        Kind.QUOTE: (has_words, "Write what was said."),
        Kind.CHAT: (has_words, "Write a line for each turn, such as “Ines: Clear tonight?”"),
        Kind.AUDIO: (bool(draft.link), "Give the address of the sound."),
        Kind.ANSWER: (bool(draft.trail and has_words), "Write the question and your answer."),
        Kind.REBLOG: (bool(draft.trail), "Write what you reblog, such as “garden: Beans climb.”"),
        Kind.POLL: (
            bool(draft.title and len(draft.text.split("\n")) > 1),
            "Write a question as the title, and each answer on a line of its own.",
        ),
    }
    complete, sentence = needs[draft.kind]
    return "" if complete else sentence


def _mapping(value: object) -> _Json:
    if not isinstance(value, Mapping):
        raise DraftRefused("Send the post as a JSON object.")
    return value


def _list(form: _Json, name: str, limit: int) -> list[object]:
    value = form.get(name) or []
    if not isinstance(value, list):
        raise DraftRefused(f"“{name}” must be a list.")
    if len(value) > limit:
        raise DraftRefused(f"A post can have at most {limit} {_PLURALS[name]}.")
    return value


_PLURALS = {"tags": "tags", "pictures": "pictures", "trail": "earlier posts"}


def _text(form: _Json, name: str, limit: int) -> str:
    value = form.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DraftRefused(f"“{name}” must be text.")
    if len(value) > limit:
        raise DraftRefused(f"The {name} is too long: {len(value)} of at most {limit} characters.")
    return value.strip()


def _kind(form: _Json) -> Kind:
    try:
        return Kind(_text(form, "kind", MAX_TITLE) or Kind.TEXT)
    except ValueError:
        raise DraftRefused(f"The kind must be one of: {', '.join(Kind)}.") from None


def _tags(form: _Json) -> tuple[str, ...]:
    tags = (_text({"tag": tag}, "tag", MAX_TAG).lstrip("#") for tag in _list(form, "tags", MAX_TAGS))
    return tuple(filter(None, tags))


def _link(form: _Json) -> str:
    link = _text(form, "link", MAX_ADDRESS)
    if link and not link.startswith(("http://", "https://")):
        raise DraftRefused("An address starts with http:// or https://.")
    return link


def _pictures(form: _Json) -> tuple[Picture, ...]:
    found = []
    for value in map(_mapping, _list(form, "pictures", MAX_PICTURES)):
        name = _text(value, "name", MAX_TITLE)
        if name not in NAMES:
            raise DraftRefused(f"There is no picture “{name[:40]}”.")
        found.append(Picture(name, _text(value, "alt", MAX_TITLE)))
    return tuple(found)


def _trail(form: _Json) -> tuple[Earlier, ...]:
    return tuple(
        Earlier(_text(value, "blog", MAX_TAG), _text(value, "text", MAX_TEXT))
        for value in map(_mapping, _list(form, "trail", MAX_TRAIL))
    )


def _published(form: _Json, now: datetime) -> datetime | None:
    written = _text(form, "published", MAX_TAG)
    if not written:
        return None
    try:
        published = datetime.fromisoformat(written)
    except ValueError:
        raise DraftRefused("This is not a date: write it as 2026-05-04T09:30:00Z.") from None
    if published.tzinfo is None:
        raise DraftRefused("The date needs a time zone, such as the Z in 2026-05-04T09:30:00Z.")
    if not now - timedelta(days=365 * MAX_YEARS_BACK) <= published <= now:
        raise DraftRefused(f"Choose a date in the last {MAX_YEARS_BACK} years.")
    return published
