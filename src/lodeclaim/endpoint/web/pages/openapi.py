"""The HTTP interface in OpenAPI 3.1: what stands in openapi.json, and the catalogue as it is now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.catalogue import values
from lodeclaim.endpoint.catalogue.members import Instance
from lodeclaim.endpoint.catalogue.parameters import Parameter
from lodeclaim.endpoint.catalogue.stored import StoredQuery
from lodeclaim.endpoint.prefixes import Prefixes
from lodeclaim.endpoint.sparql.formats import Format, offered
from lodeclaim.endpoint.sparql.guard import check

TAG = "Stored queries"

Json = dict[str, Any]

_TYPES: Mapping[str, Json] = {
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
_EXAMPLES = {"integer": "1", "decimal": "0.5", "boolean": "true", "date": "2026-02-04"}


def document(
    catalogue: Sequence[StoredQuery],
    members: Mapping[str, Sequence[Instance]],
    prefixes: Prefixes,
    public_url: str | None,
    title: str,
) -> Json:
    """Return the OpenAPI document of a dataset that is called `title`.

    `members` are some members of each class that a parameter takes, for examples; queries and values may use the
    prefixes.
    """
    described: Json = json.loads(shipped.text("lodeclaim.endpoint.web.pages", "openapi.json"))
    described["info"] |= {"title": title, "version": shipped.version()}
    described["servers"] = [{"url": (public_url or "/").rstrip("/") or "/"}]
    described["tags"].append({"name": TAG, "description": "Queries of the catalogue, called by name."})
    for query in catalogue:
        described["paths"][f"/api/queries/{query.name}"] = _path(query, members, prefixes)
    return described


def _path(query: StoredQuery, members: Mapping[str, Sequence[Instance]], prefixes: Prefixes) -> Json:
    parameters = [_parameter(parameter, members, prefixes) for parameter in query.parameters]
    choice: Json = {"$ref": "#/components/parameters/format"}
    answers: Json = {
        "200": {
            "description": "The answer, whole.",
            "content": _content(offered(check(query.text, known=prefixes).form)),
        },
        "4XX": {"$ref": "#/components/responses/Problem"},
        "5XX": {"$ref": "#/components/responses/Problem"},
    }
    question, _, notes = query.comment.partition("? ")
    common: Json = {"tags": [TAG], "summary": f"{question}?" if notes else question, "responses": answers}
    form: Json = {
        "type": "object",
        "properties": {p["name"]: p["schema"] | {"description": p["description"]} for p in parameters},
        "required": [parameter.name for parameter in query.parameters if parameter.required],
    }
    post: Json = common | {"operationId": f"{query.name}-post", "parameters": [choice]}
    if parameters:
        post["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    get = common | {"operationId": f"{query.name}-get", "parameters": [*parameters, choice]}
    if notes:
        get["description"] = notes
    return {"get": get, "post": post}


def _content(formats: Sequence[Format]) -> Json:
    schemas: dict[str, Json] = {
        "application/sparql-results+json": {"$ref": "#/components/schemas/Results"},
        "application/ld+json": {},
    }
    return {f.media_type: {"schema": schemas.get(f.media_type, {"type": "string"})} for f in formats}


def _parameter(parameter: Parameter, members: Mapping[str, Sequence[Instance]], prefixes: Prefixes) -> Json:
    schema = _schema(parameter, prefixes)
    examples = _examples(parameter, members, prefixes)
    described: Json = {
        "name": parameter.name,
        "in": "query",
        "description": f"{parameter.description} It takes {values.takes(parameter.type, prefixes)}.",
        "required": parameter.required,
        "schema": schema,
    }
    if examples:
        described["examples"] = {
            f"example-{number}": {"summary": label, "value": _value(parameter, value)}
            for number, (value, label) in enumerate(examples, 1)
        }
    return described


def _schema(parameter: Parameter, prefixes: Prefixes) -> Json:
    local = _local(parameter)
    schema = dict(_TYPES.get(local, {"type": "string"} if local else {"type": "string", "format": "iri"}))
    if parameter.default is not None:
        schema["default"] = _value(parameter, values.written(parameter.default, prefixes))
    return schema


def _examples(
    parameter: Parameter, members: Mapping[str, Sequence[Instance]], prefixes: Prefixes
) -> list[tuple[str, str]]:
    """Return values that work, each with what it stands for: the default, and members of the class beside it."""
    found = [(values.written(parameter.default, prefixes), "the default")] if parameter.default else []
    if parameter.type.of_class:
        near = members.get(parameter.type.of_class, ())
        found += [(prefixes.curie(member.iri) or member.iri, member.label) for member in near[:3]]
    elif _local(parameter) in _EXAMPLES:
        found.append((_EXAMPLES[_local(parameter)], "another value"))
    return list({value: (value, label) for value, label in reversed(found)}.values())[::-1]


def _value(parameter: Parameter, written: str) -> str | int | float | bool:
    match _local(parameter):
        case "integer":
            return int(written)
        case "decimal":
            return float(written)
        case "boolean":
            return written in {"true", "1"}
    return written


def _local(parameter: Parameter) -> str:
    """Return the name of a parameter's datatype without its namespace; empty for an IRI."""
    return (parameter.type.datatype or "").rpartition("#")[2]
