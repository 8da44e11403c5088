"""Values for the parameters of the catalogue's queries, beside those that they have by default."""

from __future__ import annotations

from lodeclaim.endpoint.catalogue import members, parameters, stored, values
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query, Term
from lodeclaim.namespaces import PREFIXES

# One value beside the default for each parameter that is not of a class; of a class, a member that has rows.
OTHER = {
    "events-at-a-place": {"within": "place:washington-dc"},
    "events-between-days": {"from": "2025-12-01", "to": "2026-02-02"},
    "find-by-label": {"words": "Vault"},
    "answers-yes-or-no": {"yes": "true"},
    "shares-of-at-least": {"at_least": "45.25"},
    "text-shared-by-documents": {"at_least": "10"},
    "why": {"node": "actor:cho-hyun/settled/holdsPost-post-south-korean-foreign-minister"},
}


def others(embedded: EmbeddedEngine, query: stored.StoredQuery) -> dict[str, Term]:
    """Return a value for each parameter that can have another than its default."""
    given = OTHER.get(query.name, {})
    found = {p.name: values.term(p, given[p.name], PREFIXES) for p in query.parameters if p.name in given}
    for p in query.parameters:
        if p.type.of_class:
            terms = (values.term(p, member.iri, PREFIXES) for member in members.instances(embedded, p.type.of_class))
            found[p.name] = next(
                term
                for term in terms
                if term != p.default
                and embedded.select(Query(parameters.with_values(query.text, {p.name: term})), first=1).rows
            )
    return found
