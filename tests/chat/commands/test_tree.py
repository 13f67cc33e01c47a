"""Which commands Discord is told of, and when; and that nobody is left without an answer."""

import pytest

from tests.chat.commands.conftest import Town, text_of

pytestmark = pytest.mark.usefixtures("answering")


async def test_a_command_is_answered_for_the_asker_alone(town: Town) -> None:
    answer = await town.run("feed list")

    assert answer.message is not None
    assert answer.message.visible_to == town.admin.id
    assert text_of(answer.message)
