"""Where the Turtle, rules and queries are: in a checkout, in an installed wheel, and in folders of the user's own."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lodeclaim.endpoint.errors import SourceError, UsageError
from lodeclaim.endpoint.rdf import check_regular
from lodeclaim.namespaces import GRAPHS

_LAYOUT = {
    "ontology": "ontology/*.ttl",
    "alignments": "ontology/alignments/*.ttl",
    "rules": "ontology/rules/**/*.rq",
    "shapes": "shapes/*.ttl",
    "lint": "shapes/lint/*.violation.rq",
    "vocabulary": "data/vocabulary/*.ttl",
    "questions": "data/questions/*.ttl",
    "documents": "data/documents/*.ttl",
    "lineage": "data/lineage.ttl",
    "description": "data/description.ttl",
    "queries": "data/queries/*.rq",
    "profiles": "data/profiles/*.ttl",
}
_OF_PROFILES = "data/profiles/*.rq"
"""The queries of profiles, which lie beside them."""

ASSERTED = ("ontology", "vocabulary", "questions", "documents", "lineage", "description")
"""The kinds of file whose triples make up the graph that everything else is derived from."""

_REPLACED = ("description", "lineage")

PLACES = tuple(_LAYOUT.values())
"""Where files are read from, as patterns below a folder."""

BUILT = Path("data/graph/lodeclaim.trig")


@dataclass(frozen=True)
class Source:
    """One file, with its path below the folder that it was found in."""

    path: Path
    relative: Path

    @property
    def graph(self) -> str:
        """The IRI of the named graph that holds this file's triples."""
        parts = self.relative.with_suffix("").parts
        return GRAPHS + "/".join(parts[1:] if parts[0] == "data" else parts)


@dataclass(frozen=True)
class Resources:
    """The project's own folder, then the user's, all in one layout."""

    roots: tuple[Path, ...]

    def files(self, kind: str) -> list[Source]:
        """Return the files of one kind (a key of the layout), sorted by name.

        A user's description replaces the project's, since what it describes is another dataset, and so does a
        user's lineage, which is measured over the documents of both. Of any other kind two folders must not hold
        a file of the same name, which would write one named graph: SourceError. So is what is there and no file.
        """
        found: dict[Path, Source] = {}
        for root in self.roots:
            for path in sorted(root.glob(_LAYOUT[kind])):
                relative = path.relative_to(root)
                if relative in found and kind not in _REPLACED:
                    raise SourceError(
                        str(path),
                        f"its name is taken by {found[relative].path}",
                        "Rename it: a file's name is the name of its graph",
                    )
                if not path.is_file():  # a pipe would be waited for
                    raise SourceError(str(path), "it is no file", "Take it away, or put a file there")
                found[relative] = Source(path, relative)
        return [found[key] for key in sorted(found, key=lambda p: (p.name, str(p)))]

    def asserted(self) -> Iterator[Source]:
        """Yield every Turtle file whose triples belong in the graph."""
        for kind in ASSERTED:
            yield from self.files(kind)

    def own_files(self) -> Iterator[Path]:
        """Yield the Turtle files and queries of the user's folders: the project's have the names of this version."""
        for kind in (*ASSERTED, "shapes", "rules", "lint", "queries"):
            for source in self.files(kind):
                if source.path != self.roots[0] / source.relative:
                    yield source.path

    def strays(self) -> Iterator[Path]:
        """Yield the Turtle files and queries of the user's folders that lie where nothing is read from."""
        for root in self.roots[1:]:
            read = {path for pattern in (*_LAYOUT.values(), _OF_PROFILES) for path in root.glob(pattern)}
            for part in ("ontology", "shapes", "data"):
                for path in sorted((root / part).rglob("*")):
                    is_hidden = any(name.startswith(".") for name in path.relative_to(root).parts)
                    is_source = path.suffix.lower() in {".ttl", ".rq"} and path.parent != (root / BUILT).parent
                    if is_source and not is_hidden and path not in read and path.is_file():
                        yield path

    def digest(self) -> str:
        """Return one SHA-256 over the names and bytes of all files that the built graph depends on."""
        total = hashlib.sha256()
        for kind in (*ASSERTED, "rules", "queries"):
            for source in self.files(kind):
                total.update(source.relative.as_posix().encode())
                total.update(hashlib.sha256(source.path.read_bytes()).digest())
        return total.hexdigest()

    @property
    def built_graph(self) -> Path:
        """The file that `build` writes and the endpoint reads: in the user's folder where there is one."""
        return self.roots[-1] / BUILT

    @property
    def is_fresh(self) -> bool:
        """Whether there is a built graph, made from the files as they are now."""
        # The digest stands in one line of the file: no need to load the graph to see it.
        return self.built_graph.is_file() and self.digest().encode() in self.built_graph.read_bytes()

    @property
    def stale(self) -> str:
        """What to say where the built graph is not fresh."""
        return f"{self.built_graph} was built from other files than those here. {self.rebuild}"

    @property
    def rebuild(self) -> str:
        """What to do where the built graph is missing, old or broken."""
        return "Run lodeclaim build" + "".join(f" --extra {shlex.quote(str(folder))}" for folder in self.roots[1:])

    def remedy(self, file: Path) -> str | None:
        """Return what to do about a graph file that is broken: build the built one anew, None for another."""
        return self.rebuild if file == self.built_graph else None

    def graph_file(self, chosen: Path | None = None) -> Path:
        """Return the graph to read, if another is not chosen the built one.

        Raises UsageError where nothing is built yet, or where what is chosen is no file.
        """
        if chosen is not None:
            check_regular(chosen)
            if not chosen.exists():
                table = " (a table is no RDF)" if chosen.suffix.lower() in (".csv", ".tsv", ".xlsx") else ""
                remedy = f"Give a file of TriG, or one of N-Quads that ends in .nq{table}"
                raise UsageError(str(chosen), "is no file", remedy)
            return chosen
        if not self.built_graph.is_file():
            raise UsageError(str(self.built_graph), "is not there yet", self.rebuild)
        return self.built_graph


def find(extra: tuple[Path, ...] = ()) -> Resources:
    """Return the project's folder followed by the user's.

    Raises UsageError for a folder that does not exist or has nothing of the expected layout.
    """
    for folder in extra:
        if not folder.is_dir():
            raise UsageError(str(folder), "is no folder", "Give --extra a folder with ontology/, shapes/ or data/")
        if not any(next(folder.glob(pattern), None) for pattern in _LAYOUT.values()):
            raise UsageError(
                str(folder),
                "holds none of " + ", ".join(PLACES),
                "Lay it out like the project's own folders, or begin one with lodeclaim init FOLDER",
            )
    return Resources((project_folder(), *(folder.resolve() for folder in extra)))


def project_folder() -> Path:
    """Return the folder with ontology/, shapes/ and data/: the checkout's, else the one inside the wheel."""
    package = Path(__file__).resolve().parent
    for candidate in (package.parents[1], package / "_bundled"):
        if (candidate / "ontology" / "lodeclaim.ttl").is_file():
            return candidate
    raise SourceError(
        str(package), "no ontology beside the package", "Install lodeclaim again, or run it from a checkout"
    )
