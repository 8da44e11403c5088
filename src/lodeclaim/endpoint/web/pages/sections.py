"""The sections of a page: what a profile says of them, filled with rows and laid out for its template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import current_app, request

from lodeclaim.endpoint.engines.engine import Engine, Term
from lodeclaim.endpoint.errors import BusyError, LodeclaimError
from lodeclaim.endpoint.profiles import MAX_ROWS, Section
from lodeclaim.endpoint.web import problems
from lodeclaim.endpoint.web.lookup import ask, iri
from lodeclaim.endpoint.web.nodes import Node, Row, nodes
from lodeclaim.endpoint.web.pages.site import current
from lodeclaim.endpoint.web.settings import View

_LABEL = "Label"
_QUOTATION = ("line", "before", "quoted", "after")
_ENTRY = frozenset(["resource", "item", "badge", "alarm", "group", "groupNote", *_QUOTATION])

Nodes = tuple[Node, ...]


@dataclass(frozen=True)
class Quoted:
    """A quotation, with what stands before and behind it; several of one line follow one another."""

    before: str
    words: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One thing of a list: what it is, what stands beside and below it, and quotations, line by line."""

    item: Node
    badges: Nodes
    notes: Nodes
    quotations: tuple[tuple[Quoted, ...], ...]
    alarms: Nodes


@dataclass(frozen=True)
class Group:
    """Entries under one heading, or under none."""

    heading: Nodes
    notes: Nodes
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Bar:
    """An interval, and where it is drawn: places and widths in percent of the scale."""

    item: Node
    low: str
    high: str
    start: float
    width: float


@dataclass(frozen=True)
class Shown:
    """A section as a page shows it: of its fields that which its template needs is filled."""

    section: Section
    headers: tuple[str, ...] = ()
    table: tuple[tuple[Nodes, ...], ...] = ()
    groups: tuple[Group, ...] = ()
    bars: tuple[Bar, ...] = ()
    failure: str = ""
    """Why there is nothing of it."""

    @property
    def count(self) -> int:
        """How many things it shows."""
        return len(self.table) + len(self.bars) + sum(len(group.entries) for group in self.groups)


def shown(engine: Engine, sections: Iterable[Section], resource: str) -> list[Shown]:
    """Return the sections that have something to show of a resource; raises BusyError.

    Any other failure costs the section in which it happens, and is logged.
    """
    laid_out = (_shown(engine, section, resource) for section in sections)
    return [section for section in laid_out if section.count or section.failure]


def _shown(engine: Engine, section: Section, resource: str) -> Shown:
    try:
        rows = _rows(engine, section, resource)
        return _LAID_OUT[section.template](section, rows)
    except BusyError:
        raise
    except LodeclaimError as error:
        current_app.logger.warning("section %r of %s: %s", section.label, resource, error)
        return Shown(section, failure=error.found if problems.is_told(error) else "it failed")
    except Exception:  # a view is somebody else's code
        current_app.logger.exception("section %r of %s", section.label, resource)
        return Shown(section, failure="it failed")


def _rows(engine: Engine, section: Section, resource: str) -> list[Row]:
    if section.query is not None:
        return ask(engine, section.query, MAX_ROWS, resource=iri(resource))
    site = current()
    view: View = site.settings.views[section.view or ""]
    path = site.below(request.path) or request.path
    return list(view(engine, path, {**request.args.to_dict(), "resource": resource}))


def _columns(rows: Sequence[Row]) -> list[str]:
    """Return the columns of which terms are shown, in the order in which they come."""
    named = dict.fromkeys(name for row in rows for name in row)
    return [name for name in named if not (name.endswith(_LABEL) and name.removesuffix(_LABEL) in named)]


def _table(section: Section, rows: list[Row]) -> Shown:
    columns = [name for name in _columns(rows) if name not in {"resource", "item"}]
    together = [list(same) for _, same in groupby(rows, key=lambda row: row.get("item", object()))]
    table = tuple(tuple(tuple(nodes(same, name).values()) for name in columns) for same in together)
    return Shown(section, headers=tuple(map(_header, columns)), table=table)


def _header(column: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", column).lower()


def _entries(section: Section, rows: list[Row]) -> Shown:
    beside = [name for name in _columns(rows) if name not in _ENTRY]
    groups = []
    for _, of_group in groupby(rows, key=lambda row: row.get("group")):
        same = list(of_group)
        with_item = [row for row in same if "item" in row]
        entries = [_entry(list(of_item), beside) for _, of_item in groupby(with_item, key=lambda row: row["item"])]
        groups.append(Group(_all(same, "group"), _all(same, "groupNote"), tuple(entries)))
    return Shown(section, groups=tuple(groups))


def _entry(rows: list[Row], beside: Iterable[str]) -> Entry:
    passages = dict.fromkeys(tuple(row.get(name) for name in _QUOTATION) for row in rows if "quoted" in row)
    lines = (list(same) for _, same in groupby(passages, key=lambda passage: passage[0] or object()))
    return Entry(
        item=_all(rows, "item")[0],
        badges=_all(rows, "badge"),
        notes=tuple(node for name in beside for node in _all(rows, name)),
        quotations=tuple(tuple(_quoted(*passage[1:]) for passage in line) for line in lines),
        alarms=_all(rows, "alarm"),
    )


def _quoted(*terms: Term | None) -> Quoted:
    return Quoted(*(term.value if term else "" for term in terms))


def _all(rows: Iterable[Row], name: str) -> Nodes:
    return tuple(nodes(rows, name).values())


def _intervals(section: Section, rows: list[Row]) -> Shown:
    found = [(nodes([row], "item")[row["item"]], row["from"].value, row["to"].value) for row in rows]
    low = min((float(start) for _, start, _ in found), default=0)
    high = max((float(end) for _, _, end in found), default=0)
    low, span = min(low, 0), (high - min(low, 0)) or 1
    bars = (
        Bar(item, start, end, 100 * (float(start) - low) / span, 100 * (float(end) - float(start)) / span)
        for item, start, end in found
    )
    return Shown(section, bars=tuple(bars))


_LAID_OUT = {"Table": _table, "Entries": _entries, "Intervals": _intervals}
