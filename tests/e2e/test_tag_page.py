"""An admin follows a tag across all of Tumblr and gets posts of blogs that nobody follows."""

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
async def tumblr_fixture(folder: Path, key: str = "") -> AsyncIterator[tuple[AdminFixture, Tumblr]]:
    """The bot runs and is in the server; `key`: its API key, by default the right one."""
    async with Tumblr() as tumblr, admin_fixture(folder) as fixture:
        tumblr.add(fixture.feed)
        config = folder / "config.toml"
        keyed = f'[tumblr]\napi_key = "{key or tumblr.key}"\napi_url = "{tumblr.address}"\n'
        config.write_text(config.read_text("utf-8") + keyed, "utf-8")
        fixture.publish(("hawk moths",), ("leeks",))
        await admin_steps.invite(fixture)
        yield fixture, tumblr
        await fixture.stop()
        assert "Traceback" not in fixture.log()
        assert tumblr.key not in fixture.log()
        assert not any(
            tumblr.key.encode() in path.read_bytes() for path in folder.iterdir() if path != config
        )


async def polled(tumblr: Tumblr) -> None:
    """Wait until the tag's next page is recorded: the call after it has started."""
    before = len(tumblr.requests)
    await eventually(lambda: len(tumblr.requests) >= before + 2)


async def test_a_pasted_tag_page_is_followed_and_its_next_post_arrives_once(tmp_path: Path) -> None:
    async with tumblr_fixture(tmp_path) as (fixture, tumblr):
        preview = await fixture.run("feed add", {"url": PASTED, "channel": fixture.news})
        await fixture.press(preview.message, "Subscribe")
        listed = await fixture.run("feed list")
        await polled(tumblr)
        wanted, _ = fixture.publish(("Hawk Moths", "night"), ("leeks",))
        await fixture.arrived([wanted])
        await polled(tumblr)

        assert "#hawk moths on Tumblr" in fixture.text(listed)
        assert fixture.posted() == [wanted]
        assert tumblr.key not in "\n".join(fixture.transcript)


async def test_an_admin_reads_that_the_key_is_refused(tmp_path: Path) -> None:
    async with tumblr_fixture(tmp_path, key="stale") as (fixture, _):
        refused = await fixture.run("feed add", {"url": PAGE, "channel": fixture.news})

        assert "Tumblr refuses the API key" in fixture.text(refused)
