"""Components → HTML: buttons and menus, and the layouts of messages that consist of components.

https://discord.com/developers/docs/components/reference
"""

from collections.abc import Callable, Iterable, Mapping

from bot.message_html.elements import Html, element, link, spoiler, unless_empty
from bot.message_html.embeds import colour
from bot.message_html.inline import paragraph
from bot.message_html.media import file, gallery, items_of, media_address
from bot.message_html.view import View
from bot.source.values import Json, int_of, list_of, mapping_of, mappings_of, text_of

MAX_DEPTH = 5
"""The maximum depth of components within components; Discord allows less."""
STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 3, 5, 6, 7, 8
_BUTTON_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger"}
_LINK_STYLE = 5
_LARGE_SPACING = 2


def components(found: Iterable[Json], view: View, depth: int = 0) -> Html:
    """Return components in their order, without those of unknown kinds."""
    return Html.of(_component(each, view, depth) for each in found) if depth < MAX_DEPTH else Html()


def _component(component: Json, view: View, depth: int) -> Html:
    write = _WRITERS.get(int_of(component, "type") or 0)
    return Html() if write is None else write(component, view, depth)


def _inside(component: Json, view: View, depth: int) -> Html:
    return components(mappings_of(component.get("components")), view, depth + 1)


def _row(row: Json, view: View, depth: int) -> Html:
    return unless_empty("div", _inside(row, view, depth), class_="row")


def _button(button: Json, _view: View, _depth: int) -> Html:
    label = Html.of(part for part in (_emoji(button), element("bdi", text_of(button, "label"))) if part)
    style = int_of(button, "style")
    if style == _LINK_STYLE:
        return link(text_of(button, "url"), label, class_="button link")
    return element(
        "button",
        label,
        type="button",
        class_=f"button {_BUTTON_STYLES.get(style or 0, 'secondary')}",
        data_custom_id=text_of(button, "custom_id"),
        disabled=button.get("disabled") is True,
    )


def _emoji(component: Json) -> str:
    emoji = mapping_of(component.get("emoji"))
    name = text_of(emoji, "name")
    return f":{name}: " if name and emoji.get("id") else f"{name} " if name else ""


def _select(select: Json, _view: View, _depth: int) -> Html:
    """Return a menu that opens below its summary. The page fills menus of users, roles and channels."""
    least, most = int_of(select, "min_values"), int_of(select, "max_values")
    options = mappings_of(select.get("options"))
    chosen = [text_of(option, "label") for option in options if option.get("default") is True]
    shown = ", ".join(chosen) or text_of(select, "placeholder") or "Choose"
    disabled = select.get("disabled") is True
    return element(
        "details",
        element("summary", element("bdi", shown), aria_disabled="true" if disabled else None),
        element("div", *map(_option, options), class_="options"),
        class_="select",
        data_custom_id=text_of(select, "custom_id"),
        data_type=int_of(select, "type"),
        data_min=1 if least is None else least,
        data_max=1 if most is None else most,
        data_channel_types=" ".join(str(each) for each in list_of(select.get("channel_types"))) or None,
        data_disabled=disabled,
    )


def _option(option: Json) -> Html:
    description = element("small", text_of(option, "description"), class_="dim", dir="auto")
    return element(
        "button",
        element("span", _emoji(option), text_of(option, "label"), dir="auto"),
        description if option.get("description") else "",
        type="button",
        data_value=text_of(option, "value"),
        aria_pressed="true" if option.get("default") is True else "false",
    )


def _section(section: Json, view: View, depth: int) -> Html:
    accessory = components([mapping_of(section.get("accessory"))], view, depth + 1)
    return element("div", element("div", _inside(section, view, depth)), accessory, class_="section")


def _text(display: Json, view: View, _depth: int) -> Html:
    return paragraph(text_of(display, "content"), view, "content")


def _thumbnail(thumbnail: Json, view: View, _depth: int) -> Html:
    address, description = media_address(thumbnail.get("media")), text_of(thumbnail, "description")
    return element(
        "div", gallery([(address, description, thumbnail.get("spoiler") is True)], view), class_="thumbnail"
    )


def _gallery(media_gallery: Json, view: View, _depth: int) -> Html:
    return gallery(items_of(media_gallery), view)


def _file(component: Json, view: View, _depth: int) -> Html:
    address = media_address(component.get("file"))
    name = text_of(component, "name") or address.rpartition("/")[2]
    return file(name, int_of(component, "size"), view.address_of(address))


def _separator(separator: Json, _view: View, _depth: int) -> Html:
    wide = "wide" if int_of(separator, "spacing") == _LARGE_SPACING else "narrow"
    return element("hr", class_=f"{wide} invisible" if separator.get("divider") is False else wide)


def _container(container: Json, view: View, depth: int) -> Html:
    inside = _inside(container, view, depth)
    if container.get("spoiler") is True:
        inside = spoiler("div", inside)
    return element(
        "section", inside, class_="container", data_colour=colour(int_of(container, "accent_color"))
    )


_WRITERS: Mapping[int, Callable[[Json, View, int], Html]] = {
    1: _row,
    2: _button,
    **dict.fromkeys((STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT), _select),
    9: _section,
    10: _text,
    11: _thumbnail,
    12: _gallery,
    13: _file,
    14: _separator,
    17: _container,
}
"""By Discord's number of the type. The others are parts of modals."""
