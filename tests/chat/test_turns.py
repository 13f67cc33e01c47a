"""The searches of one member run one after the other; those of others don't wait for them."""

import asyncio

import pytest

from bot.chat.turns import MAX_IN_LINE, LineFull, Turns


async def test_one_search_of_a_member_runs_at_a_time_and_a_few_wait() -> None:
    turns, order = Turns(), []
    gate = asyncio.Semaphore(0)

    async def search(member: int, name: str) -> None:
        try:
            with turns.join(member) as turn:
                async with turn:
                    order.append(f"{name} runs")
                    await gate.acquire()
        except LineFull:
            order.append(f"{name} is refused")

    tasks = [asyncio.create_task(search(1, f"A{number}")) for number in range(MAX_IN_LINE + 2)]
    tasks.append(asyncio.create_task(search(2, "B")))
    await asyncio.sleep(0)

    assert order == ["A0 runs", f"A{MAX_IN_LINE} is refused", f"A{MAX_IN_LINE + 1} is refused", "B runs"]
    for _task in tasks:
        gate.release()
    await asyncio.gather(*tasks)
    assert order[4:] == [f"A{number} runs" for number in range(1, MAX_IN_LINE)]


async def test_a_line_is_left_whatever_happens_and_an_empty_one_is_forgotten() -> None:
    turns = Turns()

    for _time in range(2 * MAX_IN_LINE):
        with pytest.raises(ZeroDivisionError), turns.join(1):
            raise ZeroDivisionError

    assert not turns._lines
