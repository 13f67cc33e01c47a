"""Embeds → HTML."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.message_html.elements import Html, element, link, unless_empty
from bot.message_html.inline import markdown, paragraph, parsed_moment
from bot.message_html.media import gallery, media_address, picture
from bot.message_html.view import View
from bot.source.values import Json, int_of, mapping_of, mappings_of, text_of

MAX_GALLERY = 4
"""As many pictures of embeds with one address are shown as one gallery."""


def embeds(found: Sequence[Json], view: View) -> Iterator[Html]:
    """Yield the embeds of a message. Those that share an address are one, with all their pictures."""
    numbered = enumerate(found)
    for _, group in groupby(numbered, key=lambda pair: text_of(pair[1], "url") or pair[0]):
        yield _embed([embed for _, embed in group], view)


def colour(value: int | None) -> str | None:
    """Return a colour as CSS writes it; None without one."""
    return None if value is None or not 0 < value <= 0xFFFFFF else f"#{value:06x}"


def _embed(group: Sequence[Json], view: View) -> Html:
    embed = group[0]
    title = markdown(text_of(embed, "title"), view)
    inside = (
        _author(mapping_of(embed.get("author")), view),
        element("h3", link(text_of(embed, "url"), title), class_="title", dir="auto") if title else Html(),
        paragraph(text_of(embed, "description"), view, "description"),
        _fields(embed, view),
        gallery(_pictures(group), view),
        _footer(embed, view),
    )
    thumbnail = picture(media_address(embed.get("thumbnail")), view, "thumbnail", alt="Picture")
    parts = element("div", *inside, class_="parts"), thumbnail
    return element("section", *parts, class_="embed", data_colour=colour(int_of(embed, "color")))


def _pictures(group: Sequence[Json]) -> list[tuple[str, str, bool]]:
    return [(media_address(each.get("image")), "", False) for each in group[:MAX_GALLERY]]


def _author(author: Json, view: View) -> Html:
    name = text_of(author, "name")
    if not name:
        return Html()
    icon = picture(text_of(author, "icon_url"), view, "icon")
    return element("p", icon, link(text_of(author, "url"), name), class_="by", dir="auto")


def _fields(embed: Json, view: View) -> Html:
    fields = [
        element(
            "div",
            element("dt", markdown(text_of(each, "name"), view), dir="auto"),
            element("dd", markdown(text_of(each, "value"), view), dir="auto"),
            class_="inline" if each.get("inline") is True else None,
        )
        for each in mappings_of(embed.get("fields"))
    ]
    return unless_empty("dl", Html.of(fields), class_="fields")


def _footer(embed: Json, view: View) -> Html:
    footer = mapping_of(embed.get("footer"))
    text = text_of(footer, "text")
    when = parsed_moment(text_of(embed, "timestamp"))
    if not text and not when:
        return Html()
    icon = picture(text_of(footer, "icon_url"), view, "icon")
    between = " · " if text and when else ""
    return element("p", icon, element("bdi", text), between, when, class_="footer")
