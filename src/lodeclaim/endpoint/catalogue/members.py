"""What a person calls a member of a class -> its IRI: by IRI, prefixed name, key (the end of the IRI) or label."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.catalogue import values
from lodeclaim.endpoint.engines.engine import Engine, Query, Term
from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.prefixes import Prefixes, split

MOST_COMPARED = 2_000
"""How many names a wrong one is compared with, which takes a tenth of a second."""

FEW = 5
"""So many members are all named, where a name is none of theirs."""

Refuse = Callable[[str, str], LodeclaimError]
"""Makes the error from what was found and what to do."""


@dataclass(frozen=True)
class Instance:
    """A member of a class, with its label."""

    iri: str
    label: str


def instances(engine: Engine, of_class: str | None) -> list[Instance]:
    """Return the labelled members of a class and of its subclasses, or of any, as many as the query takes."""
    if of_class is None:
        rows = engine.select(Query(_query("labelled"))).rows
    else:
        rows = engine.select(Query(_query("instances"), bindings={"class": Term(of_class, "iri")})).rows
    return [
        Instance(value.value, label.value) for *_, value, label in rows if value and label and value.kind == "iri"
    ]


def find(engine: Engine, classes: Sequence[str], written: str, prefixes: Prefixes) -> list[str]:
    """Return the IRIs of the members of the classes, or of any, that may be meant: none, one, or several.

    An IRI or prefixed name is one thing, a key goes before a label, and letter case counts for a key alone.
    """
    name = " ".join(written.split())
    if not name or not values.is_printable(written):
        return []
    if iri := values.iri(written, prefixes):
        value = {"value": Term(iri, "iri")}
        asked = [{"class": Term(of_class, "iri")} | value for of_class in classes] or [value]
        return [iri] if any(engine.select(Query(_query("is_instance"), bindings=each)).rows for each in asked) else []
    found: dict[str, None] = {}
    for of_class in classes or (None,):
        asked_for = {"written": Term(name, "literal")}
        if of_class is not None:
            asked_for["class"] = Term(of_class, "iri")
        rows = engine.select(Query(_query("named"), bindings=asked_for)).rows
        found |= dict.fromkeys(value.value for *_, value in rows if value)
    return [iri for iri in found if split(iri)[1] == name] or list(found)


def one(engine: Engine, classes: Sequence[str], written: str, prefixes: Prefixes, what: str, refuse: Refuse) -> str:
    """Return the IRI of the member of the classes that is meant; raises what `refuse` makes where it is not one.

    `what` says in words what is asked for.
    """
    found = find(engine, classes, written, prefixes)
    if len(found) == 1:
        return found[0]
    if found:
        meant = " or ".join(prefixes.curie(iri) or iri for iri in found[:5])
        raise refuse(f"`{values.shown(written)}` is the name of {len(found)} things", f"Write which: {meant}")
    takes = f"the IRI, prefixed name, key or label of a {what}"
    found_instead = f"`{values.shown(written)}` is no {what} in the data" if written.strip() else "it is empty"
    said, remedy = values.unknown_prefix(written, prefixes, takes) or (found_instead, f"Give {takes}")
    raise refuse(said, remedy + nearest(engine, classes, written, prefixes))


def nearest(engine: Engine, classes: Sequence[str], written: str, prefixes: Prefixes) -> str:
    """Return the members of the classes that are called most like a name, as the end of a sentence."""
    wanted = " ".join(written[:100].split()).rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower()
    called: dict[str, dict[str, None]] = {}
    for of_class in classes or (None,):
        for instance in instances(engine, of_class):
            curie = prefixes.curie(instance.iri) or instance.iri
            for name in (instance.label.lower(), curie.rpartition(":")[2].lower()):
                called.setdefault(name, {})[curie] = None
    all_of_them = _names(called.values())
    if len(all_of_them) <= FEW:
        return f". There are: {', '.join(all_of_them)}" if all_of_them else ""
    # Those of about its length come first: what is much longer or shorter cannot be meant.
    likely = sorted(called, key=lambda name: abs(len(name) - len(wanted)))[:MOST_COMPARED]
    close = difflib.get_close_matches(wanted, likely, n=3, cutoff=0.5)
    names = _names(called[name] for name in [*close, *(n for n in called if wanted and wanted in n)])[:3]
    return f". Nearest: {', '.join(names)}" if names else ""


def _names(groups: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for group in groups for name in group))


def _query(name: str) -> str:
    return shipped.text("lodeclaim.endpoint.catalogue", f"{name}.rq")
