"""Pictures and files → HTML."""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from bot.message_html.elements import Html, element, is_web, link, spoiler, unless_empty
from bot.message_html.view import View
from bot.source.values import Json, int_of, mapping_of, mappings_of, text_of

MAX_GALLERY = 10
_SPOILER_PREFIX = "SPOILER_"
_PICTURES = frozenset({".apng", ".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"})
_UNITS = ("bytes", "KB", "MB", "GB")


def picture(address: str, view: View, class_: str, *, alt: str = "") -> Html:
    """Return a picture; nothing if the reader can't get it."""
    source = _source(address, view)
    return element("img", src=source, alt=alt, class_=class_, loading="lazy") if source else Html()


def gallery(pictures: Iterable[tuple[str, str, bool]], view: View) -> Html:
    """Return pictures side by side, each given as its address, its description and whether it is a spoiler."""
    shown = [_large(*each, view) for each in pictures]
    found = [each for each in shown if each][:MAX_GALLERY]
    return unless_empty("div", Html.of(found), class_="gallery", data_count=len(found))


def items_of(media_gallery: Json) -> list[tuple[str, str, bool]]:
    """Return the pictures of a media gallery."""
    return [
        (media_address(item.get("media")), text_of(item, "description"), item.get("spoiler") is True)
        for item in mappings_of(media_gallery.get("items"))
    ]


def media_address(media: object) -> str:
    """Return the address of a media item."""
    return text_of(mapping_of(media), "url")


def attachments(found: Sequence[Json], view: View) -> Html:
    """Return the files of a message: pictures as a gallery, then the others."""
    shown = [each for each in found if _is_picture(each) and _source(text_of(each, "url"), view)]
    pictures = [(text_of(each, "url"), text_of(each, "description"), _is_spoiler(each)) for each in shown]
    files = (
        file(text_of(each, "filename"), int_of(each, "size"), text_of(each, "url"))
        for each in found
        if each not in shown
    )
    return Html.of([gallery(pictures, view), *files])


def file(name: str, size: int | None, address: str) -> Html:
    """Return a card with the file's name, which is a link to it, and its size."""
    amount = element("div", _size(size), class_="dim") if size is not None else ""
    about = element("div", link(address, element("bdi", name or "file")), amount)
    return element("div", element("span", class_="sheet", aria_hidden="true"), about, class_="file")


def _source(address: str, view: View) -> str:
    found = view.address_of(address)
    return view.picture(found) if is_web(found) else ""


def _large(address: str, description: str, is_spoiler: bool, view: View) -> Html:
    shown = picture(address, view, "picture", alt=description or "Picture")
    if not shown:
        return Html()
    opened = link(view.address_of(address), shown, class_="enlarge")
    return spoiler("div", opened) if is_spoiler else opened


def _is_picture(attachment: Json) -> bool:
    kind = text_of(attachment, "content_type")
    return (
        kind.startswith("image/")
        or PurePosixPath(text_of(attachment, "filename").lower()).suffix in _PICTURES
    )


def _is_spoiler(attachment: Json) -> bool:
    return text_of(attachment, "filename").startswith(_SPOILER_PREFIX)


def _size(count: int) -> str:
    amount = float(count)
    for unit in _UNITS[:-1]:
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} {_UNITS[-1]}"
