"""What becomes of the outcomes of a run: hooks of pytest, which see the reports of all of its processes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in which a test was skipped, where LODECLAIM_NO_SKIPS says that none has to be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("LODECLAIM_NO_SKIPS") and skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many tests of each W3C suite passed, and how many statements each parser read."""
    for line in (*_suites(terminalreporter.stats), *_parsers(terminalreporter.stats)):
        terminalreporter.write_line(line)


def _properties(stats: dict[str, list[pytest.TestReport]], outcome: str) -> Iterator[dict[str, object]]:
    for report in stats.get(outcome, []):
        yield dict(getattr(report, "user_properties", ()))


def _suites(stats: dict[str, list[pytest.TestReport]]) -> Iterator[str]:
    totals: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    gaps: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed", "error"):
        for properties in _properties(stats, outcome):
            if suite := properties.get("suite"):
                totals[suite] += 1
                if outcome == "passed" and "gap" in properties:
                    gaps.setdefault(suite, Counter())[properties["gap"]] += 1
                else:
                    passed[suite] += outcome == "passed"
    for suite, total in sorted(totals.items()):
        yield f"W3C {suite}: {passed[suite]} of {total}{_told(gaps.get(suite))}"


def _told(gaps: Counter[str] | None) -> str:
    if not gaps:
        return ""
    spelling = f"; {gaps['spelling']} of them right but for how a number is written" if gaps["spelling"] else ""
    return f" ({gaps.total()} known gaps, each fails on bare pyoxigraph too{spelling})"


def _parsers(stats: dict[str, list[pytest.TestReport]]) -> Iterator[str]:
    for properties in _properties(stats, "passed"):
        if "statements" in properties:
            parser, extension, counts = properties["statements"]
            yield f"{parser:>10} read {extension:6} {', '.join(f'{count:,}' for count in counts)}"
