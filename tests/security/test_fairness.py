"""S23: one client's work does not keep another waiting, and there is an end to the queue."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from support import hostile
from support.tiny import FOUND, LOOKUP

BAD, GOOD = "127.0.0.2", "127.0.0.1"


def test_s23_fifty_runaways_of_one_client_leave_anothers_lookups_alone(attacked):
    with ThreadPoolExecutor(50) as pool:
        flood = [pool.submit(attacked.ask, hostile.RUNAWAY, source=BAD) for _ in range(50)]
        slowest = 0.0
        asked = 0
        while not all(task.done() for task in flood) and asked < 200:
            began = time.monotonic()
            assert attacked.ask(f"{LOOKUP} # {asked}", source=GOOD).rows == FOUND
            slowest = max(slowest, time.monotonic() - began)
            asked += 1
        answers = [task.result() for task in flood]
    assert asked > 20
    assert slowest < 10  # "well within a second", ten times
    assert {(answer.status, answer.problem) for answer in answers} <= {(504, "time-exceeded"), (503, "busy")}
    for answer in answers:
        assert answer.status == 504 or int(answer.headers["retry-after"]) > 0


def test_s23_the_queue_is_bounded_and_says_when_to_come_back(attacked):
    with ThreadPoolExecutor(80) as pool:
        began = time.monotonic()
        answers = list(pool.map(lambda _: attacked.ask(hostile.RUNAWAY, source=BAD), range(80)))
    assert time.monotonic() - began < 60
    busy = [answer for answer in answers if answer.status == 503]
    assert len(busy) >= 28  # two run and fifty wait
    assert all(answer.problem == "busy" and int(answer.headers["retry-after"]) > 0 for answer in busy)


def test_s23_what_is_remembered_is_answered_although_all_workers_are_busy(attacked):
    text = f"{LOOKUP} # remembered"
    assert attacked.ask(text).rows == FOUND
    with ThreadPoolExecutor(8) as pool:
        flood = [
            pool.submit(attacked.ask, hostile.RUNAWAY, source=f"127.0.0.{2 + number // 2}") for number in range(8)
        ]
        time.sleep(0.5)
        began = time.monotonic()
        assert attacked.ask(text).rows == FOUND
        assert attacked.request("GET", "/health").status == 200
        assert attacked.request("GET", "/sparql").status == 200
        assert time.monotonic() - began < 10
        for task in flood:
            assert task.result().status in {503, 504}
