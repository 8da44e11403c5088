"""Compare the endpoint's answers with those of Jena's ARQ: `python -m support.departures [--seed N] [--kind KIND]`.

Prints each query on which the two differ, and in what. `--all` also prints those that differ in spelling only.
Needs Java and the server of `tests/support/stores/install.py fuseki`. `--docs` writes docs/departures.md instead, and
needs neither.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from support.departures import page
from support.departures.comparison import Difference
from support.departures.engines import Embedded, Jena, jena
from support.departures.explained import SEED, Comparison, asked, compared
from support.departures.generated import KINDS
from support.departures.published import PUBLISHED

SHOWN = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--kind", choices=[*KINDS, *(kind for kind, _ in PUBLISHED)], help="only this kind of query")
    parser.add_argument("--all", action="store_true", help="print differences of spelling too")
    parser.add_argument("--jena", help="the URL of a dataset of a server that runs already, which is overwritten")
    parser.add_argument("--docs", action="store_true", help=f"write {page.PAGE.name}, and compare nothing")
    chosen = parser.parse_args()
    if chosen.docs:
        page.PAGE.write_text(page.written(), encoding="utf-8")
        return
    with TemporaryDirectory() as name, Embedded() as embedded:
        folder = Path(name)
        queries = asked(folder, chosen.seed, chosen.kind)
        if chosen.jena:
            _print(compared(queries, embedded, Jena(chosen.jena)), everything=chosen.all)
        else:
            with jena(folder) as other:
                _print(compared(queries, embedded, other), everything=chosen.all)


def _print(comparisons: Iterable[Comparison], *, everything: bool) -> None:
    began, counts = time.monotonic(), Counter[tuple[str, str]]()
    for comparison in comparisons:
        question, found = comparison.question, comparison.difference
        counts[question.kind, found.kind if found else "same"] += 1
        notes = [f"  {name} puts {words}" for name, words in comparison.misplaced.items()]
        counts[question.kind, "order"] += bool(notes)
        if comparison.differs or (everything and found):
            print("\n".join([f"\n# {question.kind}: {question.name}", *_lines(found), *notes]))
    print()
    for kind in dict.fromkeys(kind for kind, _ in counts):
        print(f"{kind:12}", ", ".join(f"{n} {what}" for (of, what), n in sorted(counts.items()) if of == kind and n))
    asked_in_all = sum(n for (_, what), n in counts.items() if what != "order")
    print(f"{asked_in_all} queries in {time.monotonic() - began:.0f} s")


def _lines(found: Difference | None) -> list[str]:
    if found is None:
        return []
    lines = [f"  {found.kind}"]
    for name, rows in (("pyoxigraph", found.only_left), ("Jena", found.only_right)):
        lines += [f"    {name:10} {row[:300]}" for row in rows[:SHOWN]]
        lines += [f"    {name:10} and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
    return lines


if __name__ == "__main__":
    main()
