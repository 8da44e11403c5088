"""The query page in a real browser: with JavaScript and without, with hostile content, and with the network off."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
from urllib.parse import parse_qs, quote, urlsplit

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.web.pages.editor import SCRIPT
from lodeclaim.namespaces import PREFIXES
from support import hostile
from support.graphs import store
from support.paths import ROOT

selenium = pytest.importorskip("selenium", reason="selenium is not installed: pip install -e '.[dev]'")
from selenium.webdriver import ActionChains, Keys  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

from support.browser import ABSENT, chromium  # noqa: E402

BUILT = ROOT / "src/lodeclaim/endpoint/web/static" / SCRIPT
SHARE = (ROOT / "data/queries/china-processing-share.rq").read_text(encoding="utf-8")
COBALT = "SELECT ?mineral { VALUES ?mineral { <https://w3id.org/lodeclaim/id/mineral/cobalt> } }"

pytestmark = pytest.mark.skipif(ABSENT, reason="chromium and chromedriver are not here")
with_editor = pytest.mark.skipif(not BUILT.is_file(), reason="the editor is not built: npm is not here")


@contextlib.contextmanager
def served(*options):
    """Yield the URL of a server of its own process."""
    command = [sys.executable, "-c", "from lodeclaim.cli import main; main()", "serve", "--port", "0", *options]
    paths = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, encoding="utf-8"
    ) as server:
        try:
            line = server.stdout.readline()
            assert line.startswith("Lodeclaim at http://127.0.0.1:"), line
            yield line.removeprefix("Lodeclaim at ").strip().removesuffix("/sparql")
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def endpoint_url():
    with served("--log", "off") as url:
        yield url


@pytest.fixture(scope="module")
def hostile_url(tmp_path_factory):
    file = tmp_path_factory.mktemp("hostile") / "hostile.trig"
    file.write_bytes(store(hostile.MARKUP).dump(format=ox.RdfFormat.TRIG))
    with served("--log", "off", "--graph", str(file)) as url:
        yield url


@pytest.fixture(scope="module")
def scripted(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("scripted")) as driver:
        yield driver


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("plain"), javascript=False) as driver:
        yield driver


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def browser(request):
    with_javascript = request.param == "with JavaScript"
    if with_javascript and not BUILT.is_file():
        pytest.skip("the editor is not built: npm is not here")
    return request.getfixturevalue("scripted" if with_javascript else "plain")


def until(driver, condition):
    return WebDriverWait(driver, 20).until(lambda _: condition())


def one(driver, css):
    return driver.find_element(By.CSS_SELECTOR, css)


def rows(driver):
    return [
        [cell.text for cell in row.find_elements(By.TAG_NAME, "td")]
        for row in driver.find_elements(By.CSS_SELECTOR, "table.rows tbody tr")
    ]


def is_scripted(driver):
    return bool(driver.find_elements(By.CSS_SELECTOR, ".editor"))


def write(driver, text):
    """Put a query in place of the one that is there, by the keyboard."""
    if is_scripted(driver):
        inside(driver, ".cm-content").click()
        # An editor closes brackets by itself: what is pasted stays as it is.
        driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyDown", "key": "a", "commands": ["selectAll"]})
        driver.execute_cdp_cmd("Input.insertText", {"text": text})
    else:
        area = one(driver, "textarea")
        area.clear()
        area.send_keys(text)


def inside(driver, css):
    """An element of the editor; it lives in a shadow root, and not where WebDriver looks."""
    return one(driver, ".editor").shadow_root.find_element(By.CSS_SELECTOR, css)


def query(driver):
    return one(driver, "textarea").get_property("value")


def press(driver, *keys):
    # Not element.send_keys: in a shadow root that moves the cursor to the end.
    ActionChains(driver).send_keys(*keys).perform()


def submit(driver, css):
    """Click, and wait for the page that it leads to."""
    before = one(driver, "html")
    one(driver, css).click()
    until(driver, lambda: before != one(driver, "html") and driver.find_elements(By.CSS_SELECTOR, "footer"))


RUN = ".ask .bar > button"


def console(driver):
    return [entry["message"] for entry in driver.get_log("browser")]


def requests(driver):
    """The URLs that were asked for since the last call, and the reasons for which any failed."""
    asked, failed = [], []
    for entry in driver.get_log("performance"):
        event = json.loads(entry["message"])["message"]
        if event["method"] == "Network.requestWillBeSent":
            asked.append(event["params"]["request"]["url"])
        elif event["method"] == "Network.loadingFailed":
            failed.append(event["params"].get("blockedReason") or event["params"]["errorText"])
    return asked, failed


def asked_by_csv(url, text):
    """What the endpoint itself says, as rows of strings."""
    command = ["curl", "--silent", "--fail", "--header", "Accept: text/csv", "--data-urlencode", f"query={text}"]
    answer = subprocess.run([*command, f"{url}/sparql"], capture_output=True, encoding="utf-8", check=True).stdout
    return list(csv.reader(io.StringIO(answer)))


# The way of a reader, with JavaScript and without


def test_script_runs_only_where_it_may(scripted, plain, endpoint_url):
    for driver in (scripted, plain):
        driver.get(f"{endpoint_url}/sparql")
    assert is_scripted(scripted) == BUILT.is_file()
    assert not is_scripted(plain)


def test_example_is_chosen_run_and_its_table_is_what_the_endpoint_says(browser, endpoint_url):
    browser.get(f"{endpoint_url}/sparql")
    link = next(
        a
        for a in browser.find_elements(By.CSS_SELECTOR, ".examples li a")
        if a.text.startswith("What share of rare-earth processing")
    )
    link.click()
    until(browser, lambda: query(browser) == SHARE)
    assert rows(browser) == []
    submit(browser, RUN)
    header, *expected = asked_by_csv(endpoint_url, SHARE)
    assert [th.text for th in browser.find_elements(By.CSS_SELECTOR, "table.rows th")] == header
    shown = rows(browser)
    assert len(shown) == len(expected) > 5
    assert [row[0] for row in shown] == [row[0] for row in expected]
    assert [row[1] for row in shown] == [f"{row[1]} en" for row in expected]
    assert query(browser) == SHARE


def test_label_leads_to_our_page_about_the_thing(browser, endpoint_url):
    browser.get(f"{endpoint_url}/sparql?query={quote(COBALT)}")
    assert rows(browser) == [["cobalt"]]
    one(browser, "table.rows a").click()
    until(browser, lambda: browser.current_url == f"{endpoint_url}/id/mineral/cobalt")
    assert one(browser, "h1").text == "cobalt"


def test_long_query_is_run_and_its_answer_downloaded(browser, endpoint_url):
    long = f"{SHARE}# {'x' * 40_000}"
    browser.get(f"{endpoint_url}/sparql")
    if is_scripted(browser):
        write(browser, long)
    else:
        # Its size is the point, and not how fast it is typed.
        browser.execute_script("arguments[0].value = arguments[1]", one(browser, "textarea"), long)
    submit(browser, RUN)
    assert query(browser) == long
    assert not browser.find_elements(By.LINK_TEXT, "Link to this answer")
    folder = browser.folder / "downloads"
    shutil.rmtree(folder, ignore_errors=True)
    one(browser, "button[name=format][value=csv]").click()
    finished = until(browser, lambda: [p for p in folder.glob("*") if p.suffix != ".crdownload"])
    with finished[0].open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == asked_by_csv(endpoint_url, SHARE)


def test_command_gives_a_shell_the_same_rows(browser, endpoint_url):
    browser.get(f"{endpoint_url}/sparql?query={quote(SHARE)}")
    one(browser, ".curl summary").click()
    command = one(browser, "#curl").text
    assert command.startswith(f"curl {endpoint_url}/sparql ")
    answer = subprocess.run(["sh", "-c", command], capture_output=True, check=True).stdout
    bindings = json.loads(answer)["results"]["bindings"]
    assert [row["share"]["value"] for row in bindings] == [row[0] for row in rows(browser)]


def test_error_is_marked_in_its_line(browser, endpoint_url):
    browser.get(f"{endpoint_url}/sparql")
    write(browser, "# é \U0001f600\nSELECT * WHERE {\n  ?s FILTR ?o .\n}\n")
    submit(browser, RUN)
    assert "Line 3, column 6" in one(browser, "#trouble strong").text
    assert one(browser, "#trouble mark").text.strip() == "?s FILTR ?o ."
    assert one(browser, "#trouble u").text == "FILTR"
    if is_scripted(browser):
        assert inside(browser, ".cm-wrong").text == "FILTR"
        assert inside(browser, ".cm-wrong-line").text.strip() == "?s FILTR ?o ."


def test_missing_prefix_is_declared_and_the_query_runs(browser, endpoint_url):
    browser.get(f"{endpoint_url}/sparql")
    write(browser, "ASK { ?s a lc:Claim }")
    submit(browser, RUN)
    submit(browser, "button[name=declare]")
    assert query(browser) == f"PREFIX lc: <{PREFIXES['lc']}>\nASK {{ ?s a lc:Claim }}"
    submit(browser, RUN)
    assert one(browser, ".outcome h2").text.startswith("Yes")


def test_examples_are_found_by_a_word(browser, endpoint_url):
    browser.get(f"{endpoint_url}/sparql")
    box = one(browser, "input[name=find]")
    box.send_keys("alliance")
    if not is_scripted(browser):
        submit(browser, ".find button")

    def shown():
        return [a.text for a in browser.find_elements(By.CSS_SELECTOR, ".examples li a") if a.is_displayed()]

    found = until(browser, lambda: (found := shown()) and len(found) < 20 and found)
    assert all("alliance" in question.lower() for question in found)


def test_page_fits_a_phone(browser, endpoint_url):
    size = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        browser.get(f"{endpoint_url}/sparql?query={quote('SELECT * { ?s ?p ?o } LIMIT 20')}")
        metrics = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})
        assert metrics["cssContentSize"]["width"] <= 360
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


# The editor


@with_editor
def test_keys_complete_names_declare_prefixes_and_run(scripted, endpoint_url):
    scripted.get(f"{endpoint_url}/sparql")
    inside(scripted, ".cm-content").click()
    press(scripted, "SELECT * WHERE { ?c a lc:Clai")
    until(scripted, lambda: inside(scripted, "[aria-selected]").text.startswith("lc:Claim"))
    assert "One assertion" in until(scripted, lambda: inside(scripted, ".cm-completionInfo").text)
    time.sleep(0.2)  # A popup takes no key in the moment in which it opens.
    press(scripted, Keys.ENTER)
    expected = f"PREFIX lc: <{PREFIXES['lc']}>\nSELECT * WHERE {{ ?c a lc:Claim}}"
    until(scripted, lambda: query(scripted) == expected)
    before = one(scripted, "html")
    ActionChains(scripted).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
    until(scripted, lambda: before != one(scripted, "html") and one(scripted, "table.rows"))
    assert parse_qs(urlsplit(scripted.current_url).query)["query"] == [expected.replace("\n", "\r\n")]


@with_editor
def test_editor_colours_and_matches_brackets(scripted, endpoint_url):
    scripted.get(f"{endpoint_url}/sparql?query={quote('SELECT * { ?s ?p (1) }')}&edit")
    keyword = next(e for e in one(scripted, ".editor").shadow_root.find_elements(By.CSS_SELECTOR, ".cm-line span"))
    assert keyword.text == "SELECT"
    assert keyword.value_of_css_property("color") != inside(scripted, ".cm-line").value_of_css_property("color")
    inside(scripted, ".cm-content").click()
    press(scripted, Keys.END)
    until(scripted, lambda: inside(scripted, ".cm-matchingBracket"))


@with_editor
def test_loaded_example_can_be_taken_back(scripted, endpoint_url):
    scripted.get(f"{endpoint_url}/sparql")
    write(scripted, "ASK { } # xyzzy")
    one(scripted, ".examples li a").click()
    until(scripted, lambda: "xyzzy" not in query(scripted))
    ActionChains(scripted).key_down(Keys.CONTROL).send_keys("z").key_up(Keys.CONTROL).perform()
    until(scripted, lambda: query(scripted) == "ASK { } # xyzzy")


# Hostile content, a strict policy, no network

ELSEWHERE = ("http://example.org/", "http://www.w3.org/", "http://rdfs.org/", "https://w3id.org/lodeclaim/")
HOSTILE_PAGES = {
    "literals, IRIs, datatypes": "SELECT ?s ?p ?o { ?s ?p ?o }",
    "statements": "CONSTRUCT WHERE { ?s ?p ?o }",
    "the query": "SELECT * { ?s ?p ?o } # </textarea></pre><script>alert(1)</script>",
    "a refused query": "SELECT * { FILTR } # </textarea></pre><script>alert(1)</script>",
    "what is wrong": "SELECT * { <script>alert(1)</script> }",
}


@pytest.mark.parametrize("name", HOSTILE_PAGES)
def test_no_script_of_others_runs(scripted, hostile_url, name):
    console(scripted)
    text = HOSTILE_PAGES[name]
    scripted.get(
        f"{hostile_url}/sparql?query={quote(text)}&default-graph-uri=" + quote('"><script>alert(1)</script>')
    )
    scripted.get(f"{hostile_url}/sparql?query={quote(text)}&find={quote('<script>')}")
    assert "alert(1)" in one(scripted, "body").text
    assert query(scripted) == text
    # An alert that is open would make this call fail.
    assert scripted.execute_script("return document.querySelectorAll('main img, main svg, main script').length") == 0
    for link in scripted.find_elements(By.CSS_SELECTOR, ".outcome a"):
        target = link.get_attribute("href")
        assert target.startswith((hostile_url + "/", *ELSEWHERE)), target
    assert [line for line in console(scripted) if "Content Security Policy" in line] == []


def test_hostile_example_is_loaded_as_text(browser, hostile_url):
    browser.get(f"{hostile_url}/sparql")
    one(browser, ".examples li a").click()
    until(browser, lambda: query(browser) == "# </script><script>alert(1)</script>\nSELECT * { ?s ?p ?o }")
    assert browser.title


def test_policy_stops_what_is_inline(scripted, endpoint_url):
    """The control: a breach of the policy is seen in the console, and the script of the breach does not run."""
    scripted.get(f"{endpoint_url}/sparql")
    console(scripted)
    scripted.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);"
        "const t = document.createElement('style'); t.textContent = 'body { color: red }'; document.head.append(t);"
    )
    assert scripted.execute_script("return window.ran") is None
    assert len([line for line in console(scripted) if "Content Security Policy" in line]) == 2


def test_nothing_fails_and_nothing_is_fetched_from_elsewhere(browser, endpoint_url):
    console(browser)
    requests(browser)
    browser.get(f"{endpoint_url}/sparql")
    write(browser, "SELECT ?s WHERE { ?s a <urn:x> . # comment\n  FILTER(?s = 'x') }")
    if is_scripted(browser):
        press(browser, "\n?s a lc:Cl")
        until(browser, lambda: inside(browser, "[aria-selected]"))
        press(browser, Keys.ESCAPE)
    browser.get(f"{endpoint_url}/sparql?query={quote(SHARE)}")
    assert rows(browser)
    asked, failed = requests(browser)
    assert failed == []
    assert console(browser) == []
    assert f"{endpoint_url}/static/sparql.css" in asked
    if is_scripted(browser):
        assert f"{endpoint_url}/sparql/words" in asked
    assert [url for url in asked if not url.startswith(endpoint_url + "/")] == []


def test_request_to_elsewhere_is_seen_to_fail(scripted, endpoint_url):
    """The control: with the network off, what a page fetches from elsewhere is seen."""
    scripted.get(f"{endpoint_url}/sparql")
    requests(scripted)
    scripted.execute_async_script("fetch('http://example.org/').catch(() => 0).then(arguments[0])")
    asked, failed = requests(scripted)
    assert "http://example.org/" in asked or failed or console(scripted)
