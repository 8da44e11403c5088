"""Every download, read back by parsers that have nothing to do with each other: the same triples come out.

What has to come out is not taken from the exports: of the whole it is the store that the build made, of the parts the
Turtle files that people wrote.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from lodeclaim import exports, graph, parts, shortform
from lodeclaim.endpoint import rdf
from lodeclaim.namespaces import GRAPHS
from support.paths import ROOT
from support.stores import fuseki

HERE = Path(__file__).parent
INSTALL = "tests/parsers/install.sh installs it"

MEDIA_TYPES = {
    "trig": "application/trig",
    "nq": "application/n-quads",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
DATASETS = ("trig", "nq", "jsonld")
SAID = ("ontology/*.ttl", "data/vocabulary/*.ttl", "data/questions/*.ttl", "data/documents/*.ttl", "data/lineage.ttl")
"""The files of what the documents say, as a person would list them."""


def run(*command: object) -> bytes:
    done = subprocess.run([str(part) for part in command], capture_output=True, cwd=ROOT, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert b"rror" not in done.stderr, done.stderr.decode()[-2000:]
    return done.stdout


def oxigraph(file: Path, extension: str) -> bytes:
    return ox.serialize(ox.parse(path=str(file), format=exports.FORMATS[extension]), format=ox.RdfFormat.N_QUADS)


def rdflib_(file: Path, extension: str) -> bytes:
    names = {"nq": "nquads", "ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
    read = rdflib.Dataset() if extension in DATASETS else rdflib.Graph()
    read.parse(file, format=names.get(extension, extension))
    return read.serialize(format="nquads" if extension in DATASETS else "nt", encoding="utf-8")


def rapper(file: Path, extension: str) -> bytes:
    names = {"trig": "trig", "nq": "nquads", "ttl": "turtle", "nt": "ntriples", "rdf": "rdfxml"}
    return run("rapper", "--quiet", "--input", names[extension], "--output", "nquads", file)


def riot(file: Path, extension: str) -> bytes:
    # It ends before its best compiler pays.
    java = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    return run(*java, "-cp", fuseki.JAR, "riotcmd.riot", "--strict", "--output=nquads", file)


def javascript(file: Path, extension: str) -> bytes:
    output = file.with_name(file.name + ".read.nq")
    run("node", HERE / "read.mjs", file, MEDIA_TYPES[extension], output)
    return output.read_bytes()


PARSERS: dict[str, tuple[Callable[[Path, str], bytes], tuple[str, ...], Callable[[], bool]]] = {
    "pyoxigraph": (oxigraph, tuple(MEDIA_TYPES), lambda: True),
    "rdflib": (rdflib_, tuple(MEDIA_TYPES), lambda: True),
    "rapper": (rapper, ("trig", "nq", "ttl", "nt", "rdf"), lambda: shutil.which("rapper") is not None),
    "riot": (riot, tuple(MEDIA_TYPES), lambda: fuseki.missing() is None),
    "N3.js": (javascript, ("trig", "nq", "ttl", "nt"), lambda: node_has("n3")),
    "jsonld.js": (javascript, ("jsonld",), lambda: node_has("jsonld")),
}
"""How each is run, what it reads, and whether it is here."""


def node_has(package: str) -> bool:
    return shutil.which("node") is not None and (HERE / "node_modules" / package).is_dir()


CASES = [(name, extension) for name, (_, reads, _) in PARSERS.items() for extension in reads]


def lines(quads, extension: str) -> set[str]:
    """The canonical statements, without their graphs where the format has none."""
    dataset = ox.Dataset(quads if extension in DATASETS else [ox.Quad(*quad.triple) for quad in quads])
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


@pytest.fixture(scope="module")
def expected(built) -> dict[str, list[ox.Quad]]:
    """The quads of every part by its name."""
    found = {"lodeclaim": list(built), "lodeclaim-asserted": []}
    for file in (file for pattern in SAID for file in sorted(ROOT.glob(pattern))):
        name = file.relative_to(ROOT).with_suffix("").as_posix().removeprefix("data/")
        quads = [ox.Quad(*triple, ox.NamedNode(GRAPHS + name)) for triple in shortform.read(file)]
        found["lodeclaim-asserted"] += quads
        if name.startswith("documents/"):
            found[name] = quads
    return found


@pytest.fixture(scope="module")
def built_file(built, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("built") / "lodeclaim.trig"
    file.write_bytes(graph.to_trig(built))
    return file


@pytest.fixture(scope="module")
def files(built_file, expected, tmp_path_factory) -> Callable[[str, str], Path]:
    folder = tmp_path_factory.mktemp("downloads")
    quads = rdf.read_quads(built_file)

    def file(part: str, extension: str) -> Path:
        path = folder / f"{part}.{extension}"
        if not path.exists():
            rdf.write(path, exports.convert(quads, extension, part))
        return path

    return file


@pytest.fixture(scope="module")
def wanted(expected) -> Callable[[str, str], set[str]]:
    """The statements of a part as they are to be read from a format, worked out once."""
    known: dict[tuple[str, bool], set[str]] = {}

    def statements(part: str, extension: str) -> set[str]:
        key = part, extension in DATASETS
        if key not in known:
            known[key] = lines(expected[part], extension)
        return known[key]

    return statements


def test_parts_are_those_that_were_written(built, expected) -> None:
    graphs = [name.value for name in built.named_graphs()]
    assert sorted(parts.names(graphs)) == sorted(expected)
    assert len(expected) == 2 + 5


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib 7.6 uses what it deprecates
@pytest.mark.parametrize(("parser", "extension"), CASES, ids=[f"{name}-{extension}" for name, extension in CASES])
def test_download_is_read_back_to_the_same_triples(
    parser, extension, files, expected, wanted, record_property, monkeypatch
) -> None:
    read, _, is_here = PARSERS[parser]
    if not is_here():
        pytest.skip(f"{parser} is not here: {INSTALL}")
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    counts = []
    for name in expected:
        there = read(files(name, extension), extension)
        found = lines(ox.parse(there, format=ox.RdfFormat.N_QUADS), extension)
        assert len(found) == len(wanted(name, extension)), name
        assert found == wanted(name, extension), name
        counts.append(len(found))
    record_property("statements", [parser, extension, counts])
    assert counts[0] > 40_000 > counts[1] > 10_000 > counts[2]
