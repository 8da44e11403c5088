"""What XML 1.0 cannot carry: characters, and predicates that RDF/XML has no element for.

The engine's writers put everything into XML as it is. One such triple, and no parser reads the file; a carriage
return comes back as a line feed (XML 1.0, sections 2.2 and 2.11; RDF 1.1 XML Syntax, sections 5.1 and 6.1.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNFIT_BYTES = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
"""Without the planes beyond the first, which parsers of XML 1.0 before its fifth edition take for no letters."""

_NAME_AT_END = re.compile(f"[{_START}][{_START}0-9.\u00b7\u0300-\u036f\u203f\u2040-]*$")
_XMLNS = "http://www.w3.org/2000/xmlns/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RESERVED = frozenset(
    _RDF + name
    for name in (
        *("Description", "ID", "RDF", "about", "aboutEach", "aboutEachPrefix", "bagID", "li", "nodeID", "parseType"),
        "resource",
    )
)
_LONGEST = 2


def unfit_character(text: str) -> str | None:
    """Return the first character of a text that XML has no way to write, as `U+0001`; None where there is none."""
    found = _UNFIT.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def is_element(predicate: str) -> bool:
    """Return whether RDF/XML can have an element for a predicate: its IRI ends with an XML name that is free."""
    is_free = predicate not in _RESERVED and not predicate.startswith(_XMLNS)
    return is_free and _NAME_AT_END.search(predicate) is not None


def prefixes(known: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that XML does not keep for itself (Namespaces in XML 1.0, section 3)."""
    return {name: namespace for name, namespace in known.items() if not name.lower().startswith("xml")}


def node_name(label: str) -> str:
    """Return a label of a blank node as an XML name, another one for each."""
    return label if re.match(f"[{_START}]", label) and not label.startswith("_") else f"_{label}"


def written(write: Callable[[bytes], object], refuse: Callable[[str], Exception]) -> Callable[[bytes], object]:
    """Return a `write` for the parts of an XML document, in UTF-8, that keeps carriage returns.

    It raises what `refuse` makes of the character where there is one that XML cannot carry.
    """
    behind = b""

    def checked(part: bytes) -> None:
        nonlocal behind
        if found := _UNFIT_BYTES.search(behind + part):  # a character may come in two parts
            raise refuse(f"U+{ord(found[0].decode()):04X}")
        behind = part[-_LONGEST:] if len(part) >= _LONGEST else (behind + part)[-_LONGEST:]
        write(part.replace(b"\r", b"&#xD;"))

    return checked
