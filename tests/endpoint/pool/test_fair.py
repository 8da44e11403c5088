"""Turns: round robin over clients, within the bounds of the capacity."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint.errors import BusyError
from lodeclaim.endpoint.pool.fair import Turns
from lodeclaim.endpoint.pool.limits import Capacity


def turns(**more) -> Turns[str]:
    return Turns(Capacity(**{"workers": 4, "waiting": 6, "waiting_per_client": 4, **more}))


def test_no_client_may_hold_all_workers():
    found = turns()
    assert [found.start("a"), found.start("a"), found.start("a")] == [True, True, False]
    assert found.start("b")
    assert found.running == 3


SHARES = [(1, 0, 1), (2, 0, 1), (4, 0, 2), (5, 0, 2), (4, 3, 3)]


@pytest.mark.parametrize(("workers", "per_client", "expected"), SHARES)
def test_the_share_of_a_client_is_half_of_the_workers_unless_given(workers, per_client, expected):
    assert Capacity(workers=workers, per_client=per_client).running_per_client == expected


def test_a_client_that_is_done_may_start_again():
    found = turns()
    found.start("a")
    found.start("a")
    found.finish("a")
    assert found.start("a")
    assert found.running == 2


def test_clients_take_turns_and_their_own_go_in_order():
    found = turns(workers=9, per_client=9, waiting=9)
    for client, waiter in [("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("c", "c1"), ("b", "b2")]:
        found.wait(client, waiter)
    assert [found.next() for _ in range(7)] == ["a1", "b1", "c1", "a2", "b2", "a3", None]
    assert (found.waiting, found.running) == (0, 6)


def test_a_client_at_its_share_is_passed_over_and_not_forgotten():
    found = turns()
    found.start("a")
    found.start("a")
    found.wait("a", "a1")
    assert found.next() is None
    found.wait("b", "b1")
    assert found.next() == "b1"
    found.finish("a")
    assert found.next() == "a1"


def test_a_query_does_not_overtake_those_of_its_own_client():
    found = turns()
    found.wait("a", "a1")
    assert not found.start("a")
    assert found.start("b")


def test_the_queue_of_one_client_is_bounded():
    found = turns()
    for number in range(4):
        found.wait("a", str(number))
    with pytest.raises(BusyError, match="4 queries of yours") as refusal:
        found.wait("a", "one more")
    assert refusal.value.retry_after > 0
    found.wait("b", "b1")
    assert found.waiting == 5


def test_the_whole_queue_is_bounded():
    found = turns()
    for number in range(6):
        found.wait(f"client {number}", "x")
    with pytest.raises(BusyError, match="6 in all"):
        found.wait("another", "x")
    found.next()
    found.wait("another", "x")


def test_who_leaves_makes_room_and_is_never_next():
    found = turns()
    for waiter in ("a1", "a2"):
        found.wait("a", waiter)
    found.wait("b", "b1")
    found.leave("a", "a1")
    found.leave("b", "b1")
    assert found.waiting == 1
    assert [found.next(), found.next()] == ["a2", None]


def test_nothing_is_kept_of_clients_that_are_gone():
    found = turns()
    for number in range(1_000):
        client = str(number)
        found.wait(client, "x")
        assert found.next() == "x"
        found.finish(client)
    assert (found.running, found.waiting) == (0, 0)
    assert not any(vars(found)[name] for name in ("_running", "_waiting"))


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def after_long_queries(*clients: str) -> tuple[Turns[str], Clock]:
    """Return turns in which each of the clients has had a long query."""
    clock = Clock()
    found: Turns[str] = Turns(Capacity(workers=4), clock)
    for client in clients:
        assert found.start(client)
        found.finish(client, 10)
    return found, clock


def test_clients_of_long_queries_share_half_of_the_workers():
    found, _ = after_long_queries("a", "b", "c")
    assert [found.start(client) for client in "abc"] == [True, True, False]
    assert found.start("good")
    for client in "cbg":
        found.wait(client, f"{client}1")
    assert found.next() == "g1"
    assert found.next() is None
    found.finish("a", 10)
    assert found.next() == "c1"


def test_a_query_counts_as_long_while_it_runs():
    clock = Clock()
    found: Turns[str] = Turns(Capacity(workers=6), clock)
    assert [found.start(client) for client in "aab"] == [True, True, True]
    clock.now += 1.1
    assert not found.start("a")
    assert not found.start("b")
    assert found.start("good")
    found.finish("a", 1.1)
    found.finish("b", 1.1)
    assert found.start("a")
    clock.now += 61
    assert found.start("b")


def test_the_last_free_worker_is_for_a_client_that_has_none():
    found = turns(workers=6)
    assert [found.start(client) for client in "aaabb"] == [True, True, True, True, True]
    assert not found.start("b")
    found.wait("b", "b1")
    assert not found.is_starved
    assert found.next() is None
    found.wait("c", "c1")
    assert found.is_starved
    assert found.next() == "c1"
    found.finish("a")
    assert found.next() is None
    found.finish("a")
    assert found.next() == "b1"


def test_the_run_that_ended_is_the_one_that_is_counted_no_more():
    clock = Clock()
    found: Turns[str] = Turns(Capacity(workers=8), clock)
    assert found.start("a")
    clock.now += 0.9
    assert found.start("a")
    found.finish("a", 0.9)
    clock.now += 0.9
    found.wait("a", "a1")
    assert found.is_starved is False
    assert found.next() == "a1"
    clock.now += 0.2
    assert [found.start("b") for _ in range(3)] == [True, True, True]
    clock.now += 1.1
    assert not found.start("b")


def test_a_long_query_is_forgotten_in_time():
    found, clock = after_long_queries("a", "b", "c")
    clock.now += 59
    assert [found.start(client) for client in "abc"] == [True, True, False]
    clock.now += 2
    assert found.start("c")


def test_short_queries_count_against_nobody_however_many_they_are():
    found: Turns[str] = Turns(Capacity(workers=4))
    for _ in range(1_000):
        assert found.start("a")
        found.finish("a", 0.5)
    assert [found.start(client) for client in "abc"] == [True, True, True]


def test_a_single_worker_serves_clients_of_long_queries_too():
    found = Turns(Capacity(workers=1))
    assert found.start("a")
    found.finish("a", 10)
    assert found.start("a")
