"""The queries behind `lodeclaim compare`, one question of a reader each; `?about` is filled in."""

from __future__ import annotations

import pyoxigraph as ox

from lodeclaim.endpoint import shipped


def rows(store: ox.Store, name: str, about: str | None = None) -> list[dict[str, str]]:
    """Return what the report of that name finds, each row as strings by variable; unbound variables are left out.

    `about` is the IRI to put for `?about`.
    """
    solutions = store.query(
        text(name),
        use_default_graph_as_union=True,
        substitutions={ox.Variable("about"): ox.NamedNode(about)} if about is not None else None,
    )
    if not isinstance(solutions, ox.QuerySolutions):
        raise AssertionError(f"{name}.rq is no SELECT")
    names = [variable.value for variable in solutions.variables if variable.value != "about"]
    return [{n: term.value for n in names if (term := row[n]) is not None} for row in solutions]


def text(name: str) -> str:
    """Return the query of that name."""
    return shipped.text(__name__, f"{name}.rq")
