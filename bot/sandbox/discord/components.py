"""Checks of message components (buttons, selects, layouts), of autocomplete choices and of modals.

https://discord.com/developers/docs/components/reference
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from bot.sandbox.discord.errors import Problem
from bot.sandbox.discord.models import Json
from bot.sandbox.discord.validation import Path, bad_url, required, too_long, too_many

AUTOCOMPLETE = 8
MODAL = 9
_ROW, _BUTTON, _TEXT_DISPLAY, _GALLERY = 1, 2, 10, 12
_SELECTS = {3, 5, 6, 7, 8}
_TEXT_INPUT, _LABEL = 4, 18
_GROUPS = {21: 2, 22: 1}
"""Radio groups and checkboxes, with the least number of options."""
_LINK_STYLE = 5
_MODERN_FLAG = 1 << 15
_ROWS, _IN_ROW, _IN_MODERN = 5, 5, 40
_OPTIONS = _CHOICES = 25
_CUSTOM_ID = _CHOICE_TEXT = 100
_LAYOUT_TEXT = 4000
_GALLERY_ITEMS = 10


def is_modern(body: Json) -> bool:
    """Return whether the message consists of components (flag IS_COMPONENTS_V2)."""
    return bool((body.get("flags") or 0) & _MODERN_FLAG)


def walk(found: object, path: Path = ()) -> Iterator[tuple[Json, Path]]:
    """Yield each component with its path, parents before children."""
    for index, each in enumerate(found if isinstance(found, list) else ()):
        here = (*path, str(index))
        yield each, here
        yield from walk(each.get("components"), (*here, "components"))
        for single in ("accessory", "component"):
            if isinstance(each.get(single), dict):
                yield each[single], (*here, single)


def text_of(body: Json) -> str:
    """Return all text in a message's components, which can ping like its content."""
    shown = (each for each, _ in walk(body.get("components")) if each.get("type") == _TEXT_DISPLAY)
    return "\n".join(str(each.get("content", "")) for each in shown)


def rows(found: object, path: Path, *, modern: bool) -> Iterator[Problem]:
    """Yield the problems of a message's components."""
    yield from too_many(found, _IN_MODERN if modern else _ROWS, path)
    yield from too_long(text_of({"components": found}), _LAYOUT_TEXT, path)
    for each, here in walk(found, path):
        if not modern and len(here) == len(path) + 1 and each.get("type") != _ROW:
            yield Problem((*here, "type"), "BASE_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
        yield from _one(each, here)
    yield from _duplicates(found, path)


def _one(each: Json, path: Path) -> Iterator[Problem]:
    kind = each.get("type")
    if kind == _ROW:
        yield from _row(each, path)
    elif kind == _BUTTON:
        yield from _button(each, path)
    elif kind in _SELECTS:
        yield from _select(each, path)
    elif kind == _GALLERY:
        yield from _gallery(each, path)


def _duplicates(found: object, path: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for each, here in walk(found, path):
        custom_id = each.get("custom_id")
        if custom_id is not None and custom_id in seen:
            problem = "Component custom id cannot be duplicated"
            yield Problem((*here, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", problem)
        seen |= {custom_id} if isinstance(custom_id, str) else set()


def _gallery(gallery: Json, path: Path) -> Iterator[Problem]:
    items = gallery.get("items") or []
    yield from too_many(items, _GALLERY_ITEMS, (*path, "items"))
    for index, item in enumerate(items):
        here = (*path, "items", str(index))
        url = (item.get("media") or {}).get("url")
        yield from required(url, (*here, "media", "url"))
        yield from bad_url(url, (*here, "media", "url"), schemes=("http", "https", "attachment"))
        yield from too_long(item.get("description"), 1024, (*here, "description"))


def _row(row: Json, path: Path) -> Iterator[Problem]:
    inside = row.get("components") or []
    if not 1 <= len(inside) <= _IN_ROW:
        yield Problem((*path, "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")


def _button(button: Json, path: Path) -> Iterator[Problem]:
    yield from too_long(button.get("label"), 80, (*path, "label"))
    if button.get("style") == _LINK_STYLE:
        yield from required(button.get("url"), (*path, "url"))
        yield from bad_url(button.get("url"), (*path, "url"), schemes=("http", "https", "discord"))
        yield from too_long(button.get("url"), 512, (*path, "url"))
    else:
        yield from _custom_id(button, path)
    if not button.get("label") and not button.get("emoji"):
        yield Problem(
            path, "BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL", "A button must have a label or an emoji."
        )


def _custom_id(each: Json, path: Path) -> Iterator[Problem]:
    yield from required(each.get("custom_id"), (*path, "custom_id"))
    yield from too_long(each.get("custom_id"), _CUSTOM_ID, (*path, "custom_id"))


def _select(select: Json, path: Path) -> Iterator[Problem]:
    yield from _custom_id(select, path)
    yield from too_long(select.get("placeholder"), 150, (*path, "placeholder"))
    options = select.get("options") or []
    if select.get("type") == min(_SELECTS) and not options:
        yield Problem((*path, "options"), "BASE_TYPE_REQUIRED", "This field is required")
    yield from too_many(options, _OPTIONS, (*path, "options"))
    yield from _options(options, path)


def _options(options: Sequence[Json], path: Path) -> Iterator[Problem]:
    values: set[str] = set()
    for index, option in enumerate(options):
        here = (*path, "options", str(index))
        for name in ("label", "value"):
            yield from required(option.get(name), (*here, name))
            yield from too_long(option.get(name), 100, (*here, name))
        yield from too_long(option.get("description"), 100, (*here, "description"))
        if option.get("value") in values:
            problem = "The specified option value is already used"
            yield Problem((*here, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", problem)
        values.add(str(option.get("value")))


def choices(found: object, path: Path) -> Iterator[Problem]:
    """Yield the problems of autocomplete choices."""
    yield from too_many(found, _CHOICES, path)
    for index, choice in enumerate(found if isinstance(found, list) else ()):
        here = (*path, str(index))
        yield from required(choice.get("name"), (*here, "name"))
        yield from too_long(choice.get("name"), _CHOICE_TEXT, (*here, "name"))
        value = choice.get("value")
        if isinstance(value, str):
            yield from chain(
                required(value, (*here, "value")), too_long(value, _CHOICE_TEXT, (*here, "value"))
            )


def modal(data: Json, path: Path) -> Iterator[Problem]:
    """Yield the problems of a modal."""
    yield from required(data.get("title"), (*path, "title"))
    yield from too_long(data.get("title"), 45, (*path, "title"))
    yield from _custom_id(data, path)
    found = data.get("components")
    yield from too_many(found, 5, (*path, "components"))
    for each, here in walk(found, (*path, "components")):
        yield from _modal_part(each, here)
    yield from _duplicates(found, (*path, "components"))


def _modal_part(each: Json, path: Path) -> Iterator[Problem]:
    kind = each.get("type")
    if kind == _LABEL:
        yield from required(each.get("label"), (*path, "label"))
        yield from too_long(each.get("label"), 45, (*path, "label"))
        yield from too_long(each.get("description"), 100, (*path, "description"))
    elif kind == _TEXT_INPUT:
        yield from _custom_id(each, path)
        yield from too_long(each.get("label"), 45, (*path, "label"))
        yield from too_long(each.get("placeholder"), 100, (*path, "placeholder"))
        yield from too_long(each.get("value"), each.get("max_length") or 4000, (*path, "value"))
    elif kind in _SELECTS:
        yield from _select(each, path)
        yield from too_many(
            each.get("default_values"), each.get("max_values") or 1, (*path, "default_values")
        )
    elif kind in _GROUPS:
        yield from _group(each, path)


def _group(group: Json, path: Path) -> Iterator[Problem]:
    """Yield the problems of a radio group or of checkboxes."""
    least, most = _GROUPS[group["type"]], 10
    options = group.get("options") or []
    yield from _custom_id(group, path)
    if not least <= len(options) <= most:
        problem = f"Must be between {least} and {most} in length."
        yield Problem((*path, "options"), "BASE_TYPE_BAD_LENGTH", problem)
    yield from _options(options, path)
    chosen = sum(bool(option.get("default")) for option in options)
    if chosen > (group.get("max_values") or 1):
        problem = "More options are selected than may be."
        yield Problem((*path, "options"), "BASE_TYPE_MAX_LENGTH", problem)
