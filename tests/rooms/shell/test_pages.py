"""Every page of the shell: one heading, a title, labels, and nothing that the policy forbids."""

import re
from enum import EnumType
from html.parser import HTMLParser
from pathlib import Path

import pytest

from scoring import stage_names
from tests.hygiene import words_of
from tests.reading import page_of
from tests.rooms.shell.house import ROOT, a_house

ERRORS = sorted(
    file.stem for file in (ROOT / "templates/errors").glob("*.html") if file.stem != "base"
)
PAGES = sorted(file.stem for file in (ROOT / "templates/pages").glob("*.html"))
ADDRESSES = [
    "/sample",
    "/parts",
    "/young",
    "/answer",
    *(f"/errors/{name}" for name in ERRORS),
    *(f"/pages/{name}" for name in PAGES),
]


class Page(HTMLParser):
    """What a check of a page looks at."""

    def __init__(self, html):
        super().__init__()
        self.html, self.tags, self.labels, self.controls, self.ids = html, [], set(), [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag == "label":
            self.labels.add(attributes["for"])
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag in {"input", "textarea", "select"} and attributes.get("type") != "hidden":
            self.controls.append(attributes["id"])

    def text(self, tag):
        found = re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>", self.html, re.DOTALL)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])).strip()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_of_the_shell_is_sound(visitor, address):
    answer = visitor.get(address)
    assert answer.status_code == 200
    page = Page(answer.text)
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert page.text("title") == f"{page.text('h1')} – Placement Quality Portal"
    assert set(page.controls) <= page.labels
    assert len(page.ids) == len(set(page.ids))
    for tag, attributes in page.tags:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert tag != "script" or attributes.get("src", "").startswith("/static/")
        assert tag != "style"
    for form in re.findall(r'<form method="post".*?</form>', answer.text, re.DOTALL):
        assert 'name="csrf_token"' in form
    described = [a["aria-describedby"] for _, a in page.tags if "aria-describedby" in a]
    assert {one for ids in described for one in ids.split()} <= set(page.ids)


def test_a_page_with_errors_says_so_in_its_title(visitor):
    page = visitor.get("/sample").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    answer = visitor.post(
        "/sample", data={"csrf_token": token, "name": "Oak House", "rate": "lots"}
    )
    assert "<title>Error: Tell us about the home" in answer.text
    assert 'href="#rate"' in answer.text
    assert 'value="Oak House"' in answer.text
    assert 'value="lots"' in answer.text


def test_a_form_from_another_age_hands_back_what_was_typed(visitor):
    answer = visitor.post(
        "/sample", data={"name": "Oak House", "why": "Long\ntext", "password": "hush"}
    )
    assert answer.status_code == 400
    assert "Oak House" in answer.text
    assert "Long\ntext</textarea>" in answer.text
    assert "hush" not in answer.text


def test_somebody_signed_out_is_led_to_the_way_in_and_back():
    answer = a_house(viewer=None).test_client().get("/errors/expired")
    assert "You have been signed out" in answer.text
    assert 'href="/sign-in?next=/sample"' in answer.text
    assert "Sign out" not in answer.text


def test_the_demonstration_says_that_it_is_one(visitor):
    assert "invented providers and people" in visitor.get("/parts").text
    assert "invented providers" not in a_house(demo=False).test_client().get("/parts").text


def test_the_shell_shows_whose_house_it_is(visitor):
    page = visitor.get("/parts").text
    assert "Luton Council" in page
    assert "Ada Osei" in page
    assert 'aria-current="true"' in page


def test_who_is_signed_in_stands_in_the_header_and_leaves_the_line_to_the_places(visitor):
    page = page_of(visitor.get("/parts"))
    (header,), (places,) = page.xpath("//header"), page.xpath("//nav[@aria-label='Menu']")
    assert "Ada Osei" in words_of(header)
    assert header.xpath(".//form[@data-sign-out]//button")
    assert not places.xpath(".//form")
    assert [words_of(one) for one in places.xpath(".//li")] == [
        "Home",
        "Rounds",
        "Register",
        "Costs",
    ]


def test_the_shell_stands_when_nothing_is_handed_to_it():
    bare = a_house()
    bare.template_context_processors[None] = bare.template_context_processors[None][:1]
    assert bare.test_client().get("/errors/500").status_code == 200


def test_the_accent_is_a_style_of_its_own(visitor):
    assert "--portal-accent: #7a1f4b" in visitor.get("/accent.css").text


def test_no_crown_and_no_borrowed_name(visitor):
    for address in ADDRESSES:
        page = visitor.get(address).text
        assert "GOV.UK" not in page
        assert "crown" not in page.lower()


def test_every_stage_has_its_colour(house):
    stages = {
        str(stage)
        for vocabulary in vars(stage_names).values()
        if isinstance(vocabulary, EnumType)
        for stage in vocabulary
    }
    tags = house.jinja_env.get_template("components/tag.html").module
    assert {stage for stage in stages if stage not in tags.STAGE_COLOURS} == set()
    assert "Open for questions" in tags.stage_tag(stage_names.RoundStage.OPEN_FOR_QUESTIONS)


def test_every_component_tells_how_it_is_used():
    for file in Path(ROOT / "templates/components").glob("*.html"):
        start = file.read_text()[:1500]
        assert start.startswith("{#-"), file.name
