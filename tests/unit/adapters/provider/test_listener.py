from __future__ import annotations

import asyncio

from orchestrator.adapters.provider.listener import Slots


async def entered(slots: Slots, *wanted: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(slots.take(count)) for count in wanted]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


def test_a_run_waits_until_all_its_seats_are_free_and_nobody_overtakes_it() -> None:
    async def story() -> None:
        slots = Slots(3)
        first, second, third = await entered(slots, 2, 2, 1)
        assert [task.done() for task in (first, second, third)] == [True, False, False]

        slots.give(2)

        assert [await second, await third] == [2, 1]

    asyncio.run(story())


def test_a_run_that_wants_more_than_there_are_takes_all() -> None:
    assert asyncio.run(Slots(3).take(5)) == 3


def test_one_that_stops_waiting_lets_the_next_in() -> None:
    async def story() -> None:
        slots = Slots(2)
        _, second, third = await entered(slots, 1, 2, 1)

        second.cancel()

        assert await third == 1

    asyncio.run(story())


def test_seats_given_to_one_who_has_just_gone_are_not_lost() -> None:
    async def story() -> None:
        slots = Slots(1)
        _, second = await entered(slots, 1, 1)
        slots.give(1)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)

        assert await asyncio.wait_for(slots.take(1), 1) == 1

    asyncio.run(story())
