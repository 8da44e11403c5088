"""RDF as files: read, written in a stable way, and replaced whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from lodeclaim.endpoint import xmltext
from lodeclaim.endpoint.errors import SourceError, UsageError
from lodeclaim.endpoint.vocabularies import ENDPOINT, USUAL

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


RdfTerm = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
"""What can stand in a triple."""

_NAMESPACES = {**USUAL, "endpoint": ENDPOINT}


def node(name: str) -> ox.NamedNode:
    """Return the term with a usual prefix, or one of our own: `node("dcterms:title")`."""
    prefix, _, local = name.partition(":")
    return ox.NamedNode(_NAMESPACES[prefix] + local)


def read_text(path: Path) -> str:
    """Return the file's text exactly as its bytes say, newlines untouched.

    Raises SourceError for a file that cannot be read, starts with a byte-order mark or is not UTF-8.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(str(path), error.strerror or str(error), "Check the file and its permissions") from error
    if raw.startswith(_BYTE_ORDER_MARK):
        raise SourceError(str(path), "it starts with a byte-order mark", "Save it as UTF-8 without one")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path}, byte {error.start}", f"0x{raw[error.start]:02x} is not UTF-8", "Save it as UTF-8"
        ) from error


def parse(path: Path) -> list[ox.Quad]:
    """Return the triples of one Turtle file, its blank nodes renamed so that files cannot share one.

    Raises SourceError, naming file and line, for a file that is not Turtle.
    """
    return parse_text(read_text(path), str(path))


def parse_text(text: str, where: str) -> list[ox.Quad]:
    """Return the triples of a Turtle text as `parse` does; `where` is what an error names."""
    try:
        return list(ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise SourceError(f"{where}{line}", error.msg, "Correct the Turtle there") from error


def meaning(triples: Iterable[ox.Triple]) -> ox.Dataset:
    """Return what triples state, whatever blank nodes are called: equal for two that state the same."""
    dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def canonical(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Return the quads in one order, with RDFC-1.0 names for blank nodes: the same list for the same dataset."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(dataset, key=lambda q: (str(q.graph_name), str(q.subject), str(q.predicate), str(q.object)))


def serialize(
    statements: list[ox.Quad] | list[ox.Triple], format: ox.RdfFormat, prefixes: Mapping[str, str]
) -> bytes:
    """Return the statements in their order, with the prefixes where the format has prefixes.

    No name is written with an escape (`graph:settled\\/participations`), which Virtuoso takes for a part of the IRI.
    Raises SourceError, naming the triple, for one that RDF/XML cannot carry.
    """
    if format == ox.RdfFormat.RDF_XML:
        for statement in statements:
            if trouble := unfit_for_xml(statement):
                raise SourceError(*trouble)
    takes_prefixes = format in (ox.RdfFormat.TRIG, ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML)
    if format == ox.RdfFormat.RDF_XML:
        prefixes = xmltext.prefixes(prefixes)
        statements = [for_xml(statement) for statement in statements]
    written = ox.serialize(statements, format=format, prefixes=dict(prefixes) if takes_prefixes else None) or b""
    if format == ox.RdfFormat.RDF_XML:
        return written.replace(b"\r", b"&#xD;")
    if not takes_prefixes:
        return written
    # The serialiser writes its prefixes in an order that changes from run to run.
    lines = _TOKEN.sub(partial(_without_escape, prefixes), written).splitlines(keepends=True)
    count = next((i for i, line in enumerate(lines) if not line.startswith(b"@prefix")), len(lines))
    return b"".join(sorted(lines[:count]) + lines[count:])


def unfit_for_xml(statement: ox.Triple | ox.Quad) -> tuple[str, str, str] | None:
    """Return why RDF/XML cannot carry a statement: which one, what is wrong, and what to do; None where it can."""
    other = "Take another format: Turtle, N-Triples, JSON-LD"
    if not xmltext.is_element(statement.predicate.value):
        where = f"triple with the predicate {statement.predicate.value}"
        return where, "RDF/XML has no element for an IRI that does not end with a free XML name", other
    texts = (term.value for term in (statement.object, statement.subject) if not isinstance(term, ox.Triple))
    if character := next(filter(None, map(xmltext.unfit_character, texts)), None):
        where = f"triple {statement.subject} {statement.predicate} {str(statement.object)[:200]!r}"
        return where, f"it holds {character}, which XML cannot carry", other
    return None


def for_xml(statement: ox.Triple | ox.Quad) -> ox.Triple:
    """Return the triple of a statement with blank nodes whose names XML takes."""
    subject, value = statement.subject, statement.object
    if isinstance(subject, ox.BlankNode):
        subject = ox.BlankNode(xmltext.node_name(subject.value))
    if isinstance(value, ox.BlankNode):
        value = ox.BlankNode(xmltext.node_name(value.value))
    return ox.Triple(subject, statement.predicate, value)


_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|<[^>]*>|(?P<prefix>[\w-]+):(?P<local>\S*\\\S*)')
"""A string or IRI, in which nothing is looked for, or a name with an escape, as the serialiser sets them apart."""


def _without_escape(prefixes: Mapping[str, str], token: re.Match[bytes]) -> bytes:
    if token["prefix"] is None:
        return token[0]
    return b"<" + prefixes[token["prefix"].decode()].encode() + token["local"].replace(b"\\", b"") + b">"


def format_named(extension: str) -> ox.RdfFormat:
    """Return the format of the files with an extension, which must be one of RDF."""
    format = ox.RdfFormat.from_extension(extension)
    if format is None:
        raise AssertionError(f"{extension} is no RDF format")
    return format


def format_of(built: Path) -> ox.RdfFormat:
    """Return the format of a graph file, by its name."""
    return ox.RdfFormat.N_QUADS if built.suffix.lower() == ".nq" else ox.RdfFormat.TRIG


def check_regular(built: Path) -> None:
    """Raise UsageError where a graph file is there and no file: a pipe waits for ever, and is read only once."""
    if built.exists() and not built.is_file():
        kind = "folder" if built.is_dir() else "pipe" if built.is_fifo() else "device or socket"
        raise UsageError(str(built), f"it is a {kind}, and no file", "Give a file of TriG or N-Quads")


def load(built: Path, remedy: str | None = None) -> ox.Store:
    """Return a store with a TriG or N-Quads (.nq) file.

    Raises UsageError where it cannot be read, SourceError where it is broken; `remedy` is what to do about that, if
    there is something better than to mend the file.
    """
    store = ox.Store()
    with _readable(built, remedy) as format:
        store.bulk_load(path=str(built), format=format)
    return store


def read_quads(path: Path, remedy: str | None = None) -> list[ox.Quad]:
    """Return the quads of a TriG or N-Quads file; raises as `load` does."""
    with _readable(path, remedy) as format:
        return list(ox.parse(path=str(path), format=format))


def is_empty(path: Path) -> bool:
    """Return whether a graph file holds no statement; what cannot be read is for who reads it to refuse."""
    try:
        return next(ox.parse(path=str(path), format=format_of(path)), None) is None
    except (OSError, SyntaxError):
        return False


@contextmanager
def _readable(built: Path, remedy: str | None) -> Iterator[ox.RdfFormat]:
    """Give the format of a file to a block that reads it, and say what is wrong where that fails."""
    check_regular(built)
    try:
        yield format_of(built)
    except OSError as error:
        raise unreadable(built, error, remedy) from error
    except SyntaxError as error:
        raise malformed(built, error, remedy) from error


def unreadable(built: Path, error: OSError, remedy: str | None = None) -> UsageError:
    """Return what to say of a graph file that the system does not give."""
    found = f"it cannot be read ({error.strerror or error})"
    return UsageError(str(built), found, remedy or "Check its name and its permissions")


def malformed(built: Path, error: SyntaxError, remedy: str | None = None) -> SourceError:
    """Return what to say of a graph file that a parser refuses: the line, what is wrong there, and what to do."""
    line = f", line {error.lineno}" if error.lineno else ""
    found = f"not {format_of(built).name} ({error.msg})"
    return SourceError(f"{built}{line}", found, remedy or _other_format(built) or _MEND)


_MEND = "Correct it there, or give a file of TriG, or one of N-Quads whose name ends in .nq"


def _other_format(built: Path) -> str:
    """Return what to do with a file that is of another format than its name says; empty where it is of none."""
    if _begins(built, format_of(built)):
        return ""
    if built.suffix.lower() in _TABLES:
        return "A table is no RDF: give a graph in TriG or N-Quads"
    if _is_packed(built):
        return "It is compressed: unpack it first"
    for format, name in {ox.RdfFormat.N_QUADS: "ends in .nq", ox.RdfFormat.TRIG: "ends in .trig"}.items():
        if _begins(built, format):
            return f"It reads as {format.name}: give it a name that {name}"
    for format in (ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD):
        if _begins(built, format):
            return f"It reads as {format.name}: write it as TriG or N-Quads"
    return ""


def _is_packed(built: Path) -> bool:
    try:
        with built.open("rb") as stream:
            return stream.read(8).startswith(_PACKED)
    except OSError:
        return False


_TABLES = (".csv", ".tsv", ".xls", ".xlsx", ".ods")

_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""How files of gzip, zip, bzip2, xz and zstd begin."""


def _begins(built: Path, format: ox.RdfFormat) -> bool:
    """Return whether statements stand at the beginning of a file when it is read in a format."""
    try:
        # Two: the end of the first is only looked for behind it.
        return bool(list(islice(ox.parse(path=str(built), format=format), 2)))
    except (OSError, SyntaxError):
        return False


def check_replaceable(path: Path) -> None:
    """Raise UsageError where something is there that is no file."""
    if path.exists() and not path.is_file():
        found = "it is there and no file, and would be replaced by one"
        raise UsageError(str(path), found, "Give the name of a file, with --output, or leave --output out")


def write(path: Path, content: bytes) -> None:
    """Replace the file whole or not at all: written beside it, then renamed.

    Raises SourceError where the folder cannot be written to; the old file is then untouched. Raises UsageError where
    something is there that is no file: a device is not to be replaced.
    """
    beside: Path | None = None
    check_replaceable(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        beside = Path(name)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        beside.chmod(0o644)  # mkstemp makes it private to the user
        beside.replace(path)
    except OSError as error:
        raise SourceError(
            str(path), error.strerror or str(error), "Choose a folder that you may write to, with --output"
        ) from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
