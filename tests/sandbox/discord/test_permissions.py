"""Permissions follow Discord's rules."""

from bot.sandbox.discord.permissions import ALL, Overwrite, Permission, in_channel, in_guild

GUILD, ROLE, OTHER_ROLE, MEMBER = 1, 2, 3, 4
VIEW, SEND, EMBED = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.EMBED_LINKS


def channel(base: Permission, *overwrites: Overwrite) -> Permission:
    return in_channel(base, overwrites, guild_id=GUILD, role_ids=(ROLE, OTHER_ROLE), member_id=MEMBER)


def test_roles_add_up() -> None:
    assert in_guild(VIEW, [SEND, EMBED], is_owner=False) == VIEW | SEND | EMBED


def test_an_owner_and_an_administrator_may_do_everything() -> None:
    assert in_guild(VIEW, [], is_owner=True) == ALL
    assert in_guild(VIEW, [Permission.ADMINISTRATOR], is_owner=False) == ALL
    assert channel(ALL, Overwrite(MEMBER, True, deny=VIEW)) == ALL


def test_member_overwrites_override_roles_and_roles_override_everyone() -> None:
    everyone = Overwrite(GUILD, False, deny=SEND | EMBED)
    role = Overwrite(ROLE, False, allow=SEND)
    member = Overwrite(MEMBER, True, deny=SEND, allow=EMBED)

    assert channel(VIEW | SEND, everyone) == VIEW
    assert channel(VIEW | SEND, everyone, role) == VIEW | SEND
    assert channel(VIEW | SEND, everyone, role, member) == VIEW | EMBED


def test_one_roles_allow_overrides_anothers_deny() -> None:
    denied, allowed = Overwrite(ROLE, False, deny=SEND), Overwrite(OTHER_ROLE, False, allow=SEND)

    assert channel(VIEW | SEND, denied, allowed) == VIEW | SEND


def test_without_view_channel_there_are_no_permissions() -> None:
    assert channel(VIEW | SEND, Overwrite(GUILD, False, deny=VIEW)) == Permission.NONE


def test_overwrites_of_other_members_are_ignored() -> None:
    assert channel(VIEW | SEND, Overwrite(9, False, deny=SEND), Overwrite(8, True, deny=SEND)) == VIEW | SEND
