"""Every way to change with buttons and forms what somebody may not change, or to ping whom they may not ping."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import Rule, Setting, Settings, Style
from bot.sandbox.discord.interactions import InteractionResponse
from bot.sandbox.discord.models import Json, Role, StoredMessage, User
from bot.sandbox.discord.permissions import MEMBER_DEFAULT, Permission
from bot.store.subscriptions import FollowedFeed
from tests.chat.commands.admin.settings.test_controls import (
    change,
    declare,
    fill_in,
    open_form,
    settings,
    show,
    submit,
)
from tests.chat.commands.blogs import STARS, Blogs
from tests.chat.commands.conftest import NOT_A_MANAGER, NOW, ServerFixture, post, text_of

pytestmark = pytest.mark.usefixtures("running_chat", "followed")

NOT_HERE = "This feed is no longer followed here; see `/feed list`."


@pytest.fixture
async def followed(blogs: Blogs, server: ServerFixture) -> FollowedFeed:
    """A feed that the server follows, where members may not mention everyone."""
    server.discord.change_role(server.guild.id, MEMBER_DEFAULT & ~Permission.MENTION_EVERYONE)
    return await blogs.follow()


@pytest.fixture
async def elsewhere(blogs: Blogs, server: ServerFixture) -> FollowedFeed:
    """A feed that another server follows."""
    other = server.discord.add_guild("Observatory")
    channel = server.discord.add_channel(other.id, "sky")
    return await blogs.follow(STARS, "Star Diary", channel_id=channel.id, guild_id=other.id)


async def press_forged(
    server: ServerFixture, custom_id: str, user: User | None = None, values: tuple[str, ...] = ()
) -> str:
    """Press a button or use a menu with a made-up custom id, and return the answer."""
    shown = (await server.run("feed list")).message
    assert shown is not None
    kind: Json = {"type": 2, "style": 2, "label": "Forged"}
    if values:
        kind = {"type": 3, "options": [{"label": each, "value": each} for each in values]}
    row = {"type": 1, "components": [kind | {"custom_id": custom_id}]}
    forged = server.discord.put_message(replace(shown, components=(row,)))
    pressed = await server.press(forged, custom_id, user=user, values=values)
    await server.discord.wait_for(lambda: pressed.followups or pressed.kind in {4, 9})
    assert pressed.modal is None
    return text_of(pressed.followups[0] if pressed.followups else pressed.message)


def forge(opened: InteractionResponse, custom_id: str = "", **values: str) -> InteractionResponse:
    """Return a form with another custom id, and with text inputs of these names."""
    assert opened.modal is not None
    rows = [
        {"type": 18, "label": name, "component": {"type": 4, "custom_id": name, "value": value}}
        for name, value in values.items()
    ]
    changed = {"custom_id": custom_id or opened.modal["custom_id"], "title": "Forged", "components": rows}
    return replace(opened, modal=changed)


def add_role(server: ServerFixture, name: str = "gardens", *, mentionable: bool = False) -> Role:
    return server.discord.add_role(server.guild.id, name, mentionable=mentionable)


# Who


async def test_a_member_cannot_press_an_admins_buttons(
    server: ServerFixture, followed: FollowedFeed, blogs: Blogs
) -> None:
    number = followed.subscription.id
    await change(blogs, silent=True)

    for custom_id in (f"set:1:look:{number}", "undo:1:1"):
        assert await press_forged(server, custom_id, server.member) == NOT_A_MANAGER
    assert await press_forged(server, f"restyle:1:{number}", server.member, ("5",)) == NOT_A_MANAGER
    assert (await settings(blogs)).silent


async def test_members_who_may_run_the_command_need_the_role_to_press(
    server: ServerFixture, blogs: Blogs
) -> None:
    helpers = add_role(server, "helpers")
    server.discord.set_roles(server.guild.id, server.member, (helpers,))
    panel = await show(server, server.member)
    refused = await server.press(panel, "Look", user=server.member)

    await blogs.store.guilds.set_managers_role(server.guild.id, helpers.id)
    await submit(server, await open_form(server, "Look", server.member, panel), {"style": "link"})

    assert text_of(refused.message) == NOT_A_MANAGER
    assert (await settings(blogs)).style is Style.LINK


async def test_a_form_that_is_submitted_after_the_right_was_lost_changes_nothing(
    server: ServerFixture, blogs: Blogs
) -> None:
    opened = await open_form(server, "Look")
    server.discord.set_roles(server.guild.id, server.admin, ())

    answer = await submit(server, opened, {"style": "link"})

    assert text_of(answer) == NOT_A_MANAGER
    assert await settings(blogs) == Settings()


async def test_undo_after_the_right_was_lost_changes_nothing(server: ServerFixture, blogs: Blogs) -> None:
    answer = await fill_in(server, "Look", {"style": "link"})
    server.discord.set_roles(server.guild.id, server.admin, ())

    assert await server.press_and_read(answer, "Undo") == NOT_A_MANAGER
    assert (await settings(blogs)).style is Style.LINK


async def test_an_admin_who_cannot_view_the_channel_changes_nothing_there(
    server: ServerFixture, blogs: Blogs
) -> None:
    panel, opened = await show(server), await open_form(server, "Look")
    changed = await fill_in(server, "Look", {"silent": ("1",)})
    server.discord.set_permissions(server.news.id, deny=Permission.VIEW_CHANNEL, target=server.admin)

    assert text_of((await server.press(panel, "Look")).message) == NOT_HERE
    assert text_of(await submit(server, opened, {"style": "link"})) == NOT_HERE
    assert await server.press_and_read(changed, "Undo") == NOT_HERE
    assert await settings(blogs) == Settings(silent=True)


# What


async def test_another_servers_subscription_is_not_shown_or_changed(
    server: ServerFixture, followed: FollowedFeed, elsewhere: FollowedFeed, blogs: Blogs
) -> None:
    number = elsewhere.subscription.id
    hidden = replace(elsewhere.subscription.settings, silent=True)
    done = await blogs.store.settings_changes.change(number, lambda _: hidden, 1, NOW)
    assert done is not None
    opened = await open_form(server, "Look")
    assert opened.modal is not None
    own = f"look:{followed.subscription.id}:"
    forged = forge(opened, opened.modal["custom_id"].replace(own, f"look:{number}:"), name="Mine")

    assert await press_forged(server, f"set:1:look:{number}") == NOT_HERE
    assert await press_forged(server, f"undo:1:{done.id}") == NOT_HERE
    assert await press_forged(server, f"restyle:1:{number}", values=("5",)) == NOT_HERE
    assert text_of(await submit(server, forged, {})) == NOT_HERE
    after = await blogs.store.subscriptions.get(number)
    assert after is not None
    assert after.subscription.settings == hidden


@pytest.mark.parametrize(
    "custom_id",
    ["set:1:look:999", "undo:1:999", "set:2:look:1", "set:1:nothing:1", "set:1:look:-1", "undo:1:"],
)
async def test_made_up_ids_in_buttons_do_nothing(server: ServerFixture, blogs: Blogs, custom_id: str) -> None:
    text = await press_forged(server, custom_id)

    assert text in {
        NOT_HERE,
        "This no longer works; run the command again.",
        "This can no longer be undone; change it back with `/feed settings`.",
    }
    assert await settings(blogs) == Settings()


async def test_an_unknown_form_is_answered(server: ServerFixture) -> None:
    opened = await open_form(server, "Look")

    answer = await submit(server, forge(opened, "set:9:look:1:00000000", name="Mine"), {})

    assert text_of(answer) == "This no longer works; run the command again."


async def test_a_form_changes_only_its_own_settings(server: ServerFixture, blogs: Blogs) -> None:
    opened = await open_form(server, "Filter")

    await submit(server, forge(opened, words="beans", style="link", interval="60", tags="moss"), {})

    assert await settings(blogs) == Settings(Rule(words=("beans",)))


async def test_a_form_does_not_change_what_the_config_file_names(server: ServerFixture, blogs: Blogs) -> None:
    await declare(blogs, server, Setting.STYLE)
    opened = await open_form(server, "Look")

    await submit(server, forge(opened, style="link", name="Mine"), {})

    assert await settings(blogs) == Settings(name="Mine")


@pytest.mark.parametrize(
    ("panel", "name", "value"),
    [
        ("Look", "style", "huge"),
        ("Look", "style", ""),
        ("Look", "thread", "7"),
        ("Look", "name", "x" * 101),
        ("Filter", "reblogs", "some"),
        ("Pings", "mention_roles", "everyone"),
        ("Schedule", "interval", "9" * 30),
        ("Schedule", "interval", "-5"),
    ],
)
async def test_values_that_the_form_does_not_offer_are_not_written(
    server: ServerFixture, blogs: Blogs, panel: str, name: str, value: str
) -> None:
    await submit(server, forge(await open_form(server, panel), **{name: value}), {})

    assert await settings(blogs) == Settings()


async def test_no_interval_is_below_the_operators_minimum_or_above_a_day(
    server: ServerFixture, blogs: Blogs
) -> None:
    found = []
    for seconds in ("1", "9999999"):
        await submit(server, forge(await open_form(server, "Schedule"), interval=seconds), {})
        found.append((await settings(blogs)).interval)

    assert found == [timedelta(minutes=1), timedelta(days=1)]


async def test_a_subscription_that_ended_is_not_changed(
    server: ServerFixture, followed: FollowedFeed, blogs: Blogs
) -> None:
    panel, opened = await show(server), await open_form(server, "Look")
    answer = await fill_in(server, "Look", {"style": "link"})
    await blogs.store.removals.remove(followed.subscription.id, NOW)

    assert text_of((await server.press(panel, "Look")).message) == NOT_HERE
    assert text_of(await submit(server, opened, {"style": "full"})) == NOT_HERE
    assert "can no longer be undone" in await server.press_and_read(answer, "Undo")


# Whom


async def choose_roles(server: ServerFixture, *roles: Role) -> str:
    return text_of(await fill_in(server, "Pings", {"mention_roles": roles}))


async def test_a_role_that_everyone_may_mention_can_be_pinged(server: ServerFixture, blogs: Blogs) -> None:
    role = add_role(server, mentionable=True)

    await choose_roles(server, role)

    assert (await settings(blogs)).mention_roles == (role.id,)


async def test_a_role_that_the_admin_may_not_mention_is_refused(server: ServerFixture, blogs: Blogs) -> None:
    role = add_role(server)

    text = await choose_roles(server, role)

    assert text.startswith(f"You may not mention <@&{role.id}> in <#{server.news.id}> yourself")
    assert await settings(blogs) == Settings()


async def test_members_who_may_mention_everyone_in_the_channel_may_choose_any_role(
    server: ServerFixture, blogs: Blogs
) -> None:
    role = add_role(server)
    server.discord.set_permissions(server.news.id, allow=Permission.MENTION_EVERYONE, target=server.admin)

    text = await choose_roles(server, role)

    assert (await settings(blogs)).mention_roles == (role.id,)
    assert f"The bot may not ping <@&{role.id}> in <#{server.news.id}>" in text


async def test_the_right_to_mention_in_another_channel_is_not_enough(
    server: ServerFixture, blogs: Blogs
) -> None:
    server.discord.set_permissions(server.talk.id, allow=Permission.MENTION_EVERYONE, target=server.admin)

    await choose_roles(server, add_role(server))

    assert await settings(blogs) == Settings()


async def test_everyone_is_never_pinged(server: ServerFixture, blogs: Blogs) -> None:
    server.discord.set_permissions(server.news.id, allow=Permission.MENTION_EVERYONE, target=server.admin)
    everyone = server.discord.roles[server.guild.id]

    text = await choose_roles(server, everyone)

    assert text == "Posts never ping everyone; choose a role that only some members have."
    assert await settings(blogs) == Settings()


async def test_a_role_of_another_server_or_of_an_app_is_refused(server: ServerFixture, blogs: Blogs) -> None:
    other = server.discord.add_guild("Observatory")
    foreign = server.discord.add_role(other.id, "stars", mentionable=True)
    managed = server.discord.roles[server.guild.bot_role_id]

    assert await choose_roles(server, foreign) == "This server has no such role; open the form again."
    assert "You may not mention" in await choose_roles(server, managed)
    assert await settings(blogs) == Settings()


async def test_roles_that_are_already_set_can_stay(server: ServerFixture, blogs: Blogs) -> None:
    first, second = add_role(server, "first"), add_role(server, "second")
    await change(blogs, mention_roles=(first.id, second.id))

    await choose_roles(server, second)

    assert (await settings(blogs)).mention_roles == (second.id,)


async def test_undo_does_not_bring_back_a_role_that_the_presser_may_not_mention(
    server: ServerFixture, blogs: Blogs
) -> None:
    role = add_role(server)
    await change(blogs, mention_roles=(role.id,))
    answer = await fill_in(server, "Pings", {"mention_roles": ()})

    text = await server.press_and_read(answer, "Undo")

    assert "You may not mention" in text
    assert await settings(blogs) == Settings()


async def test_a_deleted_role_is_not_shown_and_does_not_count_as_a_change(
    server: ServerFixture, blogs: Blogs
) -> None:
    role, gone = add_role(server, "first"), add_role(server, "second")
    await change(blogs, mention_roles=(gone.id, role.id))
    server.discord.delete_role(gone.id)

    opened = await open_form(server, "Pings")
    await submit(server, opened, {"ping_cooldown": "30"})

    assert opened.modal is not None
    menu = opened.modal["components"][0]["component"]
    assert [each["id"] for each in menu["default_values"]] == [role.id]
    found = await settings(blogs)
    assert (found.mention_roles, found.ping_cooldown) == ((gone.id, role.id), timedelta(minutes=30))


@pytest.mark.parametrize("command", ["feed move", "feed copy"])
async def test_a_feed_takes_no_pings_along_that_the_admin_may_not_make(
    server: ServerFixture, blogs: Blogs, command: str
) -> None:
    role = add_role(server)
    await change(blogs, mention_roles=(role.id,))
    source = {"feed": "Garden Notes"} if command == "feed move" else {"from": server.news}

    text = await server.reply_to(command, {**source, "to": server.talk})

    assert text.startswith(f"You may not mention <@&{role.id}> in <#{server.talk.id}> yourself")
    assert [each.subscription.channel_id for each in await blogs.store.subscriptions.all()] == [
        server.news.id
    ]


async def test_forms_during_an_outage_ask_to_wait(server: ServerFixture, blogs: Blogs) -> None:
    opened = await open_form(server, "Look")
    server.discord.outage(server.guild)

    answer: StoredMessage = await submit(server, opened, {"style": "link"})

    assert "hasn't got this server's data" in text_of(answer)
    assert await settings(blogs) == Settings()


async def test_restyling_is_bounded(server: ServerFixture, followed: FollowedFeed, blogs: Blogs) -> None:
    await blogs.poll()
    await blogs.poll(post(1))
    await blogs.send()

    await press_forged_menu(server, followed, "999999999")

    progress = await blogs.store.settings_changes.look_progress(followed.subscription.id)
    assert progress.pending == 1


async def press_forged_menu(server: ServerFixture, followed: FollowedFeed, value: str) -> None:
    shown = (await server.run("feed list")).message
    assert shown is not None
    menu = {
        "type": 3,
        "custom_id": f"restyle:1:{followed.subscription.id}",
        "options": [{"label": value, "value": value}],
    }
    forged = server.discord.put_message(replace(shown, components=({"type": 1, "components": [menu]},)))
    pressed = await server.press(forged, str(menu["custom_id"]), values=(value,))
    await server.discord.wait_for(lambda: pressed.message and "new look" in pressed.message.content)
