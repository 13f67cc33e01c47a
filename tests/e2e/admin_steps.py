"""What admins do with the bot, step by step; each step also checks its result."""

import asyncio
from collections.abc import Mapping

from bot.sandbox.discord.interaction_data import OptionValue
from bot.sandbox.discord.modal_data import Filled
from bot.sandbox.discord.models import StoredMessage
from bot.sandbox.discord.permissions import Permission
from tests.e2e.admin_fixture import AdminFixture
from tests.e2e.bot_process import TIMEOUT

OLD = (
    ("astronomy",),
    ("personal",),
    ("cycling", "workshop"),
    (),
    ("astronomy", "personal"),
    ("cycling",),
)


async def invite(fixture: AdminFixture) -> None:
    """The bot is invited and registers its commands."""
    fixture.publish(*OLD)
    await fixture.start()
    await fixture.discord.wait_for(lambda: fixture.discord.commands[None], timeout=TIMEOUT)
    fixture.discord.invite_bot(fixture.guild)
    await fixture.discord.wait_for(lambda: fixture.discord.gateway.connected_shards)


async def add(fixture: AdminFixture) -> None:
    """An admin pastes a blog's address and subscribes to two of its tags."""
    preview = await fixture.run("feed add", {"url": f"{fixture.feed.base}/", "channel": fixture.news})
    await fixture.discord.wait_for(lambda: preview.followups)
    fixture.read(preview.followups[0])
    await fixture.press(preview.message, "Choose tags")
    menu = "Choose tags; without any, every post is sent"
    await fixture.press(preview.message, menu, ("astronomy", "cycling"))
    await fixture.press(preview.message, "Subscribe")
    await fixture.run("feed add", {"url": fixture.feed.url, "channel": fixture.news})
    await fixture.run("follow list")
    await fixture.run("notices", {"channel": fixture.office})
    await fixture.next_poll()


async def publish(fixture: AdminFixture) -> None:
    """Only the posts with the tags arrive out of ten, in order."""
    numbers = fixture.publish(
        ("astronomy",),
        ("personal",),
        ("Cycling",),
        (),
        ("workshop",),
        ("astronomy", "personal"),
        ("#cycling", "workshop"),
        ("seeds",),
        ("ASTRONOMY",),
        ("personal", "seeds"),
    )
    wanted = [numbers[index] for index in (0, 2, 5, 6, 8)]
    await fixture.arrived(wanted)
    await fixture.next_poll()
    assert fixture.posted() == wanted
    fixture.read(fixture.discord.messages(fixture.news.id)[0])
    fixture.note(f"    in #news: {fixture.posted()}")


async def exclude(fixture: AdminFixture) -> None:
    """Posts with an excluded tag no longer arrive."""
    await fixture.run("follow exclude", {"tag": "personal", "channel": fixture.news})
    before = fixture.posted()
    _left_out, wanted = fixture.publish(("astronomy", "personal"), ("astronomy",))
    await fixture.arrived([wanted])
    await fixture.next_poll()
    assert fixture.posted() == [*before, wanted]
    fixture.note(f"    in #news: {fixture.posted()[-3:]}")


async def why(fixture: AdminFixture) -> None:
    """/why explains that a post was posted, filtered, or never seen."""
    posted = fixture.posted()[-1]
    first = await fixture.run("why", {"link": fixture.link(posted), "channel": fixture.news})
    second = await fixture.run("why", {"link": fixture.link(posted - 1), "channel": fixture.news})
    third = await fixture.run("why", {"link": f"{fixture.feed.base}/post/9999/unknown"})
    posted_text, filtered, unknown = (fixture.text(answer) for answer in (first, second, third))
    assert f"Post {posted}" in posted_text
    assert "personal" in filtered
    assert "Garden Notes" in unknown


async def pause(fixture: AdminFixture) -> None:
    """A pause holds new posts, and the resumption sends them once."""
    await fixture.run("feed pause", {"feed": "Garden Notes"})
    before = fixture.posted()
    numbers = fixture.publish(("astronomy",), ("cycling",), ("personal",))
    await fixture.next_poll()
    assert fixture.posted() == before
    await fixture.run("feed status")
    await fixture.run("feed resume", {"feed": "Garden Notes"})
    await fixture.arrived(numbers[:2])
    await fixture.next_poll()
    assert fixture.posted() == [*before, *numbers[:2]]
    fixture.note(f"    in #news: {fixture.posted()[-3:]}")


async def forbid(fixture: AdminFixture) -> None:
    """Without permission the channel is suspended, with a notice; with it again, the waiting post arrives."""
    fixture.discord.set_permissions(fixture.news.id, deny=Permission.SEND_MESSAGES)
    fixture.note("", "The bot loses Send Messages in #news.")
    before = fixture.posted()
    numbers = fixture.publish(("astronomy",))
    suspended = await fixture.notice("#news")
    fixture.read(suspended)
    await fixture.run("feed status", {"feed": "Garden Notes"})
    assert fixture.posted() == before
    fixture.discord.set_permissions(fixture.news.id)
    fixture.note("", "The bot gets Send Messages in #news back.")
    await fixture.arrived(numbers)
    fixture.read(await fixture.notice("#news", after=suspended.id))
    await fixture.next_poll()
    assert fixture.posted() == [*before, *numbers]
    fixture.note(f"    in #news: {fixture.posted()[-3:]}")


async def flood(fixture: AdminFixture, size: int = 40) -> None:
    """A flood is held. Of two admins who press at the same time, one decides, and the chosen posts arrive once."""
    before, note = fixture.posted(), len(fixture.transcript)
    numbers = fixture.publish(*[("astronomy",)] * size)
    fixture.transcript[note:] = [f"    published: Post {numbers[0]} to Post {numbers[-1]} (astronomy)"]
    question = await fixture.notice(f"{size} posts")
    fixture.read(question)
    assert fixture.posted() == before
    fixture.note("", "Iris presses [Post the newest 3] and Rowan [Post all], both at once.")
    presses = await asyncio.gather(
        fixture.discord.press(question, "Post the newest 3", fixture.iris),
        fixture.discord.press(question, "Post all", fixture.rowan),
    )
    await fixture.discord.wait_for(lambda: not fixture.current(question).components)
    await fixture.discord.wait_for(lambda: any(press.followups for press in presses))
    decided = fixture.read(question)
    wanted = numbers[-3:] if "newest" in decided else numbers
    (loser,) = [press for press in presses if press.followups]
    fixture.note(f"{loser.user.name} reads:")
    fixture.read(loser.followups[0])
    await fixture.arrived(wanted)
    await fixture.next_poll()
    assert fixture.posted() == [*before, *wanted]
    fixture.note(f"    in #news: {fixture.posted()[len(before) :]}")


async def leave(fixture: AdminFixture) -> None:
    """After the bot was kicked and invited again, it asks about the waiting posts; everything else is unchanged."""
    before = fixture.posted()
    last = max(each.id for each in fixture.discord.messages(fixture.office.id))
    fixture.discord.remove_bot(fixture.guild)
    fixture.note("", "The bot is kicked.")
    numbers = fixture.publish(("astronomy",), ("cycling",))
    await fixture.next_poll()
    fixture.discord.invite_bot(fixture.guild)
    fixture.note("The bot is invited again.")
    question = await fixture.notice("2 posts", after=last)
    fixture.read(question)
    assert fixture.posted() == before
    await fixture.press(question, "Post all")
    await fixture.arrived(numbers)
    more = fixture.publish(("cycling",))
    await fixture.arrived(more)
    await fixture.next_poll()
    assert fixture.posted() == [*before, *numbers, *more]
    fixture.note(f"    in #news: {fixture.posted()[-3:]}")
    await fixture.run("feed list")


async def settings(fixture: AdminFixture) -> None:
    """A form changes the style, posts in the channel get it although the bot is killed, and Undo works afterwards."""
    before = fixture.posted()
    panel = await fixture.run("feed settings", {"feed": "Garden Notes", "channel": fixture.news})
    answer = await fixture.fill_in(panel.message, "Look", {"style": "full", "name": "Garden News"})
    assert "Style: Card → **Full**" in fixture.read(answer)
    await _restyle(fixture, answer)
    await fixture.discord.wait_for(lambda: _edited(fixture), timeout=TIMEOUT)
    await _restart(fixture)
    await fixture.discord.wait_for(lambda: len(_edited(fixture)) == len(before[-5:]), timeout=TIMEOUT)
    fixture.note("", "The bot is killed while it edits, and started again.")
    fixture.read(fixture.discord.messages(fixture.news.id)[-1])
    undone = await fixture.press(answer, "Undo")
    assert "Style: Full → **Card**" in fixture.text(undone)
    await _restyle(fixture, answer)
    await fixture.discord.wait_for(lambda: fixture.posted() == before, timeout=TIMEOUT)
    more = fixture.publish(("astronomy",))
    await fixture.arrived(more)
    await fixture.next_poll()
    assert fixture.posted() == [*before, *more]
    fixture.note(f"    in #news: {fixture.posted()[-3:]}")


async def undo(fixture: AdminFixture) -> None:
    """A feed is removed and the bot killed; Undo brings the feed back, with the post that it published meanwhile."""
    before = fixture.posted()
    answer = await fixture.run("feed remove", {"feed": "Garden Notes"})
    numbers = fixture.publish(("astronomy",))
    await _restart(fixture)
    fixture.note("", "The bot is killed and starts again.")
    await fixture.press(answer.message, "Undo")
    await fixture.arrived(numbers)
    await fixture.next_poll()
    assert fixture.posted() == [*before, *numbers]
    fixture.note(f"    in #news: {fixture.posted()[-3:]}")


async def move(fixture: AdminFixture) -> None:
    """A feed goes to another channel and back, and the other channel then follows it, too."""
    before = fixture.posted()
    await fixture.run("feed move", {"feed": "Garden Notes", "to": fixture.office})
    (elsewhere,) = fixture.publish(("astronomy",))
    await fixture.notice(f"Post {elsewhere}")
    await fixture.run("feed move", {"feed": "Garden Notes", "to": fixture.news})
    await fixture.run("feed copy", {"from": fixture.news, "to": fixture.office})
    (both,) = fixture.publish(("astronomy",))
    await fixture.notice(f"Post {both}")
    await fixture.arrived([both])
    await fixture.next_poll()
    assert fixture.posted() == [*before, both]
    await fixture.run("feed remove", {"feed": "Garden Notes", "channel": fixture.office})


async def carry(fixture: AdminFixture) -> None:
    """The feeds are exported, and imported into another channel; the server's settings are shown."""
    await fixture.run("feed export")
    file = fixture.discord.upload("feeds.opml", fixture.discord.files["feeds.opml"])
    answer = await fixture.run("feed import", {"file": file, "channel": fixture.office})
    await fixture.press(answer.message, "Follow 1 feed")
    assert answer.message is not None
    shown = answer.message
    await fixture.discord.wait_for(lambda: "could be read" in fixture.current(shown).content, timeout=TIMEOUT)
    fixture.read(shown)
    await fixture.run("feed remove", {"feed": "Garden Notes", "channel": fixture.office})
    await fixture.run("server settings", {"time_zone": "Europe/Berlin"})
    await fixture.run("server show")


async def tags(fixture: AdminFixture) -> None:
    """A tag is followed, the newest post with the channel's tags is shown, and the tag is removed again."""
    before = fixture.posted()
    here: Mapping[str, OptionValue] = {"tag": "seeds", "channel": fixture.news}
    await fixture.run("follow add", here)
    (wanted,) = fixture.publish(("seeds",))
    await fixture.arrived([wanted])
    shown = await fixture.run("feed test", {"feed": "Garden Notes", "channel": fixture.news})
    await fixture.discord.wait_for(lambda: shown.followups, timeout=TIMEOUT)
    assert f"Post {wanted}" in fixture.read(shown.followups[0])
    await fixture.run("follow remove", here)
    fixture.publish(("seeds",))
    await fixture.next_poll()
    assert fixture.posted() == [*before, wanted]


async def forms(fixture: AdminFixture) -> None:
    """Each form changes the settings, and its Undo restores them."""
    filled: dict[str, dict[str, Filled]] = {
        "Filter": {"words": "beans\nwater butt", "reblogs": "comments"},
        "Pings": {"mention_roles": (fixture.helpers,), "ping_cooldown": "30"},
        "Schedule": {"interval": "3600"},
    }
    for button, values in filled.items():
        panel = await fixture.run("feed settings", {"feed": "Garden Notes", "channel": fixture.news})
        answer = await fixture.fill_in(panel.message, button, values)
        assert "nothing changed" not in fixture.read(answer)
        assert "Undone" in fixture.text(await fixture.press(answer, "Undo"))


async def readdress(fixture: AdminFixture) -> None:
    """The feed is read from another address: its current posts aren't posted, and the next one is."""
    before, moved = fixture.posted(), fixture.blog.feed("orchard", "Garden Notes", "wordpress")
    fixture.feed = moved
    fixture.publish(("astronomy",))
    await fixture.run("feed url", {"feed": "Garden Notes", "url": moved.url})
    numbers = fixture.publish(("astronomy",))
    await fixture.arrived(numbers)
    await fixture.next_poll()
    assert fixture.posted() == [*before, *numbers]
    fixture.note(f"    in #news: {fixture.posted()[-3:]}")


async def many(fixture: AdminFixture) -> None:
    """Only the readable one of two addresses in one command is followed."""
    second = fixture.blog.feed("meadow", "Meadow", "wordpress")
    addresses = f"{second.url} {fixture.blog.address}/nothing/"
    answer = await fixture.run("feed add", {"url": addresses, "channel": fixture.office})
    await fixture.press(answer.message, "Follow 1 feed")
    await fixture.run("feed list")
    await fixture.run("feed remove", {"feed": "Meadow"})


async def delegate(fixture: AdminFixture) -> None:
    """A role may press buttons from the time an admin chooses it until an admin revokes that."""
    panel = await fixture.run("feed settings", {"feed": "Garden Notes", "channel": fixture.news})
    assert "Manage Server" in await fixture.refused(panel.message, "Look", fixture.hazel)
    not_for_helpers = await fixture.run("server managers", user=fixture.hazel, force=True)
    assert "Manage Server" in fixture.text(not_for_helpers)
    answer = await fixture.run("server managers", {"role": fixture.helpers})
    changed = await fixture.fill_in(panel.message, "Look", {"silent": ("1",)}, user=fixture.hazel)
    assert "Notifications" in fixture.read(changed)
    await fixture.press(changed, "Undo", user=fixture.hazel)
    await fixture.press(answer.message, "No role")
    assert "Manage Server" in await fixture.refused(panel.message, "Look", fixture.hazel)


async def look(fixture: AdminFixture) -> None:
    """People ask a message of the bot why it is there, and for more."""
    message = fixture.discord.messages(fixture.news.id)[-1]
    for person, command in (
        (fixture.iris, "Why is this here?"),
        (fixture.basil, "More from this blog"),
        (fixture.basil, "More with these tags"),
    ):
        fixture.note("", f"{person.name} > {command}")
        answer = await fixture.discord.interact_with(fixture.guild, message, person, command, timeout=TIMEOUT)
        await fixture.discord.wait_for(lambda: answer.message, timeout=TIMEOUT)  # noqa: B023 -- awaited here
        assert "Post " in fixture.read(answer.message)


async def _restyle(fixture: AdminFixture, answer: StoredMessage) -> None:
    """Apply the look to the last five posts in the channel, or to all if there are fewer."""
    (menu,) = fixture.current(answer).components[0]["components"]
    offered = [option["value"] for option in menu["options"]]
    chosen = "5" if "5" in offered else offered[-1]
    await fixture.discord.press(answer, menu["custom_id"], fixture.iris, values=(chosen,))


def _edited(fixture: AdminFixture) -> list[StoredMessage]:
    return [message for message in fixture.discord.messages(fixture.news.id) if message.edits]


async def _restart(fixture: AdminFixture) -> None:
    """Kill the bot and wait until it gets commands again."""
    sessions = fixture.discord.gateway.identified
    await fixture.kill()
    await fixture.start()
    await fixture.discord.wait_for(lambda: fixture.discord.gateway.identified > sessions, timeout=TIMEOUT)


STEPS = (
    invite,
    add,
    publish,
    exclude,
    why,
    pause,
    forbid,
    flood,
    leave,
    settings,
    undo,
    move,
    carry,
    tags,
    forms,
    readdress,
    many,
    delegate,
    look,
)
