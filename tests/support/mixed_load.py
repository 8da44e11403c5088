"""Good and hostile clients at once, on 32 connections: what the good ones get is counted and timed.

`python -m support.mixed_load` in the folder `tests` runs it for LODECLAIM_LOAD_SECONDS (120) and prints figures.
"""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from support import hostile, servers
from support.paths import GRAPH

CONNECTIONS = 32
HOSTILE = 8
"""Of the connections, those of the hostile clients, who come from two addresses; the good ones come from six."""

PREFIX = "PREFIX lc: <https://w3id.org/lodeclaim/ontology#> "
GOOD = {
    "lookup": PREFIX
    + "SELECT ?claim ?measure {{ ?claim a lc:Claim ; lc:measure ?measure }} ORDER BY ?claim LIMIT 5 # {}",
    "join": PREFIX + "SELECT ?claim ?who ?document {{ ?claim lc:claimant ?who ; lc:document ?document }} "
    "ORDER BY ?claim ?who ?document LIMIT 50 # {}",
    "count": PREFIX + "SELECT ?document (COUNT(*) AS ?n) {{ ?claim lc:document ?document }} "
    "GROUP BY ?document ORDER BY ?document # {}",
    "ask": "ASK {{ ?s ?p ?o }} # {}",
}
BAD = {
    "runaway": hostile.RUNAWAY,
    "endless": hostile.ENDLESS,
    "concat": hostile.BOMBS["concat"],
    "nested": "ASK " + "{" * 5_000 + "}" * 5_000,
    "slow to parse": hostile.SLOW_TO_PARSE,
    "service": "ASK { SERVICE <http://127.0.0.1:9/> {} }",
    "broken": "SELECT * { ?s ?p",
    "leaves": hostile.RUNAWAY,
}


@dataclass
class Tally:
    """What happened."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in GOOD})
    wrong: list[str] = field(default_factory=list)
    hostile: Counter[str] = field(default_factory=Counter)


def run(server: servers.Server, seconds: float) -> Tally:
    """Ask for so long, and return what happened; each good answer is compared with what it was in peace."""
    right = {name: server.ask(text.format("peace")).body for name, text in GOOD.items()}
    tally, end = Tally(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=_good, args=(server, number, right, tally, end))
        for number in range(CONNECTIONS - HOSTILE)
    ]
    threads += [threading.Thread(target=_bad, args=(server, number, tally, end)) for number in range(HOSTILE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def _good(server: servers.Server, number: int, right: dict[str, bytes], tally: Tally, end: float) -> None:
    asked = number
    while time.monotonic() < end:
        name = list(GOOD)[asked % len(GOOD)]
        asked += 1
        began = time.monotonic()
        try:
            # Every fourth may come from the cache; the others are each another query.
            unique = "again" if asked % 4 == 0 else f"{number} {asked}"
            response = server.ask(GOOD[name].format(unique), source=f"127.0.0.{10 + number % 6}")
        except (OSError, http.client.HTTPException) as error:
            tally.wrong.append(f"{name}: {error!r}")
            continue
        tally.seconds[name].append(time.monotonic() - began)
        if response.status != 200 or response.body != right[name]:
            tally.wrong.append(f"{name}: {response}")


def _bad(server: servers.Server, number: int, tally: Tally, end: float) -> None:
    asked = number
    while time.monotonic() < end:
        name = list(BAD)[asked % len(BAD)]
        asked += 1
        source = f"127.0.0.{30 + number % 2}"
        try:
            if name == "leaves":
                connection = server.connect(source)
                connection.request("POST", "/sparql", BAD[name], {"Content-Type": "application/sparql-query"})
                time.sleep(0.2)
                connection.close()
                tally.hostile["leaves: -"] += 1
            else:
                response = server.ask(BAD[name], source=source)
                tally.hostile[f"{name}: {response.status}"] += 1
        except (OSError, http.client.HTTPException) as error:
            tally.hostile[f"{name}: {type(error).__name__}"] += 1


def figures(tally: Tally) -> str:
    """Return the figures of a run as text."""
    lines = []
    for name, seconds in tally.seconds.items():
        ordered = sorted(seconds)
        marks = [ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1_000 for share in (0.5, 0.9, 0.99, 1)]
        lines.append(f"{name}: {len(ordered)} answers; p50 %.0f, p90 %.0f, p99 %.0f, longest %.0f ms" % tuple(marks))
    lines.append(f"lost or wrong: {len(tally.wrong)} {tally.wrong[:3]}")
    lines.append(f"hostile: {dict(sorted(tally.hostile.items()))}")
    return "\n".join(lines)


if __name__ == "__main__":
    with servers.serve(GRAPH, "--log", "off", "--memory-mib", "256") as running:
        found = run(running, float(os.environ.get("LODECLAIM_LOAD_SECONDS", "120")))
        print(figures(found))
        print(f"resident: {servers.resident_bytes(running.process) >> 20} MiB; workers: {len(running.workers())}")
