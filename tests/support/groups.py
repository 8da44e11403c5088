"""Which tests are long or need more than Python, by their place in the folders, and which share a process."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

MARKS = {
    "security": ("security",),
    "slow": (
        "parsers",
        "mutations",
        "assistants/test_mcp.py",
        "clients",
        "project/test_extend.py",
        "project/test_platforms.py",
        "project/test_wheel.py",
        "endpoint/engines/test_dataset.py",
        "endpoint/pool/test_pool.py",
        "endpoint/pool/test_relay.py",
        "endpoint/engines/test_remote.py",
        "endpoint/pool/test_walls.py",
        "push",
        "test_bad_input.py",
        "test_cli.py",
        "test_compare.py",
        "w3c",
        "endpoint/web/pages/test_downloads.py",
        "endpoint/web/test_checksums.py",
        "endpoint/web/test_wsgi.py",
    ),
    "stores": ("stores", "w3c/test_fronts.py"),
    "browser": ("endpoint/web/pages/test_browser.py", "clients/test_browser_clients.py"),
}
"""The marks by the folders and modules whose tests all have them; single tests are marked where they stand.

In this order the tests run, those without a mark last. Stores are started when the attacks are over.
"""

TOGETHER = ("stores", "security")
"""Marks whose tests never run beside each other: one store is enough for the memory, and attacks are timed."""


def marks(node: str) -> list[str]:
    """Return the marks that a test has by its place; it is given by pytest's name for it."""
    place = PurePosixPath(node.partition("::")[0].removeprefix("tests/"))
    return [mark for mark, places in MARKS.items() if any(place.is_relative_to(named) for named in places)]


def group(node: str) -> str:
    """Return with which tests one runs in one process: with those of its module, which share fixtures, at least."""
    return next((mark for mark in marks(node) if mark in TOGETHER), node.partition("::")[0])


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test by its place."""
    for name in marks(item.nodeid):
        item.add_marker(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes long, so that at the end no process waits long for another."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    ranks = [rank for rank, name in enumerate(MARKS) if item.get_closest_marker(name)]
    return max(ranks, default=len(MARKS))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Let pytest-xdist give each group to one process, whatever `--dist` says."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    return Groups(config, log)
