"""What a child process does comes back by value, or not at all."""

from __future__ import annotations

import mmap
import os
import resource
import signal
import time

import pytest

from lodeclaim.endpoint.engines.apart import apart


@pytest.mark.parametrize("value", [["a\nb", "é"], {"n": 1.5}, "", [], None, "x" * 1_000_000])
def test_a_value_comes_back(value):
    assert apart(lambda: value) == value


def test_what_a_child_changes_stays_there():
    seen: list[int] = []
    assert apart(lambda: seen.append(1) or [len(seen)]) == [1]
    assert seen == []


def failing() -> None:
    raise ValueError("no value")


@pytest.mark.parametrize(
    "work",
    [failing, lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: time.sleep(60), object, lambda: "x" * (1 << 20)],
    ids=["an error", "its end", "too long", "no JSON", "no room"],
)
def test_what_fails_is_none(work):
    assert apart(work, 0.2) is None


def test_a_process_without_descriptors_has_children_nevertheless():
    def confined() -> object:
        free = os.open(os.devnull, os.O_RDONLY)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, free))
        return apart(lambda: "told")

    assert apart(confined) == "told"


def test_without_fork_there_is_nothing(monkeypatch):
    monkeypatch.delattr(os, "fork")
    assert apart(lambda: "told") is None


@pytest.mark.parametrize("refused", ["fork", "mmap"])
def test_without_a_process_or_memory_there_is_nothing(refused, monkeypatch):
    def refuse(*_):
        raise OSError("no more")

    monkeypatch.setattr({"fork": os, "mmap": mmap}[refused], refused, refuse)
    assert apart(lambda: "told") is None
