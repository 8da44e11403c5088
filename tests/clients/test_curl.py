"""curl, in each way in which it can send a query and take an answer."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess

import pytest

from support import servers, shares
from support.paths import TINY


def table(text: str) -> list[tuple[str, ...]]:
    """Return the rows of a CSV result, sorted."""
    header, *rows = csv.reader(io.StringIO(text))
    assert header == shares.COLUMNS
    return sorted(map(tuple, rows))


def curl(*arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run curl, which must end with a status."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not here")
    done = subprocess.run(
        ["curl", "--silent", "--show-error", *arguments], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == status, done.stderr
    return done


AS_CSV = ("--header", "Accept: text/csv")
FORMS = {
    "GET": ("--get", "--data-urlencode", f"query@{shares.FILE}"),
    "form": ("--data-urlencode", f"query@{shares.FILE}"),
    "direct": ("--header", "Content-Type: application/sparql-query", "--data-binary", f"@{shares.FILE}"),
    "compressed": ("--compressed", "--data-urlencode", f"query@{shares.FILE}"),
    "HTTP/1.0": ("--http1.0", "--data-urlencode", f"query@{shares.FILE}"),
    "offering HTTP/2": ("--http2", "--get", "--data-urlencode", f"query@{shares.FILE}"),
    "chunked": (
        "--header",
        "Content-Type: application/sparql-query",
        "--header",
        "Transfer-Encoding: chunked",
        "--data-binary",
        f"@{shares.FILE}",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_curl_in_all_forms(ours, catalogue_rows, form):
    assert table(curl(*AS_CSV, *FORMS[form], ours.url).stdout) == catalogue_rows


def test_curl_asks_for_the_head_alone(ours):
    head = curl("--head", "--get", "--data-urlencode", f"query@{shares.FILE}", ours.url).stdout.lower()
    assert head.startswith("http/1.1 200")
    assert "content-type: application/sparql-results+json" in head
    assert "content-length: " in head


def test_curl_compresses_what_is_large(ours):
    arguments = ("--header", "Accept-Encoding: gzip", "--dump-header", "-", "--output", "/dev/null", *FORMS["form"])
    assert "content-encoding: gzip" in curl(*arguments, ours.url).stdout.lower()


def test_curl_asks_again_on_condition(ours, tmp_path, catalogue_rows):
    etags, answer = tmp_path / "etags", tmp_path / "answer.csv"
    arguments = (*AS_CSV, "--etag-save", str(etags), "--etag-compare", str(etags), "--write-out", "%{http_code}")
    etags.touch()
    assert curl(*arguments, "--output", str(answer), *FORMS["GET"], ours.url).stdout == "200"
    assert table(answer.read_bytes().decode()) == catalogue_rows
    again = tmp_path / "again.csv"
    assert curl(*arguments, "--output", str(again), *FORMS["GET"], ours.url).stdout == "304"
    assert not again.exists() or again.read_bytes() == b""


def test_curl_fails_where_an_answer_is_broken_off():
    digits = " ".join(map(str, range(10)))
    pattern = " ".join(f"VALUES ?v{number} {{ {digits} }}" for number in range(6))
    with servers.serve(TINY, "--max-rows", "100000", "--log", "off") as server:
        for accept in ("text/csv", "application/sparql-results+json"):
            arguments = ("--header", f"Accept: {accept}", "--output", "/dev/null", "--data-urlencode")
            curl(*arguments, f"query=SELECT * {{ {pattern} }}", server.url, status=18)
