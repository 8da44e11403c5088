"""The command that builds the graph."""

from __future__ import annotations

from pathlib import Path

import click

from lodeclaim import build, checksums, graph, resources
from lodeclaim.command_options import (
    PATH,
    Command,
    extra_option,
    fail,
    graph_option,
    policy_iri,
    policy_option,
    progress,
    say,
)
from lodeclaim.endpoint import profiles, rdf
from lodeclaim.endpoint.checksums import beside
from lodeclaim.endpoint.engines import dataset
from lodeclaim.endpoint.engines.fulltext import Field
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.resources import Resources


@click.command("build", cls=Command, belong="--output")
@extra_option
@policy_option
@click.option("--output", type=PATH, help="Where to write the graph: TriG, or N-Quads in a file that ends in .nq.")
@click.option("--data-dir", type=PATH, help="Also write a store on disk there, for serve.")
@graph_option
def command(
    extra: tuple[Path, ...], policy: str, output: Path | None, data_dir: Path | None, graph_file: Path | None
) -> None:
    """Validate, derive and write the graph.

    Without --output it goes to data/graph/lodeclaim.trig of the project, or of the last --extra folder; beside it go
    the checksums of the files that it can be had as. With
    --data-dir it becomes a store on disk besides; with --graph that file does, and nothing else is done.

    \b
    Examples:
      lodeclaim build --extra my-claims
      lodeclaim build --data-dir /var/lib/lodeclaim --graph large.nq
    """
    sources = resources.find(extra)
    if graph_file is not None:
        if data_dir is None:
            raise UsageError("--graph", "given without --data-dir", "Say where the store is to be with --data-dir")
        rdf.check_regular(graph_file)
        say(f"version {dataset.store(data_dir, graph_file, _searched(sources))[:12]} in {data_dir}")
        return
    target = output or sources.built_graph
    rdf.check_replaceable(target)  # before the work, not behind it
    built = build.build(sources, progress, policy_iri(sources, policy))
    if built.findings:
        fail(list(built.findings))
    quads = list(built.store)
    digests = checksums.work_out(quads, lambda told: say(f"checksum {told}"))
    # Before the graph: a server that follows the graph must find them there.
    rdf.write(beside(target), checksums.to_turtle(quads, digests))
    rdf.write(target, graph.serialize(rdf.canonical(quads), rdf.format_of(target)))
    if data_dir is not None:
        say(f"version {dataset.store(data_dir, target, _searched(sources))[:12]} in {data_dir}")
    say(f"{len(quads):,} triples in {target}")


def _searched(sources: Resources) -> tuple[Field, ...]:
    return profiles.fields([source.path for source in sources.files("profiles")])
