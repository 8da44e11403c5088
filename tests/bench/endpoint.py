"""How fast the endpoint answers beside other servers: a command that prints tables and asserts nothing."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median

import load
import peers
import pyoxigraph as ox
import rules
from load import Download, Rate
from peers import Server

from lodeclaim import resources

EXAMPLE = """\
example:
  python tests/bench/endpoint.py --data ours 100000 1000000 --rounds 3 --output endpoint.md

Needs wrk and curl. The peers are installed in virtual environments of their own under --folder on first use. All
servers run on this machine; they are asked one after the other, in an order that turns round from round to round.
"""
CLAIMS = {"100000": 2_400, "1000000": 25_000}
"""How many synthetic claims make about so many triples with what is derived from them."""

QUERIES = ("lookup", "join", "aggregate", "ten-thousand-rows")
CACHED_QUERIES = QUERIES[:3]  # a longer answer than a MiB is sent on as it comes, and not kept
RDFLIB_QUERIES = QUERIES[:2]  # it works on for minutes at the others when nobody waits any more
HEAVY = ("heavy-count", "heavy-order", "heavy-pairs", "heavy-search")
MILLION = "million-rows"
OURS, NATIVE, DISK, RDFLIB = "lodeclaim", "oxigraph", "oxigraph on disk", "rdflib-endpoint"
COLD, CACHED, UNCHANGED = "cold", "cached", "304"

Rates = dict[tuple[str, str, int], dict[str, list[Rate]]]
"""By query, manner and connections: what each server did, round by round."""


def dataset(name: str, folder: Path) -> Path:
    """Return the TriG file of this name, made where it is missing; beside it stands the same as N-Quads."""
    path = folder / f"{name}.trig"
    if not path.exists():
        store = ox.Store()
        sources = resources.find()
        if name == "ours":
            store.bulk_load(path=str(sources.built_graph), format=ox.RdfFormat.TRIG)
        else:
            print(f"making {name} triples", file=sys.stderr)
            store = rules.loaded(sources, CLAIMS[name])
            for _, _, run in rules.steps(sources, max(CLAIMS[name], rules.FULL_CLOSURE_UP_TO + 1), None):
                run(store)
        store.dump(str(path.with_suffix(".nq")), format=ox.RdfFormat.N_QUADS)
        store.dump(str(path.with_suffix(".begun")), format=ox.RdfFormat.TRIG)
        path.with_suffix(".begun").rename(path)
    return path


def starts(data: Path, folder: Path, wanted: list[str], options: list[str]) -> list[Callable[[], Server]]:
    """Return what starts the wanted servers over a dataset."""
    oxigraph = partial(peers.installed, "oxigraph", folder)
    all_ = {
        OURS: lambda: peers.lodeclaim(data, folder, options),
        NATIVE: lambda: peers.oxigraph_memory(data, folder, oxigraph()),
        DISK: lambda: peers.oxigraph_disk(data, folder, oxigraph()),
        RDFLIB: lambda: peers.rdflib_endpoint(
            data.with_suffix(".nq"), folder, peers.installed("rdflib-endpoint", folder)
        ),
    }
    return [all_[name] for name in wanted]


def measure_rates(
    running: list[Server], store: ox.Store, queries: list[str], connections: list[int], rounds: int, seconds: int
) -> Rates:
    """Return the rates of all servers; only ours has a cache, so only ours is asked the same again."""
    rates: Rates = defaultdict(lambda: defaultdict(list))
    for number in range(rounds):
        print(f"round {number + 1}: {load.load_average()}", flush=True)
        for query in queries:
            asked = load.texts(query, store)
            for many in connections:
                for server in running if number % 2 == 0 else reversed(running):
                    if server.name == RDFLIB and query not in RDFLIB_QUERIES:
                        continue
                    salt = f"{time.time_ns()}"
                    rates[query, COLD, many][server.name].append(load.wrk(server, asked, many, seconds, salt))
                    if server.name == OURS and query in CACHED_QUERIES:
                        same = asked[:1]
                        tag = load.entity_tag(server, same[0])
                        rates[query, CACHED, many][OURS].append(load.wrk(server, same, many, seconds))
                        rates[query, UNCHANGED, many][OURS].append(load.wrk(server, same, many, seconds, etag=tag))
                    server.settle()
    return rates


def measure_heavy(running: list[Server], queries: list[str], rounds: int) -> dict[str, dict[str, list[Download]]]:
    """Return what each server took for each of the large queries, asked alone."""
    found: dict[str, dict[str, list[Download]]] = defaultdict(lambda: defaultdict(list))
    for number in range(rounds):
        print(f"round {number + 1}, one query at a time: {load.load_average()}", flush=True)
        for query in queries:
            text = (load.QUERIES / f"{query}.rq").read_text()
            for server in running if number % 2 == 0 else reversed(running):
                # A comment that no request had before: the cache is not what is measured here.
                found[query][server.name].append(load.download(server, f"{text}# {time.time_ns()}"))
                server.settle()
    return found


# What is printed


def rate_tables(rates: Rates) -> list[str]:
    """Return the tables of rates and of latencies."""
    medians = {key: {name: load.middle(found) for name, found in by.items()} for key, by in rates.items()}
    names = list(dict.fromkeys(name for by in rates.values() for name in by))
    others = [name for name in names if name != OURS]
    heads = ["query", "connections", *names, "cached", "304", *(f"to {peer}" for peer in others), "cached", "304"]
    lines = ["Requests a second, and ours as a multiple of the others':", "", rules.row(heads)]
    lines.append(rules.row(["---", *["---:"] * (len(heads) - 1)]))
    latencies = ["Milliseconds, p50 / p99:", "", rules.row(["query", "connections", *names, "cached", "304"])]
    latencies.append(rules.row(["---", *["---:"] * (len(names) + 3)]))
    heads = ["query", "connections", *names, "cached", "304", "ours / oxigraph"]
    spent = ["Milliseconds of processor time a request, of all processes of a server:", "", rules.row(heads)]
    spent.append(rules.row(["---", *["---:"] * (len(names) + 4)]))
    for (query, manner, many), by in medians.items():
        if manner != COLD:
            continue
        again = [medians.get((query, other, many), {}).get(OURS) for other in (CACHED, UNCHANGED)]
        cells = [*(by.get(name) for name in names), *again]
        ratios = [_ratio(by.get(OURS), by.get(peer)) for peer in others]
        ratios += [_ratio(one, by.get(NATIVE)) for one in again]
        lines.append(rules.row([query, str(many), *map(_rate, cells), *ratios]))
        latencies.append(rules.row([query, str(many), *map(_latency, cells)]))
        mine, native = by.get(OURS), by.get(NATIVE)
        more = f"{mine.cpu / native.cpu:.1f}" if mine and native and native.cpu else "-"
        spent.append(rules.row([query, str(many), *map(_cpu, cells), more]))
    return [*lines, "", *latencies, "", *spent]


def _rate(found: Rate | None) -> str:
    if found is None:
        return "-"
    failed = f" ({found.errors} failed)" if found.errors else ""
    return (f"{found.rate:,.0f}" if found.rate >= 10 else f"{found.rate:.1f}") + failed


def _latency(found: Rate | None) -> str:
    return "-" if found is None else f"{found.p50:.2f} / {found.p99:.1f}"


def _cpu(found: Rate | None) -> str:
    return "-" if found is None else f"{found.cpu:.2f}"


def _ratio(mine: Rate | None, other: Rate | None) -> str:
    return f"{mine.rate / other.rate:.2f}" if mine and other and other.rate else "-"


def heavy_table(found: dict[str, dict[str, list[Download]]]) -> list[str]:
    """Return the table of single large queries."""
    names = list(dict.fromkeys(name for by in found.values() for name in by))
    heads = [
        "query",
        *(f"{name}, s" for name in names),
        "ours / oxigraph",
        "processor, s",
        "first byte, ms",
        "MB sent",
    ]
    lines = [rules.row([*heads, "memory, first process and largest other, MB"])]
    lines.append(rules.row(["---", *["---:"] * len(heads)]))
    for query, by in found.items():
        totals = {name: median(one.total for one in all_) for name, all_ in by.items()}
        first = ", ".join(f"{median(one.first for one in all_) * 1000:,.0f}" for all_ in by.values())
        spent = ", ".join(f"{median(one.cpu for one in all_):.2f}" for all_ in by.values())
        memory = ", ".join(
            f"{max(one.parent for one in all_):,.0f} + {max(one.workers for one in all_):,.0f}"
            for all_ in by.values()
        )
        ratio = f"{totals[OURS] / totals[NATIVE]:.2f}" if {OURS, NATIVE} <= totals.keys() else "-"
        size = f"{next(iter(by.values()))[0].bytes / 1e6:,.1f}"
        lines.append(
            rules.row([query, *(f"{totals[name]:.3f}" for name in names), ratio, spent, first, size, memory])
        )
    return lines


def machine() -> str:
    """Return what the figures depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=load.HERE
    ).stdout.strip()
    return (
        f"{datetime.now(tz=UTC).date()}, commit {commit}; {platform.system()} {platform.machine()}, {os.cpu_count()} "
        f"cores, {memory:.0f} GiB; Python {platform.python_version()}, pyoxigraph {version('pyoxigraph')}, uvicorn "
        f"{version('uvicorn')}; {', '.join(peers.PEERS.values())}; {load.load_average()}"
    )


def main() -> None:
    """Parse the command line, measure, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", default=["ours", *CLAIMS], choices=["ours", *CLAIMS])
    parser.add_argument("--servers", nargs="+", default=[OURS, NATIVE, DISK, RDFLIB])
    parser.add_argument("--queries", nargs="*", default=QUERIES, choices=QUERIES)
    parser.add_argument("--heavy", nargs="*", default=[*HEAVY, MILLION], choices=[*HEAVY, MILLION])
    parser.add_argument("--connections", nargs="+", type=int, default=[1, 8, 32])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2, help="how long each load lasts")
    parser.add_argument("--rdflib-up-to", type=int, default=100_000, help="triples that rdflib is asked to hold")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "lodeclaim-bench")
    parser.add_argument(
        "--option", action="append", default=[], help="an option for lodeclaim serve, as --option=--log=off"
    )
    parser.add_argument("--output", type=Path, help="write the tables there too")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    report = [machine()]
    for name in arguments.data:
        data = dataset(name, arguments.folder)
        store = ox.Store()
        store.bulk_load(path=str(data))
        wanted = [one for one in arguments.servers if one != RDFLIB or len(store) <= 1.1 * arguments.rdflib_up_to]
        print(f"{name}: {len(store):,} triples; {load.load_average()}", flush=True)
        # A million rows take longer than the ten seconds that ours gives a query by default.
        options = [*arguments.option, "--timeout", "60"]
        with peers.running(starts(data, arguments.folder, wanted, options)) as running:
            rates = measure_rates(
                running, store, arguments.queries, arguments.connections, arguments.rounds, arguments.seconds
            )
            natives = [server for server in running if server.name != RDFLIB]
            heavy = measure_heavy(natives, arguments.heavy, arguments.rounds)
        report += ["", f"## {name}: {len(store):,} triples", ""]
        report += [*rate_tables(rates), "", *heavy_table(heavy)]
    text = "\n".join(report) + "\n"
    print(text)
    if arguments.output:
        arguments.output.write_text(text)


if __name__ == "__main__":
    main()
