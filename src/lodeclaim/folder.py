"""The files with which a folder of somebody's own begins, for `--extra`."""

from __future__ import annotations

import re
import shlex
from datetime import date
from string import Template

from lodeclaim import resources
from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.catalogue.values import shown
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.prefixes import is_iri
from lodeclaim.namespaces import BASE, PREFIXES

_FILES = {
    "README.md": "README.md",
    "ontology/{key}.ttl": "module.ttl",
    "shapes/{key}.ttl": "shapes.ttl",
    "data/vocabulary/{key}.ttl": "vocabulary.ttl",
    "data/questions/{key}.ttl": "questions.ttl",
}


def files(name: str, namespace: str | None = None) -> dict[str, str]:
    """Return the texts of a new folder by their paths below it; `name` is that of the folder.

    Raises UsageError for a namespace that is no IRI to which names can be added.
    """
    if not name.isprintable():
        raise UsageError(repr(name), "its name has signs that no text can show", "Give the folder another name")
    key = _key(name)
    namespace = f"https://example.org/{key}/" if namespace is None else namespace
    is_taken = namespace.lower().startswith(BASE.rstrip("/")) or namespace in PREFIXES.values()
    if not is_iri(namespace) or not namespace.endswith(("/", "#")) or is_taken:
        found = f"{shown(namespace)} is no namespace of yours"
        raise UsageError("--namespace", found, "Give an IRI that ends in / or #, such as https://example.org/mine/")
    given = {
        "name": re.sub(r'[\\"\r\n]', "", name),
        "folder": shlex.quote(name),
        "prefix": key,
        "namespace": namespace,
        "module": f"{namespace.rstrip('/#')}/ontology",
        "today": date.today().isoformat(),
        "year": str(date.today().year),
    }
    texts = {path: shipped.text("lodeclaim.templates", "folder", file) for path, file in _FILES.items()}
    return {path.format(key=key): Template(text).substitute(given) for path, text in texts.items()}


def _key(name: str) -> str:
    """Return the name of a folder as a prefix and file name that none of ours has."""
    key = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    key = key if re.match("[a-z]", key) else f"my-{key}".strip("-")
    ours = resources.find()
    kinds = ("ontology", "shapes", "vocabulary", "questions")
    taken = {source.path.stem for kind in kinds for source in ours.files(kind)}
    return f"my-{key}" if key in taken or key in PREFIXES else key
