"""Compare the embedded engine with Jena's ARQ: `python -m departures [--seed N] [--kind KIND] [--all]`.

Prints each query on which the two differ, and in what. `--all` also prints those that differ in spelling only.
Needs Java and the server of `tests/support/stores/install.py fuseki`.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from support.departures.answers import Answer, Table
from support.departures.comparison import Difference, difference
from support.departures.engines import Embedded, Jena, jena
from support.departures.generated import KINDS, questions
from support.departures.order import misplaced
from support.departures.published import PUBLISHED
from support.departures.question import Question

DATA = Path(__file__).with_name("data.trig")
SHOWN = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=[*KINDS, *(kind for kind, _ in PUBLISHED)], help="only this kind of query")
    parser.add_argument("--all", action="store_true", help="print differences of spelling too")
    parser.add_argument("--jena", help="the URL of a dataset of a server that runs already, which is overwritten")
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        if chosen.jena:
            _compared(_asked(chosen, Path(folder)), Jena(chosen.jena), chosen.all)
        else:
            with jena(Path(folder)) as other:
                _compared(_asked(chosen, Path(folder)), other, chosen.all)


def _asked(chosen: argparse.Namespace, folder: Path) -> Iterator[tuple[Path, Question]]:
    """Yield each query with the file that it is asked of."""
    yield from ((DATA, question) for question in questions(chosen.seed) if chosen.kind in (None, question.kind))
    for kind, published in PUBLISHED:
        if chosen.kind in (None, kind):
            yield from published(kind, folder)


def _compared(asked: Iterable[tuple[Path, Question]], other: Jena, everything: bool) -> None:
    began, counts, loaded = time.monotonic(), Counter[tuple[str, str]](), None
    with Embedded() as embedded:
        for file, question in asked:
            if file != loaded:
                embedded.load(file)
                other.load(file)
                loaded = file
            ours, theirs = (engine.ask(question.text, union=question.union) for engine in (embedded, other))
            found = difference(ours, theirs)
            counts[question.kind, found.kind if found else "same"] += 1
            notes = [*_order("pyoxigraph", question, ours), *_order("Jena", question, theirs)]
            counts[question.kind, "order"] += bool(notes)
            if notes or (found and (everything or found.kind not in ("spelling", "datatype"))):
                print("\n".join([f"\n# {question.kind}: {question.name}", *_lines(found), *notes]))
    print()
    for kind in dict.fromkeys(kind for kind, _ in counts):
        print(f"{kind:12}", ", ".join(f"{n} {what}" for (of, what), n in sorted(counts.items()) if of == kind and n))
    asked_in_all = sum(n for (_, what), n in counts.items() if what != "order")
    print(f"{asked_in_all} queries in {time.monotonic() - began:.0f} s")


def _order(name: str, question: Question, answer: Answer) -> list[str]:
    if not question.keys or not isinstance(answer, Table):
        return []
    found = misplaced(answer, question.keys)
    return [f"  {name} puts {tuple(map(str, found[0]))} before {tuple(map(str, found[1]))}"] if found else []


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
