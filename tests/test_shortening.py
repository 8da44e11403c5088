"""Files with passages written out, shortened: the same triples in fewer lines, and all else as its author left it."""

from __future__ import annotations

import pytest

from lodeclaim import shortening, shortform
from lodeclaim.endpoint.errors import SourceError

ONE, TWO = "1" * 64, "2" * 64
LC = "@prefix lc: <https://w3id.org/lodeclaim/ontology#> .\n"
IDS = "".join(
    f"@prefix {kind}: <https://w3id.org/lodeclaim/id/{kind}/> .\n"
    for kind in ("actor", "claim", "document", "segment")
)
OURS = "@prefix modality: <https://w3id.org/lodeclaim/vocab/modality/> .\n"
LONG = (
    "@prefix oa: <http://www.w3.org/ns/oa#> .\n"
    "@prefix passage: <https://w3id.org/lodeclaim/id/passage/> .\n"
    "@prefix selector: <https://w3id.org/lodeclaim/id/selector/> .\n"
)
NOTE = "# In the short form: what a triple store should load is what lodeclaim export writes.\n"
DOCUMENT = '\ndocument:a\n    a lc:Document ;\n    lc:sha256 "x" .\n'


def passage(span: str, sha256: str, more: str = "", comment: str = "") -> str:
    return (
        f"\npassage:a-{span}\n    a lc:Passage ;\n    oa:hasSource document:a ;{comment}\n"
        f'    oa:hasSelector selector:a-{span} ;\n{more}    lc:sha256 "{sha256}" .\n' + selector(span)
    )


def selector(span: str) -> str:
    start, end = span.split("-")
    return f"\nselector:a-{span}\n    a oa:TextPositionSelector ;\n    oa:start {start} ;\n    oa:end {end} .\n"


def claim(key: str, evidence: str, more: str = "") -> str:
    return f'\nclaim:a-{key}\n    a lc:Claim ;\n    lc:gloss "It is so."@en ;\n    {evidence}{more} .\n'


def spoken(key: str, who: str, span: str = "") -> str:
    return claim(key, f'lc:span "{span or "0-9"} {ONE}"', f" ;\n    lc:claimant actor:{who}")


SHORT = {
    "a claim": (
        IDS + LC + LONG + DOCUMENT + claim("x", "lc:evidence passage:a-0-9") + passage("0-9", ONE),
        NOTE + "\n" + IDS + LC + DOCUMENT + claim("x", f'lc:span "0-9 {ONE}"'),
    ),
    "a claim in two places, between others": (
        IDS
        + LC
        + LONG
        + DOCUMENT
        + passage("20-36", TWO)
        + claim("x", "lc:evidence passage:a-0-9 , passage:a-20-36", ' ;\n    lc:printedValue "it"')
        + passage("0-9", ONE)
        + "\n## The rest\n",
        NOTE
        + "\n"
        + IDS
        + LC
        + DOCUMENT
        + claim("x", f'lc:span "0-9 {ONE}" ,\n        "20-36 {TWO}"', ' ;\n    lc:printedValue "it"')
        + "\n## The rest\n",
    ),
    "two claims in one place": (
        IDS
        + LC
        + LONG
        + DOCUMENT
        + claim("x", "lc:evidence passage:a-0-9")
        + claim("y", "lc:evidence passage:a-0-9")
        + passage("0-9", ONE),
        NOTE + "\n" + IDS + LC + DOCUMENT + claim("x", f'lc:span "0-9 {ONE}"') + claim("y", f'lc:span "0-9 {ONE}"'),
    ),
    "what crosses the end of a sentence": (
        IDS
        + LC
        + LONG
        + DOCUMENT
        + claim("x", "lc:evidence passage:a-0-9")
        + passage("0-9", ONE, '    lc:crossesSentenceEnd "It has to."@en ;\n'),
        NOTE
        + "\n"
        + IDS
        + LC
        + DOCUMENT
        + claim("x", f'lc:span "0-9 {ONE}" ;\n    lc:crossesSentenceEnd "It has to."@en'),
    ),
    "a segment whose selector is that of a passage": (
        IDS
        + LC
        + LONG
        + DOCUMENT
        + "\nsegment:a-b\n    a lc:Segment ;\n    lc:segmentOf document:a ;\n    oa:hasSelector selector:a-0-9 .\n"
        + claim("x", "lc:evidence passage:a-0-9")
        + passage("0-9", ONE),
        NOTE
        + "\n"
        + IDS
        + LC
        + DOCUMENT
        + '\nsegment:a-b\n    a lc:Segment ;\n    lc:segmentOf document:a ;\n    lc:span "0-9" .\n'
        + claim("x", f'lc:span "0-9 {ONE}"'),
    ),
    "comments stay, and those at the head come first": (
        "# Mine.\n# Really.\n"
        + IDS
        + LC
        + LONG
        + DOCUMENT
        + claim("x", "lc:evidence passage:a-0-9")
        + "\n# occurrence 1 of 1"
        + passage("0-9", ONE)
        + "# The end.\n",
        "# Mine.\n# Really.\n"
        + NOTE
        + IDS
        + LC
        + DOCUMENT
        + claim("x", f'lc:span "0-9 {ONE}"')
        + "\n# occurrence 1 of 1\n# The end.\n",
    ),
    "a prefix of one's own for our terms": (
        (IDS + LC + LONG + DOCUMENT + claim("x", "lc:evidence passage:a-0-9") + passage("0-9", ONE)).replace(
            "lc:", "x:"
        ),
        NOTE + "\n" + (IDS + LC + DOCUMENT + claim("x", f'lc:span "0-9 {ONE}"')).replace("lc:", "x:"),
    ),
    "the line ends of Windows": (
        (IDS + LC + LONG + DOCUMENT + claim("x", "lc:evidence passage:a-0-9") + passage("0-9", ONE)).replace(
            "\n", "\r\n"
        ),
        (NOTE + "\n" + IDS + LC + DOCUMENT + claim("x", f'lc:span "0-9 {ONE}"')).replace("\n", "\r\n"),
    ),
    "what most claims have": (
        IDS + LC + DOCUMENT + spoken("x", "she") + spoken("y", "she") + spoken("z", "she") + spoken("o", "he"),
        IDS
        + LC
        + DOCUMENT[:-3]
        + " ;\n    lc:claimDefaults [\n        lc:claimant actor:she\n    ] .\n"
        + claim("x", f'lc:span "0-9 {ONE}"')
        + claim("y", f'lc:span "0-9 {ONE}"')
        + claim("z", f'lc:span "0-9 {ONE}"')
        + spoken("o", "he"),
    ),
    "what all claims of a segment have": (
        IDS
        + LC
        + DOCUMENT
        + '\nsegment:a-b\n    a lc:Segment ;\n    lc:span "20-36" .\n'
        + "".join(spoken(f"x{number}", "she") for number in range(3))
        + "".join(spoken(f"y{number}", "he", "20-30") for number in range(3)),
        IDS
        + LC
        + DOCUMENT[:-3]
        + " ;\n    lc:claimDefaults [\n        lc:claimant actor:she\n    ] .\n"
        + '\nsegment:a-b\n    a lc:Segment ;\n    lc:span "20-36" ;\n'
        + "    lc:claimDefaults [\n        lc:claimant actor:he\n    ] .\n"
        + "".join(claim(f"x{number}", f'lc:span "0-9 {ONE}"') for number in range(3))
        + "".join(claim(f"y{number}", f'lc:span "20-30 {ONE}"') for number in range(3)),
    ),
    "a long line": (
        LC + IDS + DOCUMENT + '\nclaim:a-x\n    a lc:Claim ;\n    lc:gloss "' + 'word \\" ' * 20 + 'end."@en .\n',
        LC
        + IDS
        + DOCUMENT
        + '\nclaim:a-x\n    a lc:Claim ;\n    lc:gloss """'
        + ('word \\" ' * 11).rstrip()
        + "\n        "
        + 'word \\" ' * 9
        + 'end."""@en .\n',
    ),
}

KEPT = {
    "a comment within a passage": claim("x", "lc:evidence passage:a-0-9") + passage("0-9", ONE, comment=" # mine"),
    "a passage that something else refers to": claim("x", "lc:evidence passage:a-0-9")
    + passage("0-9", ONE)
    + "\nclaim:a-y lc:premise passage:a-0-9 .\n",
    "a passage of which more is said": claim("x", "lc:evidence passage:a-0-9")
    + passage("0-9", ONE, '    lc:gloss "Mine."@en ;\n'),
    "a passage that is described in two places": claim("x", "lc:evidence passage:a-0-9")
    + passage("0-9", ONE)
    + '\npassage:a-0-9 lc:sha256 "1" .\n',
    "one passage of two cannot be shortened": claim("x", "lc:evidence passage:a-0-9 , passage:a-20-36")
    + passage("0-9", ONE)
    + passage("20-36", "no digest"),
    "a passage with a name of its own": (claim("x", "lc:evidence passage:a-0-9") + passage("0-9", ONE)).replace(
        "passage:a-0-9", "passage:mine"
    ),
    "a selector with a name of its own": (claim("x", "lc:evidence passage:a-0-9") + passage("0-9", ONE)).replace(
        "selector:a-0-9", "selector:mine"
    ),
    "a passage that no claim has": passage("0-9", ONE),
    "offsets that are none": claim("x", "lc:evidence passage:a-9-0") + passage("9-0", ONE),
    "a claim without a class": claim("x", "lc:evidence passage:a-0-9").replace("a lc:Claim ;\n    ", "")
    + passage("0-9", ONE),
    "a number of another type": claim("x", "lc:evidence passage:a-0-9")
    + passage("0-9", ONE).replace("oa:end 9 ", 'oa:end "9"^^<http://www.w3.org/2001/XMLSchema#int> '),
    "a digest of another type": claim("x", "lc:evidence passage:a-0-9")
    + passage("0-9", ONE).replace(f'"{ONE}"', f'"{ONE}"^^<http://www.w3.org/2001/XMLSchema#hexBinary>'),
    "evidence in two lists": claim("x", "lc:evidence passage:a-0-9 , passage:z ;\n    lc:evidence passage:a-0-9")
    + passage("0-9", ONE),
    "a comment behind what most claims have": "".join(
        spoken(key, "she").replace("actor:she .", "actor:she ; # by the byline\n    lc:topic <urn:t> .")
        for key in "xyz"
    ),
    "what RDF 1.2 has": claim("x", "lc:evidence passage:a-0-9") + passage("0-9", ONE) + '\nVERSION "1.2"\n',
    "a prefix between statements": claim("x", "lc:evidence passage:a-0-9")
    + "@prefix late: <urn:late:> .\n"
    + passage("0-9", ONE),
    "two claims that say the same": spoken("x", "she") + spoken("y", "she"),
    "a claim that has nobody": "".join(spoken(key, "she") for key in "xyz") + claim("o", f'lc:span "0-9 {ONE}"'),
    "no majority": "".join(spoken(f"x{key}", "she") + spoken(f"y{key}", "he") for key in "abc"),
}


@pytest.mark.parametrize("name", SHORT)
def test_a_file_is_shortened(name) -> None:
    before, after = SHORT[name]
    assert shortening.shortened(before, "mine.ttl").text == after
    assert shortening.shortened(after, "mine.ttl") == shortening.Shortened(after, 0)


@pytest.mark.parametrize("name", KEPT)
def test_what_the_short_form_cannot_say_stays(name) -> None:
    text = IDS + LC + LONG + DOCUMENT + KEPT[name]
    assert shortening.shortened(text, "mine.ttl") == shortening.Shortened(text, 0)


def test_a_file_about_two_documents_stays() -> None:
    text = IDS + LC + LONG + DOCUMENT + claim("x", "lc:evidence passage:a-0-9") + passage("0-9", ONE)
    text += "\ndocument:b a lc:Document .\n"
    assert shortening.shortened(text, "mine.ttl") == shortening.Shortened(text, 0)


def test_claims_are_counted() -> None:
    assert shortening.shortened(SHORT["two claims in one place"][0], "mine.ttl").claims == 2


def test_what_would_state_something_else_is_not_given_back(monkeypatch) -> None:
    monkeypatch.setattr(shortening, "NOTE", "<urn:s> <urn:p> <urn:o> .")
    before = SHORT["a claim"][0]
    assert shortening.shortened(before, "mine.ttl") == shortening.Shortened(before, 0)


def test_what_is_no_turtle_is_refused() -> None:
    with pytest.raises(SourceError, match=r"mine\.ttl, line 2"):
        shortening.shortened("<urn:s> <urn:p>\n<urn:o>", "mine.ttl")


def test_a_short_text_on_a_long_line_stays() -> None:
    text = IDS + LC + DOCUMENT + 'claim:a-x a lc:Claim ; lc:gloss "Yes"@en ; lc:printedValue "' + "x " * 60 + '" .\n'
    assert shortening.shortened(text, "mine.ttl").text == text


def test_shortened_files_of_the_tests_mean_what_they_meant() -> None:
    for before, after in SHORT.values():
        assert set(shortform.expanded(before, "a")) == set(shortform.expanded(after, "b"))
