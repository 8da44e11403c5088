"""The queries behind `lodeclaim compare`, one question of a reader each; `?about` is filled in."""

from __future__ import annotations

from functools import cache

import pyoxigraph as ox

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.catalogue.parameters import replace


def rows(store: ox.Store, name: str, about: str | None = None, by: str = "about") -> list[dict[str, str]]:
    """Return what the report of that name finds, each row as strings by variable; unbound variables are left out.

    `about` is the IRI to put for `?about`, or for the variable that `by` names.
    """
    solutions = store.query(
        _open(name, by),
        use_default_graph_as_union=True,
        substitutions={ox.Variable(by): ox.NamedNode(about)} if about is not None else None,
    )
    if not isinstance(solutions, ox.QuerySolutions):
        raise AssertionError(f"{name}.rq is no SELECT")
    names = [variable.value for variable in solutions.variables if variable.value != by]
    return [{n: term.value for n in names if (term := row[n]) is not None} for row in solutions]


def text(name: str) -> str:
    """Return the query of that name."""
    return shipped.text(__name__, f"{name}.rq")


@cache
def _open(name: str, variable: str) -> str:
    """Return the query without the VALUES clause of a variable, which would keep it from being filled in."""
    return replace(text(name), {variable: ""})
