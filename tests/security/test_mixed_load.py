"""S23, S24 together: while hostile queries run, no good request is lost or wrong."""

from __future__ import annotations

import os

from support import mixed_load, servers

SECONDS = float(os.environ.get("LODECLAIM_LOAD_SECONDS", "8"))


def test_no_good_request_is_lost_while_hostile_ones_run():
    with servers.serve(mixed_load.GRAPH, "--log", "off", "--memory-mib", "256") as server:
        tally = mixed_load.run(server, SECONDS)
        print(mixed_load.figures(tally))
        assert tally.wrong == []
        assert all(tally.seconds.values())
        assert tally.hostile
        assert servers.eventually(lambda: len(server.workers()) == (os.cpu_count() or 1) + 2)
        assert server.ask("ASK { ?s ?p ?o }").json["boolean"] is True
