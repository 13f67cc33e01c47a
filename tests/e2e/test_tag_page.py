"""A tag of all Tumblr, followed from inside Discord: the real process, an admin, a post of a blog nobody follows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.sites.tumblr import Tumblr
from tests.e2e import admin_steps
from tests.e2e.admin_fixture import AdminFixture, admin_fixture
from tests.e2e.relay_fixture import eventually

PASTED = "https://www.tumblr.com/tagged/Hawk+Moths?sort=top"
PAGE = "https://www.tumblr.com/tagged/hawk%20moths"


@asynccontextmanager
async def village_near_tumblr(folder: Path, key: str = "") -> AsyncIterator[tuple[AdminFixture, Tumblr]]:
    """The bot runs and is invited; `key`: the one that it has, if not the right one."""
    async with Tumblr() as tumblr, admin_fixture(folder) as place:
        tumblr.add(place.feed)
        config = folder / "config.toml"
        keyed = f'[tumblr]\napi_key = "{key or tumblr.key}"\napi_url = "{tumblr.address}"\n'
        config.write_text(config.read_text("utf-8") + keyed, "utf-8")
        place.publish(("hawk moths",), ("leeks",))
        await admin_steps.invite(place)
        yield place, tumblr
        await place.stop()
        assert "Traceback" not in place.log()
        assert tumblr.key not in place.log()
        assert not any(
            tumblr.key.encode() in path.read_bytes() for path in folder.iterdir() if path != config
        )


async def polled(tumblr: Tumblr) -> None:
    """Wait until the page was asked for anew, and what came was recorded: the call after that was made."""
    asked = len(tumblr.requests)
    await eventually(lambda: len(tumblr.requests) >= asked + 2)


async def test_a_pasted_tag_page_is_followed_and_its_next_post_arrives_once(tmp_path: Path) -> None:
    async with village_near_tumblr(tmp_path) as (place, tumblr):
        offer = await place.run("feed add", {"url": PASTED, "channel": place.news})
        await place.press(offer.message, "Subscribe")
        listed = await place.run("feed list")
        await polled(tumblr)
        wanted, _ = place.publish(("Hawk Moths", "night"), ("leeks",))
        await place.arrived([wanted])
        await polled(tumblr)

        assert "#hawk moths on Tumblr" in place.text(listed)
        assert place.standing() == [wanted]
        told = "\n".join(place.heard)
        assert tumblr.key not in told


async def test_an_admin_is_told_that_the_key_is_refused(tmp_path: Path) -> None:
    async with village_near_tumblr(tmp_path, key="stale") as (place, _):
        refused = await place.run("feed add", {"url": PAGE, "channel": place.news})

        assert "Tumblr refuses the API key" in place.text(refused)
