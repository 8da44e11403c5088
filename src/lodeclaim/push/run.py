"""One push: look, send, and look again, whatever happened in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from lodeclaim.endpoint.errors import StoreError
from lodeclaim.push.client import Client
from lodeclaim.push.load import Load, Size
from lodeclaim.push.verify import State, StoreContents
from lodeclaim.push.ways import Way

Progress = Callable[[str, int], None]
"""Called with the graph and the number of triples, after each request that the store accepted."""


@dataclass(frozen=True)
class Plan:
    """What to send, how, and in what pieces."""

    loads: Sequence[Load]
    ways: Sequence[Way]
    """Tried in this order with the first graph; the first that the store knows is used for all."""

    replace: bool = False
    compare: bool = True
    strict: bool = False
    """Whether a literal that is written otherwise is a fault though its value is the same."""

    size: Size = field(default_factory=Size)


@dataclass(frozen=True)
class Report:
    """What came of a push."""

    states: tuple[State, ...]
    """What the store holds now, graph by graph, asked for after the last request."""

    way: str | None = None
    """The way that the store took; None where it took none."""

    failure: StoreError | None = None
    interrupted: bool = False
    left: tuple[str, ...] = ()
    """Graphs of ours that the store holds besides, for instance of an earlier version."""

    replaced: bool = False
    strict: bool = False

    @property
    def faulty(self) -> tuple[State, ...]:
        """The graphs that are not as they were to be."""
        return tuple(
            state
            for state in self.states
            if state.status != "complete" or (self.replaced and state.others) or (self.strict and state.respelt)
        )

    @property
    def good(self) -> bool:
        """Whether everything is there, proved by asking the store."""
        return self.failure is None and not self.interrupted and not self.faulty


def push(
    plan: Plan,
    client: Client,
    store: StoreContents,
    progress: Progress = lambda _graph, _triples: None,
    say: Callable[[str], object] = lambda _message: None,
) -> Report:
    """Send all graphs and return what the store holds then.

    Raises StoreError only where nothing was sent: the store could not be asked what it holds to begin with.
    """
    try:
        held = sum(store.count(load.graph) > 0 for load in plan.loads)
    except StoreError as error:
        raise StoreError(error.where, error.found, f"Nothing was sent. {error.remedy}", error.kind) from error
    if held:
        say(f"{held} of the graphs hold something already: it is {'replaced' if plan.replace else 'added to'}.")
    report = Report((), replaced=plan.replace, strict=plan.strict)
    try:
        report = replace(report, way=_send(plan, client, progress, say))
    except StoreError as error:
        report = replace(report, failure=error)
    except KeyboardInterrupt:
        report = replace(report, interrupted=True)
    report = replace(report, states=_states(plan, store, say))
    return replace(report, left=_left(plan, store)) if report.good else report


def _send(plan: Plan, client: Client, progress: Progress, say: Callable[[str], object]) -> str:
    ways = list(plan.ways)
    for load in plan.loads:
        for chunk in load.chunks(plan.size):
            first = plan.replace and chunk.number == 1
            try:
                ways[0].send(client, load.graph, chunk, first)
            except StoreError as error:
                # Nothing is in the store by this way yet: only then may another be tried.
                if len(ways) == 1 or error.kind not in ("no-protocol", "store-refused"):
                    raise
                say(f"{error.where}: {error.found}. So {ways[0].name} is not spoken there; trying {ways[1].name}.")
                ways.pop(0)
                ways[0].send(client, load.graph, chunk, first)
            del ways[1:]
            progress(load.graph.value, chunk.triples)
    return ways[0].name


def _states(plan: Plan, store: StoreContents, say: Callable[[str], object]) -> tuple[State, ...]:
    states: list[State] = []
    try:
        for load in plan.loads:
            states.append(store.state(load, plan.compare))
    except (StoreError, KeyboardInterrupt) as error:
        say(f"{error or 'Interrupted'}: what the store holds could not be found out.")
        states += [State(load.graph.value, len(load.triples)) for load in plan.loads[len(states) :]]
    return tuple(states)


def _left(plan: Plan, store: StoreContents) -> tuple[str, ...]:
    try:
        return tuple(sorted(store.graphs() - {load.graph.value for load in plan.loads}))
    except StoreError:
        return ()  # a courtesy, and dear in a large store: what was asked for is proved already
