"""A message → HTML: its head, its text, embeds and components, and the marks below it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.message_html.components import components
from bot.message_html.elements import Html, element, unless_empty
from bot.message_html.embeds import embeds
from bot.message_html.inline import paragraph, parsed_moment
from bot.message_html.media import attachments
from bot.message_html.view import View
from bot.source.values import Json, int_of, list_of, mapping_of, mappings_of, text_of

_PUBLISHED, _SUPPRESS_EMBEDS, _EPHEMERAL, _LOADING, _SILENT = 1, 1 << 2, 1 << 6, 1 << 7, 1 << 12
MAX_REPLY = 100
"""Characters of a message that are shown above an answer to it."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a forum shows above the first message of a post."""

    title: str
    tags: Sequence[str] = ()


_NOBODY = View()


def message_html(message: Json, view: View = _NOBODY, *, post: Post | None = None) -> Html:
    """Return a message as an article.

    `message`: as Discord's API returns it, or as a bot sends it, without author, time and id. `post`: the forum post
    that it opens.
    """
    view = _with_attachments(message, view)
    flags = int_of(message, "flags") or 0
    number = text_of(message, "id")
    return element(
        "article",
        _reply(message),
        _avatar(message),
        _head(message),
        element("div", *_body(message, view, flags, post), class_="body"),
        class_=" ".join(_classes(message, view, flags)),
        data_message=number or None,
        data_author=text_of(mapping_of(message.get("author")), "id") or None,
        data_time=text_of(message, "timestamp") or None,
    )


def _classes(message: Json, view: View, flags: int) -> Iterator[str]:
    yield "message"
    if flags & _EPHEMERAL:
        yield "ephemeral"
    if _pings(message, view):
        yield "pinged"


def _pings(message: Json, view: View) -> bool:
    """Return whether the message notifies the viewer."""
    users = {text_of(user, "id") for user in mappings_of(message.get("mentions"))}
    roles = {str(each) for each in list_of(message.get("mention_roles"))}
    everyone = message.get("mention_everyone") is True
    return bool(view.user_id) and (everyone or view.user_id in users or bool(roles & view.role_ids))


def _with_attachments(message: Json, view: View) -> View:
    """Return the view, which then finds the pictures that the message itself brought."""
    files = {
        text_of(each, "filename"): text_of(each, "url") for each in mappings_of(message.get("attachments"))
    }
    return replace(view, files=files)


def _name_of(author: Json) -> str:
    return text_of(author, "global_name") or text_of(author, "username")


def _avatar(message: Json) -> Html:
    name = _name_of(mapping_of(message.get("author")))
    return element("div", name[:1].upper(), class_="avatar", aria_hidden="true") if name else Html()


def _head(message: Json) -> Html:
    author = mapping_of(message.get("author"))
    name = _name_of(author)
    if not name:
        return Html()
    app = element("span", "APP", class_="app", title="An app wrote this") if author.get("bot") is True else ""
    when = parsed_moment(text_of(message, "timestamp"), "f")
    return element("header", _author(author), app, when)


def _reply(message: Json) -> Html:
    """Return the line about what the message answers: a command, or another message."""
    user = mapping_of(mapping_of(message.get("interaction_metadata")).get("user"))
    command = text_of(mapping_of(message.get("interaction")), "name")
    original = mapping_of(message.get("referenced_message"))
    if user and command:
        # Only a slash command's name has to be in lower case; those of menus are sentences.
        name = f"/{command}" if command == command.lower() else command
        used = element("span", name, class_="mention")
        return element("p", _author(user), " used ", used, class_="reply")
    if original:
        text = element("bdi", text_of(original, "content")[:MAX_REPLY])
        return element("p", _author(mapping_of(original.get("author"))), " ", text, class_="reply")
    return Html()


def _author(user: Json) -> Html:
    return element("bdi", _name_of(user), class_="author")


def _body(message: Json, view: View, flags: int, post: Post | None) -> Iterator[Html]:
    if post is not None:
        yield element("h2", post.title, class_="post", dir="auto")
        tags = (element("li", tag, dir="auto") for tag in post.tags)
        yield unless_empty("ul", Html.of(tags), class_="tags")
    if flags & _LOADING:
        yield element("div", "feed-relay is thinking…", class_="thinking")
    yield paragraph(text_of(message, "content"), view, "content")
    yield attachments(mappings_of(message.get("attachments")), view)
    if not flags & _SUPPRESS_EMBEDS:
        yield from embeds(mappings_of(message.get("embeds")), view)
    yield components(mappings_of(message.get("components")), view)
    yield _thread(mapping_of(message.get("thread")))
    yield _marks(message, flags)


def _thread(thread: Json) -> Html:
    if not thread:
        return Html()
    number = text_of(thread, "id")
    count = int_of(thread, "message_count") or 0
    name = element("bdi", text_of(thread, "name"))
    messages = element("span", "1 message" if count == 1 else f"{count} messages", class_="dim")
    return element("a", name, " ", messages, href=f"#{number}", class_="thread", data_channel=number)


def _marks(message: Json, flags: int) -> Html:
    """Return what a reader should know about the message."""
    marks = [
        ("edited", "edited", bool(message.get("edited_timestamp"))),
        ("published", "Published to the channels that follow this one", bool(flags & _PUBLISHED)),
        ("silent", "Sent without a notification", bool(flags & _SILENT)),
        ("only-you", "Only you can see this", bool(flags & _EPHEMERAL)),
    ]
    found = [element("span", text, class_=class_) for class_, text, wanted in marks if wanted]
    if flags & _EPHEMERAL:
        found.append(element("button", "Dismiss message", type="button", class_="dismiss"))
    return unless_empty("footer", Html.of(found), class_="marks")
