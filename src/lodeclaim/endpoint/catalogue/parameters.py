"""The parameters of a query: declared in the comment at its head, with a default in a VALUES clause of their own.

    # What did a person write?
    # Parameter ?person (foaf:Person): who wrote it.
    ...
      VALUES ?person { ex:somebody }

The text runs as it stands in any client and store. Where a value is given, the clause is taken out, found by tokens
and never by searching text, and the variable is bound to a term. `UNDEF` in the clause is a parameter without a
default: any value, or none at all unless it is `required`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query, Term
from lodeclaim.endpoint.errors import EngineError, QueryError
from lodeclaim.endpoint.sparql.formats import offered
from lodeclaim.endpoint.sparql.tokens import Token, tokenize
from lodeclaim.endpoint.vocabularies import RDF, XSD

LANG_STRING = RDF.langString
DATATYPES = {name: XSD + name for name in ("string", "integer", "decimal", "date", "boolean")}
"""What a parameter's type may be called, beside `IRI`, a class, and `string@en` in any language."""

RESERVED = frozenset({"format", "timeout"})
"""What a call of a stored query says beside its parameters."""

_COMMENT = re.compile(r"(?:#.*\n)+")
_GROUP = re.compile(r"# Group: (?P<group>\S.*)")
_PARAMETER = re.compile(
    r"# Parameter \?(?P<name>\w+) \((?P<type>[^(),]+)(?P<required>, required)?\): (?P<words>\S.*)"
)
_LANGUAGE = re.compile(r"string@(?P<language>[A-Za-z]+(?:-[A-Za-z0-9]+)*)")


@dataclass(frozen=True)
class Type:
    """What a parameter takes: literals of a datatype (in a language), else IRIs (of the members of a class)."""

    datatype: str | None = None
    language: str | None = None
    of_class: str | None = None


@dataclass(frozen=True)
class Parameter:
    """One parameter: the variable's name without `?`, what it takes and means, and what it is without a value."""

    name: str
    type: Type
    description: str
    required: bool = False
    default: Term | None = None


@dataclass(frozen=True)
class Head:
    """What the comment at the head of a query says: its question and notes, its group, its parameters."""

    comment: str
    group: str | None
    parameters: tuple[Parameter, ...]


def read(text: str, prefixes: Mapping[str, str]) -> Head:
    """Return what a query's head declares, with the defaults that its text gives; the prefixes need no declaration.

    A query without a comment at its head declares nothing. Raises QueryError where the guard refuses the query, where
    a parameter is declared in another form, has no clause or several, or cannot be bound.
    """
    comment = _COMMENT.match(text)
    words, groups, parameters = [], [], []
    for line in comment[0].splitlines() if comment else ():
        if group := _GROUP.fullmatch(line):
            groups.append(group["group"])
        elif line.startswith(("# Parameter ", "# Parameter:")):
            parameters.append(_declared(line, prefixes))
        else:
            words.append(line.removeprefix("#").strip())
    query = Query(text, prefixes=prefixes)
    clauses = _clauses(text)
    parameters = [_with_default(parameter, query, clauses) for parameter in parameters]
    if len({parameter.name for parameter in parameters}) < len(parameters):
        raise QueryError("query", "it declares a parameter twice", "Give each a name of its own")
    return Head(" ".join(filter(None, words)), groups[0] if groups else None, tuple(parameters))


def replace(text: str, clauses: Mapping[str, str]) -> str:
    """Return a query with the VALUES clause of each named parameter replaced; the lines keep their numbers.

    An empty string takes the clause out, for the variable to be bound to a term. An engine that cannot bind is
    given `VALUES ?name { term }`, with a term that was serialised.
    """
    found = [(span, name) for name in clauses for span in _clauses(text, alone=not clauses[name]).get(name, ())]
    for span, name in sorted(found, key=lambda item: item[0].start, reverse=True):
        lines = "\n" * text[span.start : span.stop].count("\n")
        text = text[: span.start] + clauses[name] + lines + text[span.stop :]
    return text


def with_values(text: str, bindings: Mapping[str, Term]) -> str:
    """Return a query with values serialised in place of defaults: to edit, and for engines that cannot bind."""
    return replace(text, {name: f"VALUES ?{name} {{ {node(term)} }}" for name, term in bindings.items()})


def node(term: Term) -> ox.NamedNode | ox.Literal:
    """Return an IRI or literal as the library of the graph has it, whose text is its form in N-Triples."""
    if term.kind == "iri":
        return ox.NamedNode(term.value)
    datatype = ox.NamedNode(term.datatype) if term.datatype else None
    return ox.Literal(term.value, datatype=datatype, language=term.language)


def _declared(line: str, prefixes: Mapping[str, str]) -> Parameter:
    found = _PARAMETER.fullmatch(line)
    if found is None:
        remedy = (
            "Write '# Parameter ?person (foaf:Person): what it means.', with ', required' after the type if it is"
        )
        raise QueryError("query", f"{line!r} declares no parameter", remedy)
    if found["name"] in RESERVED:
        raise QueryError(f"parameter ?{found['name']}", "the name is taken by the protocol", "Choose another name")
    return Parameter(
        found["name"], _type(found["name"], found["type"].strip(), prefixes), found["words"], bool(found["required"])
    )


def _type(name: str, words: str, prefixes: Mapping[str, str]) -> Type:
    if words == "IRI":
        return Type()
    if words in DATATYPES:
        return Type(datatype=DATATYPES[words])
    if found := _LANGUAGE.fullmatch(words):
        return Type(datatype=LANG_STRING, language=found["language"].lower())
    prefix, _, local = words.partition(":")
    if prefix in prefixes and re.fullmatch(r"\w+", local):
        return Type(of_class=prefixes[prefix] + local)
    if found := re.fullmatch(r"<(?P<iri>[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+)>", words):
        return Type(of_class=found["iri"])
    known = ", ".join(["IRI", *DATATYPES, "string@en"])
    raise QueryError(f"parameter ?{name}", f"{words!r} is no type", f"Use {known} or a class, as foaf:Person")


def _with_default(parameter: Parameter, query: Query, clauses: Mapping[str, Sequence[slice]]) -> Parameter:
    """Return the parameter with the default in its clause, having bound it once to see that it can be."""
    where = f"parameter ?{parameter.name}"
    spans = clauses.get(parameter.name, ())
    if len(spans) != 1:
        found = "several VALUES clauses give its default" if spans else "no VALUES clause gives its default"
        raise QueryError(where, found, f"Write `VALUES ?{parameter.name} {{ ... }}` once, with one term or UNDEF")
    engine = EmbeddedEngine(ox.Store())
    form = next(token for token in query.outline.tokens if token.text.upper() == query.outline.form)
    prologue = query.text[: form.offset]
    clause = Query(f"{prologue} SELECT * WHERE {{ {query.text[spans[0]]} }}", prefixes=query.prefixes)
    default = engine.select(clause).rows[0][0]
    if default is not None and not _fits(default, parameter.type):
        raise QueryError(where, f"its default {default.value!r} is not of its type", "Change one of the two")
    if default is not None and parameter.required:
        raise QueryError(
            where, "it is required, and has a default", "Write UNDEF for the default, or drop `required`"
        )
    bound = Query(
        replace(query.text, {parameter.name: ""}),
        prefixes=query.prefixes,
        bindings={parameter.name: default or Term("urn:any", "iri")},
    )
    try:
        engine.query(bound, offered(query.outline.form)[0])
    except EngineError as error:
        remedy = f"Add ?{parameter.name} to what the query selects: only a column can be bound"
        raise QueryError(where, f"it is no column of the {query.outline.form}", remedy) from error
    return Parameter(parameter.name, parameter.type, parameter.description, parameter.required, default)


def _fits(term: Term, type: Type) -> bool:
    if type.datatype is None:
        return term.kind == "iri"
    if type.datatype == LANG_STRING:
        return term.kind == "literal" and (term.language or "").lower() == type.language
    datatype = term.datatype or (None if term.language else DATATYPES["string"])
    return term.kind == "literal" and datatype == type.datatype


def _clauses(text: str, alone: bool = False) -> dict[str, list[slice]]:
    """Return where the VALUES clauses of one variable and one term stand, by the variable's name.

    With `alone` an OPTIONAL that holds nothing else belongs to the clause: Virtuoso stumbles over an empty one.
    """
    tokens = list(tokenize(text))
    found: dict[str, list[slice]] = {}
    for i, token in enumerate(tokens[:-4]):
        if token.text.upper() != "VALUES" or tokens[i + 1].kind != "variable" or tokens[i + 2].text != "{":
            continue
        end = next((j for j in range(i + 3, len(tokens)) if tokens[j].text == "}"), None)
        if end is None or not _is_one_term(tokens[i + 3 : end]):
            continue
        first, last = token, tokens[end]
        around = [near.text.upper() for near in (*tokens[max(i - 2, 0) : i], *tokens[end + 1 : end + 2])]
        if alone and around == ["OPTIONAL", "{", "}"]:
            first, last = tokens[i - 2], tokens[end + 1]
        found.setdefault(tokens[i + 1].text[1:], []).append(slice(first.offset, last.end))
    return found


def _is_one_term(tokens: Sequence[Token]) -> bool:
    match [token.kind for token in tokens]:
        case ["iri"] | ["name"] | ["string"] | ["number"] | ["string", "language"] | ["word"]:
            return True
        case ["mark", "number"]:
            return tokens[0].text in "+-"
        case ["string", "mark", "iri" | "name"]:
            return tokens[1].text == "^^"
    return False
