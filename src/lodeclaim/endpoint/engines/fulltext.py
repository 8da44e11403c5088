"""Full text: what is called, or described, by some words. One index of SQLite's FTS5 over what profiles name.

It is made when a dataset is loaded and holds copies of literals only, so that it is as large as they are. Words are
matched whole, or by their stem in English, without regard to case and accents, and the last one also by its
beginning. What somebody types is taken apart into words that are quoted one by one, so that nothing of it is syntax.
"""

from __future__ import annotations

import re
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.rdf import node

EVERYTHING = node("rdfs:Resource").value
"""The class whose fields are those of anything that has them."""

MAX_WORDS, MAX_CHARACTERS = 16, 1_000
"""What one search may hold."""

MAX_HITS = 100
"""How many hits one search gives at most."""

_WORD = re.compile(r"\w+")
_EXCERPT = 16
"""Words of an excerpt."""

_SCHEMA = """
CREATE TABLE found (node TEXT, kind TEXT, place INTEGER, value TEXT);
CREATE VIRTUAL TABLE entries USING fts5 (
    node UNINDEXED, kind UNINDEXED, label UNINDEXED, names, texts,
    tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3'
);
"""
_KINDS = "CREATE TABLE kinds AS SELECT kind, count(DISTINCT node) AS members FROM found GROUP BY kind"
"""How many there are of each kind: a thing of several is shown as one of the smallest."""

_ENTRIES = """
INSERT INTO entries (node, kind, label, names, texts)
SELECT node,
       (SELECT kind FROM found AS one JOIN kinds USING (kind) WHERE one.node = each.node
        ORDER BY members, kind LIMIT 1),
       (SELECT value FROM found AS one WHERE one.node = each.node ORDER BY place LIMIT 1),
       (SELECT group_concat(value, char(10)) FROM found AS one WHERE one.node = each.node AND place < :texts),
       (SELECT group_concat(value, char(10)) FROM found AS one WHERE one.node = each.node AND place >= :texts)
FROM (SELECT DISTINCT node FROM found ORDER BY node) AS each;
"""
_SEARCH = """
SELECT node, kind, label, snippet(entries, 4, '', '', '…', :excerpt)
FROM entries WHERE entries MATCH :words
ORDER BY instr(char(10) || lower(coalesce(names, '')) || char(10), char(10) || lower(:typed) || char(10)) = 0,
         bm25(entries, 0, 0, 0, 10, 1), node
LIMIT :first
"""
_TEXTS = 1_000_000
"""The place from which on a value is text, and no name."""


@dataclass(frozen=True)
class Field:
    """A property whose values can be found, of the members of a class (their IRIs)."""

    of_class: str
    property: str
    is_name: bool
    """Whether its values are names: they weigh ten times as much as text."""

    kind: str = ""
    """What the members are, in words; without them the label of the class."""


_NAMES = ("rdfs:label", "skos:prefLabel", "skos:altLabel", "dcterms:title", "foaf:name", "schema:name")
_DESCRIPTIONS = ("skos:definition", "rdfs:comment", "dcterms:description", "schema:description")
USUAL = tuple(Field(EVERYTHING, node(name).value, name in _NAMES) for name in (*_NAMES, *_DESCRIPTIONS))
"""What is searched where the data has nothing of what the profiles name: names and descriptions of everything."""


@dataclass(frozen=True)
class Hit:
    """What is called or described by the words: its IRI, what it is, what it is called, and words around those."""

    iri: str
    kind: str
    label: str
    excerpt: str = ""


@dataclass(frozen=True)
class Hits:
    """What some words find, the best first."""

    hits: tuple[Hit, ...]
    more: bool = False
    """Whether there are more than were asked for."""

    all_words: bool = True
    """Whether each hit has all the words; if nothing has, each has some."""

    is_indexed: bool = True
    """Whether an index was asked; without one only labels are, for words as they are written."""


class Index:
    """An index in memory, which processes forked later share, or in a file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # Who lets go of an index need not think of closing it.
        weakref.finalize(self, connection.close)

    @classmethod
    def of(cls, store: ox.Store, fields: Sequence[Field], path: Path | None = None) -> Index | None:
        """Return the index over some fields of a store, made in memory or in a file that is not there yet.

        Where the store has none of the fields, over the USUAL ones. None where the SQLite of this Python has no FTS5.
        Raises OSError where the file cannot be written.
        """
        connection = sqlite3.connect(":memory:" if path is None else path, check_same_thread=False)
        try:
            connection.executescript(_SCHEMA)
        except sqlite3.OperationalError:
            connection.close()
            return None
        try:
            with connection:
                for each in (fields, USUAL):
                    connection.executemany("INSERT INTO found VALUES (?, ?, ?, ?)", _found(store, each))
                    if connection.execute("SELECT 1 FROM found LIMIT 1").fetchone():
                        break
                connection.execute("CREATE INDEX found_node ON found (node, place)")
                connection.execute(_KINDS)
                connection.execute(_ENTRIES, {"texts": _TEXTS})
            connection.executescript(
                "DROP TABLE found; DROP TABLE kinds; INSERT INTO entries (entries) VALUES ('optimize');"
            )
            connection.execute("VACUUM")
        except sqlite3.OperationalError as error:  # no room is left
            connection.close()
            raise OSError(str(error)) from error
        return cls(_settled(connection))

    @classmethod
    def opened(cls, path: Path) -> Index | None:
        """Return the index that a file holds, read-only; None where there is none."""
        if not path.is_file():
            return None
        # Immutable, since nobody writes to it again: no other file is looked for, or made, beside it.
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        try:
            connection.execute("SELECT count(*) FROM entries LIMIT 1")
        except sqlite3.Error:
            connection.close()
            return None
        return cls(_settled(connection))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def search(self, words: str, first: int) -> Hits:
        """Return what has all of the words, else what has some; raises QueryError as `terms`."""
        quoted = [f'"{word}"' for word in terms(words)]
        quoted[-1] += "*"
        # What is called just so comes first; half of a character, which no UTF-8 has, is no part of a name.
        typed = " ".join(words.encode("utf-8", "ignore").decode().split())
        for operator in (" AND ", " OR "):
            asked = {"words": operator.join(quoted), "typed": typed, "first": first + 1, "excerpt": _EXCERPT}
            with closing(self._connection.execute(_SEARCH, asked)) as rows:
                hits = [_hit(*row) for row in rows]
            if hits:
                return Hits(tuple(hits[:first]), len(hits) > first, operator == " AND ")
        return Hits(())


def _hit(iri: str, kind: str, label: str, text: str | None) -> Hit:
    excerpt = " ".join((text or "").split())
    return Hit(iri, kind, label, "" if excerpt.startswith(label) else excerpt)


def terms(words: str) -> list[str]:
    """Return the words that are sought; raises QueryError where there are none, or more than one search may hold."""
    if len(words) > MAX_CHARACTERS:
        raise QueryError("search", f"over {MAX_CHARACTERS:,} characters", "Give a few words")
    found = _WORD.findall(words)
    if not found:
        raise QueryError("search", "there is no word in it", "Give a word, such as: cobalt")
    if len(found) > MAX_WORDS:
        raise QueryError("search", f"{len(found)} words, more than {MAX_WORDS}", "Leave some of them out")
    return found


def _settled(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _found(store: ox.Store, fields: Sequence[Field]) -> Iterator[tuple[str, str, int, str]]:
    """Yield each value that can be found: its node, the kind of that, its place among all values, and itself.

    Names come before texts, in the order of the fields, and English before other languages.
    """
    for number, field in enumerate(fields):
        of_all = field.of_class == EVERYTHING
        name = "values" if of_all else "members"
        bound: dict[ox.Variable, Any] = {ox.Variable("property"): ox.NamedNode(field.property)}
        if not of_all:
            bound[ox.Variable("class")] = ox.NamedNode(field.of_class)
        text = shipped.text("lodeclaim.endpoint.engines", f"{name}.rq")
        rows = store.query(text, use_default_graph_as_union=True, substitutions=bound)
        for row in cast(ox.QuerySolutions, rows):
            named, value, kind = row["node"], row["value"], row["kind"]
            if isinstance(named, ox.NamedNode) and isinstance(value, ox.Literal):
                foreign = (value.language or "en").split("-")[0] != "en"
                place = (0 if field.is_name else _TEXTS) + 2 * number + foreign
                yield named.value, field.kind or (kind.value if kind else ""), place, value.value
