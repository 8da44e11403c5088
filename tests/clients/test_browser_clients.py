"""YASGUI in a browser, on a page of another origin: each form of query, method and format that its settings offer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytest.importorskip("selenium", reason="selenium is not installed: pip install -e '.[dev]'")
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from support import tiny
from support.browser import ABSENT, chromium
from support.paths import TESTS

PACKAGE = TESTS / "clients" / "node_modules" / "@zazuko" / "yasgui" / "build"
PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<title>YASGUI</title>
<link rel="stylesheet" href="yasgui.min.css">
<div id="here"></div>
<script src="yasgui.min.js"></script>
<script>
  const yasgui = new Yasgui(document.getElementById("here"), { requestConfig: { endpoint: "%s" } });
</script>
"""
ASK = """
const [query, settings, done] = arguments;
const tab = yasgui.getTab();
tab.setRequestConfig(settings);
tab.setQuery(query);
tab.getYasr().once("drawn", ({ results }) => done([
  results.getStatus() ?? String(results.getError()?.text),
  results.getContentType() ?? "",
  results.getOriginalResponseAsString() ?? "",
]));
document.querySelector(".yasqe_queryButton").click();
"""

pytestmark = [
    pytest.mark.skipif(ABSENT, reason="chromium and chromedriver are not here"),
    pytest.mark.skipif(not PACKAGE.is_dir(), reason="YASGUI is not here: npm ci --prefix tests/clients"),
]


class Files(SimpleHTTPRequestHandler):
    """The package, and a page that asks the endpoint of the server."""

    def do_GET(self) -> None:
        if self.path != "/":
            return super().do_GET()
        body = (PAGE % self.server.endpoint).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def yasgui(url, tmp_path_factory) -> Iterator[webdriver.Chrome]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(PACKAGE))) as server:
        server.endpoint = url
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with chromium(tmp_path_factory.mktemp("yasgui")) as driver:
            driver.set_script_timeout(20)
            driver.get(f"http://127.0.0.1:{server.server_port}/")
            yield driver
        server.shutdown()


SETTINGS = {
    "method": "POST",
    "acceptHeaderSelect": "application/sparql-results+json",
    "acceptHeaderGraph": "text/turtle",
    "headers": {},
    "args": [],
}
"""Those of its own for a new tab; what one test sets would otherwise stay for the next."""


def answer(yasgui: webdriver.Chrome, query: str, **settings: Any) -> tuple[object, str]:
    """Return what comes of a click on the button: the answer and its media type."""
    status, content_type, body = yasgui.execute_async_script(ASK, query, SETTINGS | settings)
    assert status == 200, (status, body)
    media_type = content_type.partition(";")[0]
    return tiny.answer(query, body.encode(), media_type), media_type


OFFERED = [(query, media_type) for query, media_type in tiny.ASKED if media_type != "application/ld+json"]
"""Its settings have no JSON-LD."""


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("query", "media_type"), OFFERED, ids=tiny.label)
def test_each_format_of_the_settings(yasgui, method, query, media_type):
    settings = {"method": method, "acceptHeaderSelect": media_type, "acceptHeaderGraph": media_type}
    assert answer(yasgui, query, **settings) == (tiny.ANSWERS[query], media_type)


@pytest.mark.parametrize("query", tiny.ANSWERS, ids=tiny.label)
def test_headers_and_parameters_of_ones_own(yasgui, query):
    """A header of one's own makes the browser ask beforehand (CORS)."""
    settings = {"headers": {"X-Project": "a study"}, "args": [{"name": "study", "value": "1"}]}
    assert answer(yasgui, query, **settings)[0] == tiny.ANSWERS[query]


def test_the_table_that_is_shown(yasgui):
    answer(yasgui, tiny.SELECT)
    cells = WebDriverWait(yasgui, 20).until(
        lambda driver: [cell.text for cell in driver.find_elements(By.CSS_SELECTOR, ".yasr tbody td") if cell.text]
    )
    shown = " ".join(cells)
    assert all(mineral in shown and share in shown for mineral, share in tiny.ROWS), cells
