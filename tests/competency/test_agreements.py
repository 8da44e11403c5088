"""Each of the ten states that the texts name as partners of the United States leads to its agreements."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from lodeclaim import naming
from lodeclaim.endpoint.catalogue import parameters
from lodeclaim.endpoint.engines.engine import Query, Term
from lodeclaim.namespaces import PREFIXES
from support import competency

ARRANGEMENT = "minerals arrangement of the United States and"
PARTNERS = {
    "aus": {f"{ARRANGEMENT} Australia"},
    "cod": {
        f"{ARRANGEMENT} the Democratic Republic of the Congo",
        "peace deal of the Democratic Republic of the Congo and Rwanda",
    },
    "ind": {"trade deal of India and the United States"},
    "jpn": {f"{ARRANGEMENT} Japan"},
    "mys": {f"{ARRANGEMENT} Malaysia"},
    "pak": {f"{ARRANGEMENT} Pakistan"},
    "rwa": {"peace deal of the Democratic Republic of the Congo and Rwanda"},
    "sau": {f"{ARRANGEMENT} Saudi Arabia"},
    "tha": {f"{ARRANGEMENT} Thailand"},
    "ukr": {f"{ARRANGEMENT} Ukraine"},
}
"""Read off Azad Hind (3450 to 3616, 5488 to 5666) and News18 (4041 to 4102). The United States is host to the leaders
of the Congo and Rwanda, and no party; what Ma'aden takes part in is no agreement of the Saudi state."""


def agreements(store: ox.Store, state: str) -> set[str]:
    """The labels of what a state is told to be a party to."""
    party = {"party": Term(f"{PREFIXES['state']}{state}", "iri")}
    text = parameters.with_values(competency.query("agreements-of-a-party"), party)
    table = naming.engine(store).select(Query(text))
    return {row[table.columns.index("agreement")].value for row in table.rows}


@pytest.mark.parametrize("state", PARTNERS)
def test_agreements_are_found_from_each_party(state, built) -> None:
    assert agreements(built, state) == PARTNERS[state]


def test_every_arrangement_is_found_from_both_sides(built) -> None:
    told = agreements(built, "usa")
    arrangements = {name for names in PARTNERS.values() for name in names if name.startswith(ARRANGEMENT)}
    assert len(arrangements) == 8
    assert arrangements <= told
    assert "peace deal of the Democratic Republic of the Congo and Rwanda" not in told
