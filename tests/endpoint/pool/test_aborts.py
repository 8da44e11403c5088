"""A worker that ends by a fault of the engine is told from one that had no memory left."""

from __future__ import annotations

import os
import signal
import threading

from support import hostile, servers
from support.paths import TINY
from support.tiny import FOUND, LOOKUP


def test_an_abort_is_no_lack_of_memory():
    with servers.serve(TINY, "--workers", "2", "--timeout", "20", "--log", "off") as server:
        answers = []
        asking = threading.Thread(target=lambda: answers.append(server.ask(hostile.RUNAWAY)))
        asking.start()
        busy = []
        assert servers.eventually(
            lambda: bool(busy.extend(w for w in server.workers() if servers.cpu_seconds(w) > 0.3) or busy)
        )
        os.kill(busy[0], signal.SIGABRT)
        asking.join(servers.TIMEOUT)
        (response,) = answers
        assert (response.status, response.problem) == (500, "worker-crashed")
        assert "memory" not in response.json["detail"]
        assert server.ask(LOOKUP).rows == FOUND


def test_a_query_without_memory_is_told_so():
    with servers.serve(TINY, "--workers", "2", "--memory-mib", "128", "--log", "off") as server:
        response = server.ask(hostile.BOMBS["concat"])
        assert (response.status, response.problem) in {(507, "memory-exceeded"), (504, "time-exceeded")}
        assert server.ask(LOOKUP).rows == FOUND
