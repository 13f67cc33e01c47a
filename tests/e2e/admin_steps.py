"""The steps of an admin's life with the bot, each complete in itself: it says what is done and sees that it worked."""

import asyncio

from bot.sandbox.discord.permissions import Permission
from tests.e2e.admin_fixture import AdminFixture

OLD = (
    ("astronomy",),
    ("personal",),
    ("cycling", "workshop"),
    (),
    ("astronomy", "personal"),
    ("cycling",),
)


async def invite(place: AdminFixture) -> None:
    """The bot is invited; its commands are there."""
    place.publish(*OLD)
    await place.start()
    await place.discord.wait_for(lambda: place.discord.commands[None], timeout=30)
    place.discord.invite_bot(place.guild)
    await place.discord.wait_for(lambda: place.discord.gateway.connected_shards)


async def add(place: AdminFixture) -> None:
    """A pasted blog page becomes a subscription to two of its tags."""
    offer = await place.run("feed add", {"url": f"{place.feed.base}/", "channel": place.news})
    await place.discord.wait_for(lambda: offer.followups)
    place.hear(offer.followups[0])
    await place.press(offer.message, "Choose tags")
    menu = "Choose tags; without any, every post is sent"
    await place.press(offer.message, menu, ("astronomy", "cycling"))
    await place.press(offer.message, "Subscribe")
    await place.run("feed add", {"url": place.feed.url, "channel": place.news})
    await place.run("follow list")
    await place.run("notices", {"channel": place.office})
    await place.polled()


async def publish(place: AdminFixture) -> None:
    """Ten posts: the right ones arrive, in order."""
    numbers = place.publish(
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
    await place.arrived(wanted)
    await place.polled()
    assert place.standing() == wanted
    place.hear(place.discord.messages(place.news.id)[0])
    place.note(f"    in #news: {place.standing()}")


async def exclude(place: AdminFixture) -> None:
    """A tag is excluded from the next post on."""
    await place.run("follow exclude", {"tag": "personal", "channel": place.news})
    before = place.standing()
    _left_out, wanted = place.publish(("astronomy", "personal"), ("astronomy",))
    await place.arrived([wanted])
    await place.polled()
    assert place.standing() == [*before, wanted]
    place.note(f"    in #news: {place.standing()[-3:]}")


async def why(place: AdminFixture) -> None:
    """Why a post was posted, filtered, or never seen."""
    posted = place.standing()[-1]
    first = await place.run("why", {"link": place.link(posted), "channel": place.news})
    second = await place.run("why", {"link": place.link(posted - 1), "channel": place.news})
    third = await place.run("why", {"link": f"{place.feed.base}/post/9999/unknown"})
    posted_text, filtered, unknown = (place.text(answer) for answer in (first, second, third))
    assert f"Post {posted}" in posted_text
    assert "personal" in filtered
    assert "Garden Notes" in unknown


async def pause(place: AdminFixture) -> None:
    """A pause keeps what comes, and a resumption sends it, once."""
    await place.run("feed pause", {"feed": "Garden Notes"})
    before = place.standing()
    numbers = place.publish(("astronomy",), ("cycling",), ("personal",))
    await place.polled()
    assert place.standing() == before
    await place.run("feed status")
    await place.run("feed resume", {"feed": "Garden Notes"})
    await place.arrived(numbers[:2])
    await place.polled()
    assert place.standing() == [*before, *numbers[:2]]
    place.note(f"    in #news: {place.standing()[-3:]}")


async def forbid(place: AdminFixture) -> None:
    """A permission is taken away: the channel is suspended, which is told; given back, what waited arrives."""
    place.discord.set_permissions(place.news.id, deny=Permission.SEND_MESSAGES)
    place.note("", "The bot loses Send Messages in #news.")
    before = place.standing()
    numbers = place.publish(("astronomy",))
    suspended = await place.said("#news")
    place.hear(suspended)
    await place.run("feed status", {"feed": "Garden Notes"})
    assert place.standing() == before
    place.discord.set_permissions(place.news.id)
    place.note("", "The bot gets Send Messages in #news back.")
    await place.arrived(numbers)
    place.hear(await place.said("#news", after=suspended.id))
    await place.polled()
    assert place.standing() == [*before, *numbers]
    place.note(f"    in #news: {place.standing()[-3:]}")


async def flood(place: AdminFixture, size: int = 40) -> None:
    """A flood is held; of two admins who press at once one decides, and the right posts come once."""
    before, note = place.standing(), len(place.heard)
    numbers = place.publish(*[("astronomy",)] * size)
    place.heard[note:] = [f"    published: Post {numbers[0]} to Post {numbers[-1]} (astronomy)"]
    asked = await place.said(f"{size} posts")
    place.hear(asked)
    assert place.standing() == before
    place.note("", "Iris presses [Post the newest 3] and Rowan [Post all], both at once.")
    presses = await asyncio.gather(
        place.discord.press(asked, "Post the newest 3", place.iris),
        place.discord.press(asked, "Post all", place.rowan),
    )
    await place.discord.wait_for(lambda: not place.now(asked).components)
    await place.discord.wait_for(lambda: any(press.followups for press in presses))
    decided = place.hear(asked)
    wanted = numbers[-3:] if "newest" in decided else numbers
    (loser,) = [press for press in presses if press.followups]
    place.note(f"{loser.user.name} reads:")
    place.hear(loser.followups[0])
    await place.arrived(wanted)
    await place.polled()
    assert place.standing() == [*before, *wanted]
    place.note(f"    in #news: {place.standing()[len(before) :]}")


async def leave(place: AdminFixture) -> None:
    """Kicked and invited again: what waited is offered, and nothing else has changed."""
    before = place.standing()
    last = max(each.id for each in place.discord.messages(place.office.id))
    place.discord.remove_bot(place.guild)
    place.note("", "The bot is kicked.")
    numbers = place.publish(("astronomy",), ("cycling",))
    await place.polled()
    place.discord.invite_bot(place.guild)
    place.note("The bot is invited again.")
    asked = await place.said("2 posts", after=last)
    place.hear(asked)
    assert place.standing() == before
    await place.press(asked, "Post all")
    await place.arrived(numbers)
    more = place.publish(("cycling",))
    await place.arrived(more)
    await place.polled()
    assert place.standing() == [*before, *numbers, *more]
    place.note(f"    in #news: {place.standing()[-3:]}")
    await place.run("feed list")


STEPS = (invite, add, publish, exclude, why, pause, forbid, flood, leave)
