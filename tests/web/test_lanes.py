"""Work waits by its length: short work passes long work, overload is refused, nobody works for those who are gone."""

import sys
import threading

import anyio
import pytest
from loops import run
from starlette.requests import ClientDisconnect

from pipeline.errors import Busy
from pipeline.web.lanes import FIRST_COST_SECONDS, SHORT_SECONDS, SWITCH_SECONDS, Lane, Lanes
from pipeline.web.limits import MOST_REFUSAL_SECONDS, REFUSALS_AT_ONCE, Refusals


async def here() -> bool:
    return False


async def gone() -> bool:
    return True


def test_quick_work_does_not_wait_for_slow_work():
    lanes, done = Lanes(cores=2), threading.Event()

    async def scene():
        async with anyio.create_task_group() as group:
            for lane in (lanes.slow, lanes.slow, lanes.bulk):
                group.start_soon(lane.run, "page", here, done.wait, 20)
            await anyio.wait_all_tasks_blocked()
            with anyio.fail_after(5):
                assert await lanes.quick.run("glance", here, int, "7") == 7
            done.set()

    run(scene)


def test_more_work_than_is_soon_done_is_refused_until_it_is_done():
    lane = Lane(threads=2, most_wait=0.5)
    lane.costs["page"] = 0.6
    with lane.admitted("page"), lane.admitted("page"):
        assert lane.work == pytest.approx(1.2)
        with pytest.raises(
            Busy, match=r"^What is in hand takes 0\.6 s, more than the 0\.5 s that a request may wait\."
        ):
            lane.check()
    lane.check()
    assert lane.work == 0


def test_what_is_not_known_yet_and_many_pieces_are_counted():
    lane = Lane(1)
    with lane.admitted("new", 10):
        assert lane.work == pytest.approx(10 * FIRST_COST_SECONDS)


def test_costs_are_measured_failures_too():
    lane = Lane(1)

    def work():
        threading.Event().wait(0.05)
        raise ValueError

    with pytest.raises(ValueError):
        run(lane.run, "page", here, work)
    slow = lane.costs["page"]
    assert 0.05 <= slow < 1
    run(lane.run, "page", here, int)
    assert 0.9 * slow <= lane.costs["page"] < slow


def test_work_whose_client_has_gone_is_not_begun():
    lane, done, begun = Lane(1), threading.Event(), []

    async def scene():
        async with anyio.create_task_group() as group:
            group.start_soon(lane.run, "page", here, done.wait, 20)
            await anyio.wait_all_tasks_blocked()
            group.start_soon(_leaves, lane, begun)
            await anyio.wait_all_tasks_blocked()
            done.set()

    run(scene)
    assert begun == ["left"]


async def _leaves(lane, begun) -> None:
    with pytest.raises(ClientDisconnect):
        await lane.run("page", gone, begun.append, "worked")
    begun.append("left")


def test_a_glance_that_would_be_in_vain_is_refused_at_once():
    lanes = Lanes(cores=2)
    lanes.slow.costs["page"] = 2.0
    for unclear in (True, True, False):
        lanes.glanced("large", unclear)
        lanes.glanced("small", not unclear)
    with lanes.slow.admitted("page"):
        with pytest.raises(Busy):
            lanes.check("large")
        lanes.check("never seen")
        for _ in range(10):
            lanes.glanced("large", unclear=False)
        lanes.check("large")
    lanes.check("small")


def test_short_work_gets_the_interpreter_from_long_work():
    import service  # noqa: F401  # which has it so

    assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)


def test_many_refusals_take_turns_and_few_do_not_wait():
    refusals, now = Refusals(rate=100), 1000.0
    assert [refusals.turn(now) for _ in range(REFUSALS_AT_ONCE + 1)] == [0.0] * (REFUSALS_AT_ONCE + 1)
    assert [refusals.turn(now) for _ in range(3)] == pytest.approx([0.01, 0.02, 0.03])
    assert refusals.turn(now + 0.03) == pytest.approx(0.01)
    assert max(refusals.turn(now) for _ in range(1000)) == MOST_REFUSAL_SECONDS
    assert refusals.turn(now + 10) == 0.0


def test_work_that_was_long_in_the_event_loop_goes_to_threads_for_a_while():
    lane = Lane(1)
    assert lane.is_short("dots")
    assert lane.run_here("dots", lambda: sum(range(5_000_000))) == 12_499_997_500_000
    assert lane.longest["dots"] > 2 * SHORT_SECONDS
    assert lane.is_short("digits")
    turns = next(turn for turn in range(1000) if lane.is_short("dots"))
    assert turns > 20
