"""Wrong use of the command line: names that no command has, words that look like options, places that are none."""

from __future__ import annotations

import click
import pytest

from lodeclaim.cli import COMMANDS, ELSEWHERE, main
from support.commands import fails, succeeds
from support.paths import TESTS, TINY

ARTICLE = TESTS / "fixtures" / "texts" / "harbour-news.txt"


def command_named(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


# Names of commands.


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("quer", "query"),
        ("q", "query"),
        ("QUERY", "query"),
        ("qurey", "query"),
        ("biuld", "build"),
        ("comp", "compare"),
        ("annotation", "annotate"),
        ("exprot", "export"),
        ("server", "serve"),
        ("measures", "measure"),
        ("psuh", "push"),
    ],
)
def test_a_misspelt_command_is_told_the_nearest(typed, meant) -> None:
    said = fails(2, typed)
    assert f"Error: No such command {typed!r}. Did you mean lodeclaim {meant}" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_found_by_all_but_its_last_letter(command) -> None:
    assert f"lodeclaim {command}" in fails(2, command[:-1]).partition("Did you mean ")[2]


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("why", "lodeclaim compare QUESTION --why"),
        ("Why", "lodeclaim compare QUESTION --why"),
        ("changes", "lodeclaim compare --without"),
        ("ask", "lodeclaim query 'ASK ...'"),
        ("find", "lodeclaim search WORDS"),
        ("convert", "lodeclaim export"),
        ("validate", "lodeclaim check"),
        ("help", "lodeclaim -h"),
        ("version", "lodeclaim --version"),
    ],
)
def test_what_is_somewhere_else_is_told_where(typed, where) -> None:
    assert f"Error: No such command {typed!r}. It is {where}" in fails(2, typed, "project-vault-loan")


def test_what_is_told_to_be_somewhere_else_is_there() -> None:
    """The first word behind `lodeclaim` is a command, and each option in what is told is one of that command."""
    assert not set(ELSEWHERE) & set(COMMANDS)
    for told in ELSEWHERE.values():
        for each in told.split("lodeclaim ")[1:]:
            name, *words = each.replace(",", " ").split()
            options = [word for word in words if word.startswith("--")]
            if name in ("-h", "--version"):
                continue
            known = {option for parameter in command_named(name).params for option in parameter.opts}
            assert known.issuperset(options), told


def test_the_queries_that_are_told_of_are_there() -> None:
    assert "cobalt" in succeeds("query", "find-by-label", "--param", "words=cobalt")
    node = "https://w3id.org/lodeclaim/id/nothing"
    assert succeeds("query", "why", "--param", f"node={node}").splitlines() == [
        "node\trelation\trests_on\trule\tpolicy\twho\tpassage"
    ]


@pytest.mark.parametrize("typed", ["zzz", "", "x" * 5_000, "\x1b[31m"])
def test_a_command_that_is_like_none_is_told_which_there_are(typed) -> None:
    said = fails(2, typed)
    assert said.endswith(f". There are {', '.join(COMMANDS)}.\n")
    assert len(said) < 500
    assert "\x1b" not in said


def test_an_option_before_its_command_is_told_where_it_stands() -> None:
    said = fails(2, "--graph", TINY, "query", "ASK {}")
    assert "No such option '--graph'." in said
    assert "Options of a command stand behind its name" in said


# Words that begin with a dash.

TAKE_WORDS = {
    "annotate": "TEXT [PHRASE]...",
    "compare": "[QUESTION|TOPIC|TEXT]",
    "diff": "OLD [NEW]",
    "init": "FOLDER",
    "push": "URL",
    "query": "QUERY",
    "search": "WORDS",
    "upgrade": "FOLDER",
}


def test_commands_that_take_words_are_these() -> None:
    taking = {
        name
        for name in COMMANDS
        if any(isinstance(parameter, click.Argument) for parameter in command_named(name).params)
    }
    assert taking == set(TAKE_WORDS)


@pytest.mark.parametrize("words", ["--- text", "--text", "-5 per cent", "---", "--x=1"])
@pytest.mark.parametrize("command", TAKE_WORDS)
def test_words_that_look_like_an_option_are_told_to_stand_behind_dashes(command, words) -> None:
    said = fails(2, command, words)
    assert "No such option" in said
    assert said.endswith(f" {command} [OPTIONS] -- {TAKE_WORDS[command]}\n")
    assert "Words that begin with - stand behind --, and options before it: " in said


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in TAKE_WORDS])
def test_a_command_without_words_is_told_of_no_dashes(command) -> None:
    said = fails(2, command, "--no-such-option")
    assert "No such option '--no-such-option'." in said
    assert "behind --" not in said


def test_a_misspelt_option_is_still_told_the_nearest() -> None:
    assert "--format" in fails(2, "query", "ASK {}", "--formt", "csv")


def test_words_behind_dashes_reach_every_command(tmp_path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("One line.\n--- text of dashes, -5 per cent, --key\n", encoding="utf-8")
    for words in ("--- text", "-5 per cent", "--key", "---"):
        printed = succeeds("annotate", "--key", "k", "--", text, words)
        assert succeeds("annotate", text, "--key", "k", "--", words) == printed
        start = text.read_text(encoding="utf-8").index(words)
        assert f"characters {start} to {start + len(words)}\n" in printed
    assert "lodeclaim: --zinc --: no Question" in fails(2, "compare", "--", "--zinc", "--")
    assert fails(2, "query", "--graph", TINY, "--", "--x").startswith("lodeclaim: --x: no query has this name")
    assert fails(2, "push", "--graph", TINY, "--", "--x").startswith("lodeclaim: URL: ")


def test_the_value_of_an_option_may_begin_with_dashes() -> None:
    for option in ("--assume", "--without", "--policy"):
        said = fails(2, "compare", option, "--x")
        assert said.startswith("lodeclaim: ")
        assert "--x" in said


# What every command has.


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_says_what_it_is_for(command) -> None:
    for parameter in command_named(command).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert parameter.help.endswith("."), parameter.name
        else:
            words = (parameter.metavar or parameter.name.upper()).strip("[].").split("|")[0]
            assert words in command_named(command).help or words.title() in command_named(command).help


def test_nothing_to_compare_is_said() -> None:
    assert succeeds("compare", "--graph", TINY) == "No Question has more than one answer.\n"
    assert succeeds("compare", "--graph", TINY, "--format", "json") == "[]\n"
    assert fails(2, "compare", "zinc", "--graph", TINY) == (
        "lodeclaim: zinc: the graph holds no Question. Take a graph that lodeclaim build has written, "
        "or leave --graph out\n"
    )


def test_a_graph_without_what_people_wrote_has_no_such_part() -> None:
    for command in (["export"], ["push", "--dry-run", "http://127.0.0.1:9"]):
        said = fails(2, *command, "--graph", TINY, "--part", "asserted")
        assert said.startswith("lodeclaim: --part asserted: no named graph is that of a file")
        assert said.endswith("Leave --part out: then all is taken\n")


# What is meant by words and options that a command does not take.

MINERAL = "query claims-about-a-mineral --param mineral=lithium"
MEANT = {
    ("export", "graph.owl"): "Write lodeclaim export --output graph.owl",
    ("build", "graph.trig"): "Write lodeclaim build --output graph.trig",
    ("check", "texts"): "Write lodeclaim check --corpus texts",
    ("measure", "texts"): "Write lodeclaim measure --corpus texts",
    ("serve", "8001"): "Write lodeclaim serve --port 8001",
    ("query", "claims-about-a-mineral", "lithium"): f"Write lodeclaim {MINERAL}",
    ("query", "claims-about-a-mineral", "--mineral", "lithium"): f"Write lodeclaim {MINERAL}",
    ("query", "claims-about-a-mineral", "--minerals=lithium"): f"Write lodeclaim {MINERAL}",
    ("query", "claims-about-a-mineral", "--param", "mineral", "lithium"): f"Write lodeclaim {MINERAL}",
    ("query", "claims-about-a-mineral", "mineral=lithium"): f"Write lodeclaim {MINERAL}",
    ("query", "claims-about-a-mineral", "rare", "earths"): "--param 'mineral=rare earths'",
    ("query", "events-between-days", "2026-02-01", "2026-02-09"): "--param from=2026-02-01 --param to=2026-02-09",
    ("query", "graph-counts", "lithium"): "graph-counts takes no parameter: leave it out",
    ("query", "claims", "about", "a", "mineral"): "Did you mean lodeclaim query claims-about-a-mineral?",
    ("query", "SELECT", "*", "WHERE"): "The text of a query stands in quotation marks",
    ("query", "graph-counts", "--output", "x.csv"): "prints what it finds: write --format csv > x.csv at the end",
    ("query", "graph-counts", "--ouput", "x.xlsx"): "write --format csv > x.csv at the end",
    ("query", "graph-counts", "--output=x y.json"): "write --format json > 'x y.json' at the end",
    ("query", "graph-counts", "--csv"): "Write --format csv",
    ("query", "graph-counts", "-f", "csv"): "Write --format csv",
    ("query", "claims-about-a-mineral", "-p", "mineral=lithium"): "Write --param mineral=lithium",
    ("compare", "-o", "x.json"): "lodeclaim compare prints what it finds: write --format json > x.json at the end",
    ("annotate", "text.txt", "--out", "x.ttl"): "lodeclaim annotate prints what it finds: write > x.ttl at the end",
}


@pytest.mark.parametrize("typed", MEANT, ids=" ".join)
def test_what_is_typed_in_the_wrong_place_is_told_its_place(typed) -> None:
    said = fails(2, *typed)
    assert MEANT[typed] in said
    assert "Did you mean '--extra'" not in said


def test_a_query_that_is_told_with_its_parameter_runs() -> None:
    assert "lithium" in succeeds(*MINERAL.split())


def test_a_parameter_of_a_query_in_a_folder_of_ones_own_is_known() -> None:
    extra = TESTS / "fixtures" / "extra"
    said = fails(2, "query", "--extra", extra, "reserves-in-ports", "cobalt")
    assert "reserves-in-ports takes no parameter" in said or "--param " in said


def test_a_phrase_before_its_text_is_told_to_stand_behind_it() -> None:
    said = fails(2, "annotate", "said that", ARTICLE, "--key", "k")
    assert f"is no file, and {ARTICLE} is one. The text comes first: lodeclaim annotate {ARTICLE} 'said that'" in said


@pytest.mark.parametrize("name", ["shares.csv", "shares.xlsx"])
def test_a_table_in_place_of_a_graph_is_told_to_be_no_rdf(name, tmp_path) -> None:
    table = tmp_path / name
    assert "a table is no RDF" in fails(2, "query", "--graph", table, "ASK {}")
    table.write_text("mineral,share\ncobalt,70\n", encoding="utf-8")
    said = fails(1, "query", "--graph", table, "ASK {}")
    assert "A table is no RDF: give a graph in TriG or N-Quads" in said
    assert "Correct it there" not in said


OTHERS = {
    "news18-ministerial qazinform-ministerial": (
        "`news18-ministerial` and `qazinform-ministerial` are documents, and compare takes a Question",
        "query claims-of-a-document --param document=news18-ministerial",
    ),
    "document:news18-ministerial": (
        "`document:news18-ministerial` is a document",
        "query claims-of-a-document --param document=document:news18-ministerial",
    ),
    "mineral:lithium": ("is a mineral", "query claims-about-a-mineral --param mineral=mineral:lithium"),
    "actor:qazinform": ("is an actor", "query claims-of-a-claimant --param claimant=actor:qazinform"),
    "claim:unnamed-alliance-country-count": ("is a claim", "compare question:ministerial-country-count"),
}


@pytest.mark.parametrize("wanted", OTHERS)
def test_other_things_than_questions_are_told_with_the_command_that_answers(wanted) -> None:
    what, command = OTHERS[wanted]
    said = fails(2, "compare", *wanted.split())
    assert what in said
    assert f"Ask lodeclaim {command}" in said
    assert succeeds(*command.split())
