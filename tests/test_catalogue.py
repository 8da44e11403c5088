"""The catalogue of queries in the graph, as a SPARQL editor asks for it."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from lodeclaim import catalogue
from lodeclaim.endpoint.errors import SourceError
from lodeclaim.namespaces import PREFIXES
from lodeclaim.resources import Source
from support.paths import ROOT

FILES = sorted((ROOT / "data/queries").glob("*.rq"))

# As an editor sends them: examples with their comment and text, and prefixes with their namespaces.
EXAMPLES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?example ?comment ?query
WHERE {
  ?example a sh:SPARQLExecutable ;
           rdfs:comment ?comment ;
           sh:select | sh:ask | sh:construct | sh:describe ?query .
}
"""
DECLARED = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace
WHERE {
  [] sh:namespace ?namespace ;
     sh:prefix ?prefix .
}
"""


def test_every_query_is_in_the_graph_with_its_question_and_text(built: ox.Store) -> None:
    found = {
        row["example"].value: (row["comment"].value, row["query"].value)
        for row in built.query(EXAMPLES, use_default_graph_as_union=True)
    }
    assert set(found) == {f"{PREFIXES['query']}{path.stem}" for path in FILES}
    for path in FILES:
        comment, text = found[PREFIXES["query"] + path.stem]
        assert text == path.read_text(encoding="utf-8")
        words = re.findall(r"^# (?!Group: |Parameter )(.+)$", text.split("\n\n")[0], re.MULTILINE)
        assert comment == " ".join(words)


def test_prefixes_of_the_catalogue_are_those_of_the_project(built: ox.Store) -> None:
    rows = built.query(DECLARED, use_default_graph_as_union=True)
    assert {row["prefix"].value: row["namespace"].value for row in rows} == PREFIXES


def described(tmp_path, text: str) -> list[ox.Quad]:
    path = tmp_path / "mine.rq"
    path.write_text(text, encoding="utf-8")
    return catalogue.describe([Source(path, path.relative_to(tmp_path))])


@pytest.mark.parametrize("form", ["SELECT * WHERE", "ASK", "CONSTRUCT WHERE", "DESCRIBE ?s WHERE"])
def test_form_of_a_query_is_told(tmp_path, form) -> None:
    word = form.split()[0]
    quads = {
        (q.predicate.value, q.object.value)
        for q in described(tmp_path, f"# Is there anything?\n{form} {{ ?s ?p ?o }}\n")
    }
    shacl = PREFIXES["sh"]
    assert (PREFIXES["rdf"] + "type", f"{shacl}SPARQL{word.capitalize()}Executable") in quads
    assert (shacl + word.lower(), f"# Is there anything?\n{form} {{ ?s ?p ?o }}\n") in quads


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * WHERE { ?s ?p ?o }\n", "starts with what it asks"),
        ("# What is there?\nSELECT * WHERE { SERVICE <https://example.org/> { ?s ?p ?o } }\n", "line 2"),
        ("# What is there?\nSELECT * WHERE { ?s ?p ?o\n", "line"),
    ],
)
def test_query_that_cannot_be_offered_is_an_error_that_names_its_file(tmp_path, text, words) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        described(tmp_path, text)
    assert "mine.rq" in str(caught.value)
