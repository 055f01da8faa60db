"""The shell's own scripts in a real browser: nothing typed is lost, nothing is sent twice."""

import re
import threading

import pytest
from werkzeug.serving import make_server

from tests.rooms.shell.house import ROOT, a_house
from tools.chromium import chromium

pytestmark = pytest.mark.browser
PAGES = ["/sample", "/parts", "/young", "/answer", "/errors/expired", "/pages/accessibility"]


@pytest.fixture(scope="module")
def a_browser():
    try:
        with chromium() as browser:
            yield browser
    except FileNotFoundError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def served():
    house = a_house()
    server = make_server("127.0.0.1", 0, house, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    house.config["ADDRESS"] = f"http://127.0.0.1:{server.server_port}"
    yield house
    server.shutdown()


@pytest.fixture
def open_page(a_browser, served):
    """Return a function that opens an address of the house; anything wrong on it is an error."""
    slips, contexts = [], []

    def go(address, width=1280, **settings):
        context = a_browser.new_context(viewport={"width": width, "height": 800}, **settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)  # a first page on a busy machine
        page.on("pageerror", lambda error: slips.append(str(error)))
        page.on("console", lambda said: slips.append(said.text) if "Policy" in said.text else None)
        page.goto(served.config["ADDRESS"] + address)
        return page

    yield go
    for context in contexts:
        context.close()
    assert slips == []


def _says(page, words):
    page.wait_for_function(
        "words => document.querySelector('[data-saved]').textContent.includes(words)", arg=words
    )


def test_back_to_a_page_with_errors_asks_nothing_and_keeps_what_was_typed(open_page, served):
    @served.after_request
    def keep_nothing(answer):  # as the portal says of every page
        answer.headers["Cache-Control"] = "no-store"
        return answer

    page = open_page("/sample")
    page.click("main form button[type=submit]")
    page.fill("#name", "Oak House")
    page.goto(served.config["ADDRESS"] + "/parts")
    page.go_back()  # else net::ERR_CACHE_MISS
    assert page.input_value("#name") == "Oak House"


def test_a_changed_answer_saves_itself(open_page, served):
    page = open_page("/answer")
    page.fill("#answer", "We cook together.")
    _says(page, "Saved 10:42am")
    assert served.config["KEPT"] == {"answer": "We cook together."}
    page.check("#likes-2")
    page.wait_for_function("() => document.querySelector('[data-saved]').dataset.state === 'saved'")
    page.wait_for_timeout(200)
    last = served.config["SENT"][-1]
    assert last["autosave_field"] == ["likes"]
    assert "answer" not in last
    assert last["csrf_token"]


def test_an_answer_that_cannot_be_read_says_so_beside_the_field(open_page):
    page = open_page("/answer")
    page.fill("#visit_day-day", "31")
    page.focus("#answer")
    _says(page, "Not saved: look")
    group = page.locator("[data-field=visit_day]")
    assert "The date must include a month and year" in group.inner_text()
    assert "visit_day-day-autosave-error" in page.get_attribute(
        "#visit_day-day", "aria-describedby"
    )
    page.fill("#visit_day-month", "3")
    page.fill("#visit_day-year", "2027")
    page.focus("#answer")
    _says(page, "Saved 10:42am")
    assert "must include" not in group.inner_text()


def test_two_people_at_one_answer_choose_whose_stands(open_page, served):
    served.config["MOOD"] = "conflict"
    page = open_page("/answer")
    page.fill("#answer", "Mine")
    page.click("text=Keep mine")
    _says(page, "Saved")
    assert served.config["KEPT"]["answer"] == "Mine"


def test_the_other_answer_can_be_taken(open_page, served):
    served.config["MOOD"] = "conflict"
    page = open_page("/answer")
    page.fill("#answer", "Mine")
    assert "What Ben wrote" in page.inner_text(".portal-autosave-note")
    page.click("text=Keep theirs")
    _says(page, "Saved")
    assert page.input_value("#answer") == "What Ben wrote"


def test_the_choice_of_the_server_stands_beside_the_field(open_page, served):
    served.config["MOOD"] = "choice"
    page = open_page("/answer")
    page.fill("#answer", "Mine")
    block = page.locator(".portal-conflict")
    assert "Ben saved another version at 10:40am" in block.inner_text()
    page.click("text=Keep mine")
    _says(page, "Saved 10:42am")
    assert served.config["KEPT"]["answer"] == "Mine"
    assert block.count() == 0


def test_theirs_can_be_kept_from_the_choice_of_the_server(open_page, served):
    served.config["MOOD"] = "choice"
    page = open_page("/answer")
    page.fill("#answer", "Mine")
    page.click("text=Keep theirs")
    _says(page, "Saved 10:42am")
    assert page.input_value("#answer") == "What Ben wrote"


def test_a_choice_for_which_the_page_has_no_act_is_sent_to_the_server(open_page, served):
    served.config["MOOD"] = "choice"
    page = open_page("/answer")
    page.fill("#answer", "Mine")
    with page.expect_request(lambda one: "keep=both" in (one.post_data or "")):
        page.click("text=Put both into the field")


def test_nothing_is_offered_when_nothing_can_be_saved_any_more(open_page, served):
    served.config["MOOD"] = "closed"
    page = open_page("/answer")
    page.fill("#answer", "Too late")
    _says(page, "Not saved. The deadline has passed.")
    assert "Not saved. The deadline has passed." in page.inner_text("[data-field=answer]")
    assert page.locator("main button[type=submit]").count() == 0
    assert page.get_attribute("#answer", "readonly") is not None
    assert page.input_value("#answer") == "Too late"
    served.config["MOOD"] = "saved"
    page.reload()
    page.wait_for_timeout(200)
    assert not page.is_visible("text=Put it back")


def test_what_is_too_long_is_told_beside_the_field_and_can_be_shortened(open_page, served):
    served.config["MOOD"] = "too-long"
    page = open_page("/answer")
    page.fill("#answer", "Much too long")
    _says(page, "Not saved: look")
    assert "Shorten it." in page.inner_text("[data-field=answer]")
    served.config["MOOD"] = "saved"
    page.fill("#answer", "Short")
    _says(page, "Saved 10:42am")


def test_a_file_that_is_too_large_is_told_before_it_is_sent(open_page, tmp_path):
    large, small = tmp_path / "large.pdf", tmp_path / "small.pdf"
    with large.open("wb") as file:
        file.truncate(26 * 1024 * 1024)
    small.write_bytes(b"%PDF-1.7")
    page, sent = open_page("/sample"), []
    page.on("request", lambda request: sent.append(1) if request.method == "POST" else None)
    page.set_input_files("[data-field=report] input[type=file]", str(large))
    group = page.locator("[data-field=report]")
    assert "This file is 26.0 MB. A file can be up to 25 MB" in group.inner_text()
    page.click("main button:has-text('Save and continue')")
    page.wait_for_timeout(200)
    assert sent == []
    page.set_input_files("[data-field=report] input[type=file]", str(small))
    assert "up to 25 MB: choose" not in group.inner_text()


@pytest.mark.parametrize(
    ("mood", "says"), [("signed-out", "signed out"), ("broken", "no connection")]
)
def test_text_outlives_a_session_and_a_connection(open_page, served, mood, says):
    served.config["MOOD"] = mood
    page = open_page("/answer")
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("#answer", "Written after the end")
    _says(page, says)
    served.config["MOOD"] = "saved"
    page.goto(served.config["ADDRESS"] + "/answer")
    assert page.input_value("#answer") == ""
    page.click("text=Put it back")
    _says(page, "Saved")
    assert page.input_value("#answer") == "Written after the end"
    page.reload()
    assert not page.is_visible("text=Put it back")


def test_a_lost_connection_is_tried_again_by_itself(open_page, served):
    served.config["MOOD"] = "broken"
    page = open_page("/answer")
    page.fill("#answer", "Patience")
    _says(page, "no connection")
    served.config["MOOD"] = "saved"
    _says(page, "Saved 10:42am")
    assert served.config["KEPT"]["answer"] == "Patience"


def test_leaving_with_unsaved_text_is_asked_about(open_page, served):
    served.config["MOOD"] = "broken"
    page = open_page("/answer")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.fill("#answer", "Not yet saved")
    _says(page, "no connection")
    page.goto(served.config["ADDRESS"] + "/parts")
    assert asked == ["beforeunload"]


def test_signing_out_leaves_no_text_behind(open_page, served):
    served.config["MOOD"] = "broken"
    page = open_page("/answer")
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("#answer", "Secret")
    _says(page, "no connection")
    assert page.evaluate("sessionStorage.length") == 1
    page.click("text=Sign out")
    page.wait_for_url(re.compile("sign-out"))
    assert page.evaluate("sessionStorage.length") == 0


def test_a_double_click_sends_once(open_page, served):
    page = open_page("/answer")
    page.route(
        "**/answer", lambda route: None if route.request.method == "POST" else route.continue_()
    )
    sent = []
    page.on("request", lambda request: sent.append(1) if request.method == "POST" else None)
    page.dblclick("button:has-text('Save and continue')", no_wait_after=True)
    page.wait_for_timeout(300)
    assert sent == [1]


def test_a_press_waits_for_the_save_that_is_on_its_way(open_page):
    """Else the form carries an older version than its own save has just made."""
    page, saves, sent = open_page("/answer"), [], []

    def post(route):
        if "x-requested-with" in route.request.headers:
            saves.append(route)
        else:
            sent.append(route.request.post_data)
            route.continue_()

    page.route(
        "**/answer",
        lambda route: post(route) if route.request.method == "POST" else route.continue_(),
    )
    page.fill("#answer", "Quickly")
    page.focus("button:has-text('Save and continue')")
    _says(page, "Saving")
    page.dblclick("button:has-text('Save and continue')", no_wait_after=True)
    page.wait_for_timeout(200)
    assert sent == []
    with page.expect_request(lambda one: one.method == "POST"):
        saves[0].fulfill(json={"status": "saved", "at": "10:42am", "hidden": {"version": "7"}})
    page.wait_for_timeout(200)
    assert ["version=7" in one for one in sent] == [True]


def test_a_choice_opens_its_further_question(open_page):
    page = open_page("/sample")
    assert not page.is_visible("#landlord")
    page.check("#kind-2")
    assert page.is_visible("#landlord")
    page.check("#kind")
    assert not page.is_visible("#landlord")


def test_without_script_every_question_can_be_reached(open_page):
    page = open_page("/sample", width=375, java_script_enabled=False)
    assert page.is_visible("#landlord")
    assert page.is_visible("text=Register")
    assert page.is_visible("text=Sign out")


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_no_page_scrolls_sideways(open_page, served, width):
    page = open_page("/parts", width=width)  # 320 pixels are a desktop's screen at 400 % zoom
    wide = {}
    for address in PAGES:
        page.goto(served.config["ADDRESS"] + address)
        wide[address] = page.evaluate("document.documentElement.scrollWidth")
    assert {address: found for address, found in wide.items() if found > width} == {}


def test_a_wide_table_can_be_scrolled_with_the_keyboard(open_page):
    narrow, wide = open_page("/parts", width=375), open_page("/parts", width=1280)
    region = narrow.locator(".portal-table-region").first
    region.focus()
    narrow.keyboard.press("ArrowRight")
    narrow.wait_for_function("() => document.querySelector('.portal-table-region').scrollLeft > 0")
    assert region.get_attribute("aria-label") == "Rates of lot 1A"
    assert wide.locator(".portal-table-region").first.get_attribute("tabindex") is None


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(open_page, address):
    page = open_page(address, bypass_csp=True)
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


@pytest.mark.parametrize("width", [320, 760, 900, 1280])
def test_a_figure_in_a_box_stays_in_one_line(open_page, width):
    page = open_page("/parts", width=width)
    lines = page.evaluate(
        """() => {
          const box = document.querySelector(".portal-stat");
          for (let copies = box.parentElement.children.length; copies < 5; copies += 1)
            box.after(box.cloneNode(true));
          return [...document.querySelectorAll(".portal-stat__value")].map(value => {
            value.textContent = "£1,026.25";
            const words = document.createRange();
            words.selectNodeContents(value);
            return words.getClientRects().length;
          });
        }"""
    )
    assert len(lines) >= 5
    assert set(lines) == {1}


def test_in_the_colours_of_a_reader_a_bar_still_shows_how_far_it_is(open_page):
    page = open_page("/parts", forced_colors="active")
    bar = page.locator("progress.portal-progress__bar").first
    pictures = []
    for share in (0, 1):
        bar.evaluate("(bar, share) => { bar.value = share * bar.max }", share)
        pictures.append(bar.screenshot())
    assert pictures[0] != pictures[1]


def test_in_the_colours_of_a_reader_a_small_drawing_keeps_its_paper(open_page):
    page = open_page("/parts", forced_colors="active", color_scheme="dark")
    paper = page.evaluate(
        """() => {
          const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
          drawing.setAttribute("class", "portal-spark");
          document.querySelector("main").append(drawing);
          return getComputedStyle(drawing).backgroundColor;
        }"""
    )
    assert paper == "rgb(255, 255, 255)"


def test_a_name_without_a_space_is_no_wider_than_a_phone(open_page):
    page = open_page("/parts", width=375)
    page.evaluate("document.querySelector('main h1').textContent = 'x'.repeat(200)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
