"""Updates are refused, and told apart: one that is well-formed from one that is not."""

from __future__ import annotations

import pyoxigraph as ox

from lodeclaim.endpoint.engines.oxigraph import syntax_error
from lodeclaim.endpoint.sparql.guard import TextLimits, check_update

_NOWHERE = "urn:lodeclaim:nowhere"


def check_well_formed(update: str, limits: TextLimits | None = None) -> None:
    """Raise QueryError unless the text is a SPARQL 1.1 Update; nothing of it is carried out.

    The embedded parser has no entrance of its own. So the update is given to an empty store behind an operation
    that must fail, and does so only once all of the text is parsed.
    """
    start = check_update(update, limits or TextLimits())
    stop = f" DROP GRAPH <{_NOWHERE}> ; "
    try:
        ox.Store().update(update[:start] + stop + update[start:], base_iri=_NOWHERE)
    except SyntaxError as error:
        raise syntax_error(str(error)) from error
    except RuntimeError as error:
        if _NOWHERE not in str(error):
            raise
