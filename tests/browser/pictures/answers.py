"""The pictures of answers, in the order in which they are made: a later one shows what an earlier one changed.

A new picture is a line in `ANSWERS`, and a `<picture>` in the docs.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from playwright.async_api import Locator, expect

from bot.sandbox.allotment import PRIVATE
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.sites import faults
from bot.sandbox.sites.drafts import Draft
from tests.browser.pictures.scene import Scene
from tests.browser.pictures.stage import INTERVAL, TIMEOUT

Act = Callable[[Scene], Awaitable[tuple[Locator, ...]]]
"""Does what the picture shows, and returns the elements in it."""

GARDEN = "Garden Notes"
_OPML = """<opml version="2.0"><head><title>My feeds</title></head><body>
<outline text="Cooking"><outline type="rss" text="Petite cuisine" xmlUrl="http://petite-cuisine.example/rss"/></outline>
<outline type="rss" text="朝の散歩" xmlUrl="http://asa-no-sampo.example/rss"/>
<outline type="rss" text="قهوة وكتاب" xmlUrl="http://qahwa-wa-kitab.example/rss"/>
<outline type="rss" text="A local page" xmlUrl="file:///home/ada/feed.xml"/>
</body></opml>
"""


def answer(channel: str, *commands: str, viewer: str = "admin", more: int = 0) -> Act:
    """Show the answers to commands. `more`: how many messages follow the last answer."""

    async def act(scene: Scene) -> tuple[Locator, ...]:
        await scene.at(channel, viewer)
        answers = tuple([await scene.use(command) for command in commands])
        after = [answers[-1].locator(f"xpath=following::article[{number}]") for number in range(1, more + 1)]
        return (*answers, *after)

    return act


def pressed(label: str, words: str) -> Act:
    """Press a button below the newest answer with it, and show the newest message with these words."""

    async def act(scene: Scene) -> tuple[Locator, ...]:
        await scene.press(scene.with_button(label), label)
        return (scene.visit.message(words).last,)

    return act


def form(command: str, label: str) -> Act:
    """Show the form that a button below an answer opens."""

    async def act(scene: Scene) -> tuple[Locator, ...]:
        await scene.at("garden")
        await scene.press(await scene.use(command), label)
        return (scene.page.locator("dialog.modal"),)

    return act


async def tags_of_an_offer(scene: Scene) -> tuple[Locator, ...]:
    """Open the menu of tags below the offer."""
    offer = scene.with_button("Choose tags")
    await scene.press(offer, "Choose tags")
    await offer.locator(".select > summary").click()
    return (offer,)


async def refused_channel(scene: Scene) -> tuple[Locator, ...]:
    """Try to follow a blog where the bot may not send."""
    channel = scene.stage.place.channels["sampo"]
    scene.stage.discord.set_permissions(channel.id, deny=Permission.EMBED_LINKS | Permission.SEND_MESSAGES)
    await scene.at("sampo")
    return (await scene.use("/feed add url:http://asa-no-sampo.example"),)


async def changed_filter(scene: Scene) -> tuple[Locator, ...]:
    """Ask for words, and show which posts that leaves out."""
    await scene.at("garden")
    await scene.press(await scene.use(f"/feed settings feed:{GARDEN}"), "Filter")
    dialog = scene.page.locator("dialog.modal")
    await dialog.get_by_label("words", exact=False).first.fill("frost, tulips")
    await scene.press(dialog, "Submit")
    await expect(dialog).to_have_count(0)
    changed = scene.visit.messages.filter(has_text="Undo").last
    await expect(changed).to_be_visible()
    return (changed,)


async def imported(scene: Scene) -> tuple[Locator, ...]:
    """Import a file."""
    await scene.at("cuisine")
    stage = scene.stage
    file = stage.discord.upload("feeds.opml", _OPML.encode())
    before = await scene.visit.messages.count()
    await stage.discord.interact(
        stage.place.guild,
        stage.place.channels["cuisine"],
        stage.place.viewers["admin"].user,
        "feed import",
        {"file": file},
        timeout=TIMEOUT,
    )
    return (scene.visit.messages.nth(before),)


async def imported_and_read(scene: Scene) -> tuple[Locator, ...]:
    """Follow the feeds of a file, and show the answer once they were read."""
    (offer,) = await imported(scene)
    await scene.press(offer, "Follow 3 feeds")
    answered = scene.visit.message("could be read").last
    await expect(answered).to_be_visible()
    return (answered,)


async def undone(scene: Scene) -> tuple[Locator, ...]:
    """Remove a feed, and bring it back."""
    await scene.at("astronomy")
    await scene.press(await scene.use("/feed remove feed:Night Sky channel:#astronomy"), "Undo")
    return (scene.visit.message("with its settings").last,)


async def resumed(scene: Scene) -> tuple[Locator, ...]:
    """Pause a feed, let it publish a post, and resume it."""
    await scene.at("garden")
    await scene.use(f"/feed pause feed:{GARDEN} channel:#garden")
    scene.stage.publish("garden", Draft(title="Leeks in the second bed", tags=("leeks",)))
    await scene.stage.pass_time(INTERVAL + timedelta(minutes=1))
    await scene.at("garden")
    return (await scene.use(f"/feed resume feed:{GARDEN} channel:#garden"),)


async def flood(scene: Scene) -> tuple[Locator, ...]:
    """Publish more posts at once in a blog than the bot sends without asking."""
    for number in range(1, 13):
        scene.stage.publish("night-sky", Draft(title=f"Star chart {number} of 12", tags=("astronomy",)))
    await scene.stage.pass_time(INTERVAL + timedelta(minutes=1))
    await scene.stage.pass_time(timedelta(minutes=2))
    await scene.stage.arrived(PRIVATE, "Night Sky")
    await scene.at(PRIVATE)
    return (scene.visit.messages.last,)


async def broken_feed(scene: Scene) -> tuple[Locator, ...]:
    """Make a feed fail three times."""
    scene.stage.blog.feeds["slow-wheels"].always(faults.status(503))
    for _ in range(6):
        await scene.stage.pass_time(timedelta(hours=1))
    await scene.stage.arrived(PRIVATE, "503")
    await scene.at(PRIVATE)
    return (scene.visit.messages.last,)


def menu(channel: str, words: str, viewer: str) -> Act:
    """Open the menu of a message."""

    async def act(scene: Scene) -> tuple[Locator, ...]:
        await scene.at(channel, viewer)
        message = scene.visit.message(words).first
        await message.hover()
        await message.get_by_role("button", name="More for this message").click()
        return (message, scene.page.locator("#menu"))

    return act


def chosen(label: str) -> Act:
    """Use a command of the open menu."""

    async def act(scene: Scene) -> tuple[Locator, ...]:
        await scene.page.get_by_role("menuitem", name=label).click()
        return (scene.visit.message(f"used {label}").last,)

    return act


async def more_from_blog(scene: Scene) -> tuple[Locator, ...]:
    """Use the other command for members in the menu of a message."""
    await menu("garden", "The first tulips", "member")(scene)
    return await chosen("More from this blog")(scene)


async def suggestions(scene: Scene) -> tuple[Locator, ...]:
    """Type a search and look at the suggestions."""
    await scene.at("garden", "member")
    await scene.page.locator("#compose").fill("/search")
    await scene.page.locator("#compose").press("Enter")
    await scene.page.get_by_role("button", name="+query").click()
    await scene.page.locator("#command-query").fill("com")
    await expect(scene.page.locator("#options")).to_be_visible()
    return (scene.page.locator("#options"), scene.page.locator("#composer"))


ANSWERS: dict[str, Act] = {
    "feed-add": answer("paper-boats", "/feed add url:http://paper-boats.example", more=1),
    "feed-add-tags": tags_of_an_offer,
    "feed-add-subscribed": pressed("Subscribe", "now follows"),
    "feed-add-many": answer(
        "qahwa",
        "/feed add url:http://petite-cuisine.example http://qahwa-wa-kitab.example http://nowhere.example",
    ),
    "feed-add-refused": refused_channel,
    "feed-list": answer("garden", "/feed list"),
    "feed-status": answer("garden", "/feed status", f"/feed status feed:{GARDEN}"),
    "feed-settings": answer("garden", f"/feed settings feed:{GARDEN}"),
    "feed-settings-look": form(f"/feed settings feed:{GARDEN}", "Look"),
    "feed-settings-filter": form(f"/feed settings feed:{GARDEN}", "Filter"),
    "feed-settings-pings": form(f"/feed settings feed:{GARDEN}", "Pings"),
    "feed-settings-schedule": form(f"/feed settings feed:{GARDEN}", "Schedule"),
    "feed-settings-changed": changed_filter,
    "feed-changes": answer(
        "workshop",
        "/feed move feed:Slow Wheels to:#rides",
        "/feed copy from:#garden to:#workshop",
        "/feed url feed:Night Sky url:http://night-sky.example/atom.xml",
        "/feed pause feed:Slow Wheels channel:#rides",
        "/feed remove feed:Paper Boats channel:#paper-boats",
    ),
    "feed-import": imported,
    "feed-export": answer("garden", "/feed export"),
    "feed-test": answer("astronomy", "/feed test feed:Night Sky", more=1),
    "follow": answer("tulips", "/follow add tag:spring", "/follow list"),
    "server": answer(
        "garden",
        f"/notices channel:#{PRIVATE}",
        "/server settings time_zone:Europe/Berlin",
        "/server managers role:@Moderators",
        "/server show",
    ),
    "message-menu": menu("garden", "The first tulips", "admin"),
    "why": chosen("Why is this here?"),
    "search-typing": suggestions,
    "search": answer("garden", "/search query:compost", viewer="member"),
    "search-shared": pressed("Share", "shares posts"),
    "search-spelling": answer("garden", "/search query:tulpis", viewer="member"),
    "search-question": answer("garden", "/search query:how do I save bean seeds", viewer="member"),
    "search-relaxed": answer("garden", "/search query:compost tag:astronomy", viewer="member"),
    "latest": answer("garden", "/latest count:3", viewer="member"),
    "tags": answer("garden", "/tags", viewer="member"),
    "help": answer("garden", "/help", viewer="member"),
    "message-menu-member": menu("garden", "The first tulips", "member"),
    "more-tagged": chosen("More with these tags"),
    "more-blog": more_from_blog,
    "held": flood,
    "held-decided": pressed("Post the newest 3", "held posts are posted"),
    "feed-resumed": resumed,
    "feed-undone": undone,
    "feed-imported": imported_and_read,
    "notice": broken_feed,
}
"""By the name of the picture."""
