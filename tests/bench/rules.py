"""How long every rule takes as the number of claims grows: a command that prints a table and asserts nothing."""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import platform
import resource
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import median

import pyoxigraph as ox
import synthetic

from lodeclaim import graph, resources
from lodeclaim.interop import to_rdflib
from lodeclaim.namespaces import BUILD, DEFAULT_POLICY, DESCRIPTION, GRAPHS
from lodeclaim.reasoning import derivation, owl, rules

EXAMPLE = """\
example:
  python tests/bench/rules.py --claims 1000 10000 100000 --repeat 3 --rdflib 1000 --output /tmp/rules.md

Each size runs in a process of its own. A rule over its limit is reported as such, the process is killed, and the
others run again without it. Sizes over 10000 are never repeated.
"""
REPEATED_UP_TO = 10_000
FULL_CLOSURE_UP_TO = 1_000
TOO_SHORT = 0.002
"""Seconds below which a growth exponent would say more about the clock than about the rule."""


@dataclass
class Run:
    """What one process told of one size."""

    added: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    megabytes: float = math.nan
    triples: int = 0


# In the worker


def say(**message: object) -> None:
    """Tell the process that watches this one."""
    print(json.dumps(message), flush=True)


def loaded(sources: resources.Resources, claims: int) -> ox.Store:
    """Return ontology, vocabulary, the rules as resources, and this many claims."""
    store = graph.read(source for kind in ("ontology", "vocabulary") for source in sources.files(kind))
    store.extend(rules.describe(step.rule for step in derivation.steps(sources.files("rules"), store) if step.rule))
    about = ox.NamedNode(DESCRIPTION)
    store.add(ox.Quad(about, ox.NamedNode(BUILD.activePolicy), ox.NamedNode(DEFAULT_POLICY), about))
    for name, text in synthetic.make(claims):
        store.bulk_load(text.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(name))
    return store


def steps(
    sources: resources.Resources, claims: int, folder: Path | None
) -> Iterator[tuple[str, rules.Rule | None, Callable[[ox.Store], int]]]:
    """Yield the name, the rule and the work of every step in the order of the build.

    The closure that is added is that of ontology and vocabulary at every size, or growth would compare unlike things.
    """

    def closure(store: ox.Store, settled: bool) -> int:
        kept = (GRAPHS + "ontology/", GRAPHS + "vocabulary/", *([GRAPHS + "settled/"] if settled else []))
        view = ox.Store()
        view.extend(
            q for q in store if isinstance(q.graph_name, ox.NamedNode) and q.graph_name.value.startswith(kept)
        )
        entailed = owl.closure(owl.view(view))
        return len(entailed) if settled else rules.add_new(store, entailed, GRAPHS + "closure")

    def apply(rule: rules.Rule) -> tuple[str, rules.Rule, Callable[[ox.Store], int]]:
        return rule.name, rule, lambda store: rules.apply(rule, store)

    for step in derivation.steps(sources.files("rules"), graph.read(sources.files("ontology"))):
        if step.rule is not None:
            own = folder / f"{step.rule.name}.rq" if folder else None
            text = own.read_text(encoding="utf-8") if own and own.exists() else step.rule.text
            yield apply(replace(step.rule, text=text))
            continue
        if claims <= FULL_CLOSURE_UP_TO:
            yield "(closure with the settled view, not added)", None, lambda store: closure(store, settled=True)
        yield "(closure of ontology and vocabulary)", None, lambda store: closure(store, settled=False)


def work(claims: int, skip: set[str], folder: Path | None) -> None:
    """Run all steps on Oxigraph, telling of each."""
    sources = resources.find()
    say(start="(load)")
    begin = time.perf_counter()
    store = loaded(sources, claims)
    say(step="(load)", seconds=time.perf_counter() - begin, added=len(store))
    for name, _, run in steps(sources, claims, folder):
        if name in skip:
            continue
        say(start=name)
        begin = time.perf_counter()
        added = run(store)
        say(step=name, seconds=time.perf_counter() - begin, added=added)
    say(megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, triples=len(store))


def work_beside_rdflib(claims: int, limit: float, folder: Path | None) -> None:
    """Run every rule on rdflib and on Oxigraph, both on what Oxigraph derived before; telling of rdflib's.

    rdflib runs in a forked process that can be killed and whose triples are thrown away.
    """
    sources = resources.find()
    say(start="(load)")
    store = loaded(sources, claims)
    begin = time.perf_counter()
    peer = to_rdflib(store)
    say(step="(load)", seconds=time.perf_counter() - begin, added=len(peer))

    def query(text: str, out: multiprocessing.connection.Connection) -> None:
        begin = time.perf_counter()
        new = [triple for triple in set(peer.query(text)) if triple not in peer]
        for triple in new:
            peer.add(triple)
        out.send((time.perf_counter() - begin, len(new)))

    fork = multiprocessing.get_context("fork")
    for name, rule, run in steps(sources, FULL_CLOSURE_UP_TO + 1, folder):
        say(start=name)
        if rule is not None:
            mine, theirs = fork.Pipe(duplex=False)
            child = fork.Process(target=query, args=(rule.text, theirs))
            child.start()
            theirs.close()
            try:
                told = mine.recv() if mine.poll(limit) else None
            except EOFError:
                told = None
            if told is None:
                child.kill()
                say(stopped=name)
            else:
                say(step=name, seconds=told[0], added=told[1])
            child.join()
        before = set(store)
        run(store)
        for triple in to_rdflib(quad for quad in store if quad not in before):
            peer.add(triple)
    say(megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, triples=len(store))


# In the process that watches


def watch(arguments: list[str], limit: float, title: str, run: Run) -> str | None:
    """Read what a worker tells into `run`; return the step at which it was killed for being over the limit."""
    command = [sys.executable, str(Path(__file__).resolve()), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker, selectors.DefaultSelector() as ready:
        assert worker.stdout is not None
        descriptor = worker.stdout.fileno()
        ready.register(descriptor, selectors.EVENT_READ)
        current, rest = "(start)", b""
        deadline = time.monotonic() + 60
        while True:
            if not ready.select(max(0.0, deadline - time.monotonic())):
                worker.kill()
                return current
            chunk = os.read(descriptor, 65536)
            if not chunk:
                break
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                message = json.loads(line)
                if "start" in message:
                    current = message["start"]
                    deadline = time.monotonic() + (limit if current != "(load)" else max(limit, 300))
                    progress(f"{title}: {current}")
                elif "step" in message:
                    run.seconds[message["step"]] = message["seconds"]
                    run.added[message["step"]] = message["added"]
                elif "stopped" in message:
                    run.stopped.append(message["stopped"])
                else:
                    run.megabytes, run.triples = message["megabytes"], message["triples"]
    if worker.returncode:
        raise SystemExit(f"{title} ended with {worker.returncode} at {current}")
    return None


def measured(claims: int, limit: float, folder: Path | None, title: str) -> Run:
    """Return one run of all rules; those over the limit are left out, and what comes after them runs again."""
    stopped: list[str] = []
    while True:
        run = Run(stopped=stopped)
        arguments = ["--work", str(claims), "--skip", *stopped, *(["--rules", str(folder)] if folder else [])]
        over = watch(arguments, limit, title, run)
        if over is None:
            return run
        if over in stopped or over in ("(start)", "(load)"):
            raise SystemExit(f"{title}: {over} took too long")
        stopped.append(over)


def middle(runs: list[Run]) -> Run:
    """Return the run whose seconds are the medians of all."""
    first = runs[0]
    stopped = sorted({name for run in runs for name in run.stopped})
    names = [name for name in first.seconds if all(name in run.seconds for run in runs)]
    return Run(
        added=first.added,
        seconds={name: median(run.seconds[name] for run in runs) for name in names},
        stopped=stopped,
        megabytes=median(run.megabytes for run in runs),
        triples=first.triples,
    )


def progress(text: str) -> None:
    """Show on one line what is being done, where somebody can see it."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


# What is printed


def machine() -> str:
    """Return what the figures depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in ("lodeclaim", "pyoxigraph", "rdflib", "owlrl"))
    return (
        f"{datetime.now(tz=UTC).date()}; {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB; Python {platform.python_version()}; {packages}; seed {synthetic.SEED}"
    )


def exponent(smaller: float | None, larger: float | None, ratio: float) -> str:
    """Return the power of the size with which the seconds grow."""
    if smaller is None or larger is None:
        return "-"
    return "·" if smaller < TOO_SHORT else f"{math.log(larger / smaller) / math.log(ratio):.2f}"


def row(cells: list[str]) -> str:
    """Return one row of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def shown(seconds: float | None) -> str:
    """Return seconds with as many digits as mean something."""
    if seconds is None:
        return "-"
    return f"{seconds:.3f}" if seconds < 1 else f"{seconds:.2f}" if seconds < 10 else f"{seconds:.1f}"


def table(runs: dict[int, Run], limit: float) -> list[str]:
    """Return triples, seconds and growth of every step at every size."""
    sizes = list(runs)
    pairs = list(pairwise(sizes))
    heads = ["rule", *(f"triples, {n:,}" for n in sizes), *(f"s, {n:,}" for n in sizes)]
    lines = [row([*heads, *(f"growth to {larger:,}" for _, larger in pairs)])]
    lines.append(row(["---", *("---:" for _ in range(2 * len(sizes) + len(pairs)))]))
    names = dict.fromkeys(name for run in runs.values() for name in [*run.seconds, *run.stopped])

    def seconds(name: str, run: Run) -> str:
        return f"over {limit:.0f}" if name in run.stopped else shown(run.seconds.get(name))

    for name in in_order(names):
        lines.append(
            row(
                [
                    name,
                    *(f"{run.added[name]:,}" if name in run.added else "-" for run in runs.values()),
                    *(seconds(name, run) for run in runs.values()),
                    *(exponent(runs[a].seconds.get(name), runs[b].seconds.get(name), b / a) for a, b in pairs),
                ]
            )
        )
    totals = {n: sum(s for name, s in run.seconds.items() if not name.startswith("(")) for n, run in runs.items()}
    whole = {n: None if run.stopped else totals[n] for n, run in runs.items()}
    lines.append(
        row(
            [
                "**all rules**",
                *(f"{sum(v for k, v in r.added.items() if not k.startswith('(')):,}" for r in runs.values()),
                *("over " * bool(r.stopped) + shown(totals[n] + limit * len(r.stopped)) for n, r in runs.items()),
                *(exponent(whole[a], whole[b], b / a) for a, b in pairs),
            ]
        )
    )
    blank = [""] * len(sizes)
    lines.append(
        row(["peak memory, MB", *blank, *(f"{r.megabytes:,.0f}" for r in runs.values()), *("" for _ in pairs)])
    )
    lines.append(
        row(["triples in the end", *(f"{r.triples:,}" for r in runs.values()), *blank, *("" for _ in pairs)])
    )
    return lines


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names of steps in the order of the build, loading first."""
    every = ["(load)", *(name for name, _, _ in steps(resources.find(), 0, None))]
    return sorted(names, key=every.index)


def beside(mine: Run, peer: Run, limit: float) -> list[str]:
    """Return how much longer rdflib takes for every rule."""
    lines = [row(["rule", "Oxigraph, s", "rdflib, s", "ratio"]), row(["---", "---:", "---:", "---:"])]
    both = [name for name in peer.seconds if name in mine.seconds and not name.startswith("(")]
    for name in in_order([*both, *peer.stopped]):
        ours = mine.seconds.get(name)
        if name in peer.stopped:
            least = "-" if ours is None else f"over {limit / ours:,.0f}"
            lines.append(row([name, shown(ours), f"over {limit:.0f}", least]))
            continue
        differs = (
            "" if peer.added[name] == mine.added[name] else f" (adds {peer.added[name]:,}, not {mine.added[name]:,})"
        )
        lines.append(
            row(
                [
                    name + differs,
                    shown(ours),
                    shown(peer.seconds[name]),
                    f"{peer.seconds[name] / mine.seconds[name]:,.0f}",
                ]
            )
        )
    ours, theirs = (sum(run.seconds[name] for name in both) for run in (mine, peer))
    lines.append(row(["**all that rdflib ended**", shown(ours), shown(theirs), f"{theirs / ours:,.0f}"]))
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--claims", type=int, nargs="+", default=[1_000, 10_000], metavar="N", help="sizes to measure"
    )
    parser.add_argument("--rdflib", type=int, metavar="N", help="run the rules on rdflib too, at this size")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="take the median of N runs (default: 1)")
    parser.add_argument(
        "--limit", type=float, default=120, metavar="S", help="seconds a rule may take (default: 120)"
    )
    parser.add_argument(
        "--rdflib-limit", type=float, default=60, metavar="S", help="the same for rdflib (default: 60)"
    )
    parser.add_argument(
        "--rules", type=Path, metavar="FOLDER", help="take rules from here where it has one of that name"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the tables there too, as Markdown")
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--work-rdflib", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--skip", nargs="*", default=[], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if min([*given.claims, given.rdflib or 1, given.repeat, given.limit, given.rdflib_limit]) <= 0:
        parser.error("sizes, repetitions and limits are above zero")
    if given.rules and not given.rules.is_dir():
        parser.error(f"{given.rules} is no folder")
    if given.work:
        work(given.work, set(given.skip), given.rules)
        return
    if given.work_rdflib:
        work_beside_rdflib(given.work_rdflib, given.rdflib_limit, given.rules)
        return

    runs: dict[int, Run] = {}
    for claims in sorted({*given.claims, *([given.rdflib] if given.rdflib else [])}):
        times = given.repeat if claims <= REPEATED_UP_TO else 1
        runs[claims] = middle(
            [measured(claims, given.limit, given.rules, f"{claims:,} claims, run {i + 1}") for i in range(times)]
        )
    lines = [machine(), "", *table(runs, given.limit)]
    if given.rdflib:
        peer = Run()
        instead = ["--rules", str(given.rules)] if given.rules else []
        # Its own limit is kept inside; this one only bounds a worker that hangs.
        over = watch(
            ["--work-rdflib", str(given.rdflib), "--rdflib-limit", str(given.rdflib_limit), *instead],
            given.rdflib_limit + given.limit,
            f"{given.rdflib:,} claims, rdflib",
            peer,
        )
        lines += ["", f"At {given.rdflib:,} claims:", "", *beside(runs[given.rdflib], peer, given.rdflib_limit)]
        lines += [f"\nThe run with rdflib stopped at {over}."] if over else []
    progress("")
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if given.output:
        given.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
