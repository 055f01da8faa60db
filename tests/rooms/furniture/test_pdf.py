"""A PDF carries its title, language and every letter, and reads nothing but our own files."""

import base64
import io
import socket
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from pypdf import PdfReader

from portal import pdf
from portal.config import ROOT
from portal.pdf import PdfFailed, pdf_of, render_pdf

LETTER = """{% extends "pdf/base.html" %}{% block title %}Letter to {{ who }}{% endblock %}
{% block sender %}Luton Council{% endblock %}{% block reference %}APP-7K3MP-9QXT2{% endblock %}
{% block content %}<h1>Ŵ ŷ ż £ – ’</h1><p>{{ who }}</p><p><i>Note</i></p>
{% for line in range(lines) %}<p>Line {{ line }}</p>{% endfor %}{% endblock %}"""


@pytest.fixture
def letters():
    app = Flask("letters", template_folder=str(ROOT / "templates"))
    app.jinja_env.loader = ChoiceLoader(
        [app.jinja_loader, DictLoader({"letter.html": LETTER, "letter.txt": "{{ who }}"})]
    )
    with app.app_context():
        yield app


def read(content):
    return PdfReader(io.BytesIO(content))


def fonts(reader):
    found = reader.pages[0]["/Resources"]["/Font"].values()
    return {font.get_object()["/BaseFont"] for font in found}


def test_a_letter_has_title_language_author_and_numbered_pages(letters):
    reader = read(render_pdf("letter.html", who="Bramble Homes – Ŵ", lines=60))
    assert reader.metadata.title == "Letter to Bramble Homes – Ŵ"
    assert reader.metadata.author == "Provider quality assurance portal"
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) == 2
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of 2" in text
        assert "Luton Council" in text
        assert "APP-7K3MP-9QXT2" in text


def test_every_letter_of_our_names_is_in_the_embedded_font(letters):
    reader = read(render_pdf("letter.html", who="Łukasz, Siân", lines=0))
    text = reader.pages[0].extract_text()
    assert "Ŵ ŷ ż £ – ’" in text
    assert "Łukasz, Siân" in text
    assert any("DejaVuSans" in name for name in fonts(reader))
    assert not any("Helvetica-Oblique" in name for name in fonts(reader))


def test_it_works_from_any_working_directory(letters, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert not list(Path.cwd().iterdir())
    reader = read(render_pdf("letter.html", who="Ŵ", lines=0))
    assert "Ŵ ŷ ż" in reader.pages[0].extract_text()


@pytest.mark.parametrize("demo", [True, False])
def test_a_demonstration_says_so_on_every_page(letters, demo):
    letters.config["DEMO"] = demo
    for page in read(render_pdf("letter.html", who="Ada", lines=60)).pages:
        assert ("Demonstration – not a real document" in page.extract_text()) is demo


def test_a_document_that_cannot_be_made_says_nothing_of_its_content():
    with pytest.raises(PdfFailed) as failure:
        pdf_of("<p>secret</p>" + "<div>" * 300)
    assert "secret" not in str(failure.value)


def test_what_people_typed_is_text_and_never_markup(letters):
    reader = read(render_pdf("letter.html", who="<b>Ada</b> <pdf:nextpage> & Co", lines=0))
    assert "<b>Ada</b> <pdf:nextpage> & Co" in reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    with pytest.raises(PdfFailed, match=r"letter\.txt"):
        render_pdf("letter.txt", who="<b>")


def test_a_page_can_lie_on_its_side(letters):
    box = read(render_pdf("letter.html", who="Ada", lines=0, landscape=True)).pages[0].mediabox
    assert box.width > box.height


OUR_FONT = "<style>@font-face { font-family: Watched; src: url('/static/fonts/DejaVuSans-Bold.ttf'); }</style>"
SECRETS = [
    '<img src="{0}">',
    '<link rel="stylesheet" href="{0}">',
    "<style>@import url('{0}');</style>",
    "<style>@font-face {{ font-family: X; src: url('{0}'); }} p {{ font-family: X }}</style>",
    "<style>@page {{ background-image: url('{0}'); }}</style>",
    '<div style="background-image: url({0})">x</div>',
    '<iframe src="{0}"></iframe>',
    '<object data="{0}"></object>',
    '<pdf:include src="{0}" />',
    '<pdf:font name="X" src="{0}" />',
]


@pytest.mark.filterwarnings("ignore:.*is deprecated")
@pytest.mark.parametrize("markup", SECRETS)
@pytest.mark.parametrize(
    "address",
    [
        "/etc/passwd",
        "file:///etc/passwd",
        "../../../../../../etc/passwd",
        "/static/../portal/config.py",
        "/static/%2e%2e/portal/config.py",
        "/static/fonts/../../wsgi.py",
    ],
)
def test_markup_that_got_through_reads_no_file(monkeypatch, tmp_path, markup, address):
    opened = set()
    real = io.open

    def watched(file, *args, **kwargs):
        opened.add(str(file))
        return real(file, *args, **kwargs)

    monkeypatch.chdir(ROOT)
    pdf_of("<p>warm</p>")  # load everything that the library itself needs
    monkeypatch.setattr("builtins.open", watched)
    monkeypatch.setattr("io.open", watched)
    content = pdf_of(f"<html><body>{OUR_FONT}{markup.format(address)}<p>Letter</p></body></html>")
    monkeypatch.undo()
    assert [name for name in opened if name.endswith("DejaVuSans-Bold.ttf")]  # the watch works
    assert not [name for name in opened if "passwd" in name or name.endswith(".py")]
    assert "root:" not in read(content).pages[0].extract_text()


@pytest.mark.filterwarnings("ignore:.*is deprecated")
@pytest.mark.parametrize("markup", SECRETS)
def test_markup_that_got_through_fetches_no_address(markup):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.05)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        pdf_of(f"<html><body>{markup.format(address)}<p>Letter</p></body></html>")
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_drawing_in_an_address_reads_no_file():
    drawing = (
        b'<!DOCTYPE svg [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
        b'<svg xmlns="http://www.w3.org/2000/svg"><text>&secret;</text></svg>'
    )
    encoded = base64.b64encode(drawing).decode()
    content = pdf_of(f'<p>Letter</p><img src="data:image/svg+xml;base64,{encoded}">')
    assert "root:" not in read(content).pages[0].extract_text()
    content = pdf_of(
        f"<style>p {{ background: url(data:image/svg+xml;base64,{encoded}) }}</style><p>x"
    )
    assert "root:" not in read(content).pages[0].extract_text()


def test_a_chart_in_the_document_is_drawn(files):
    encoded = base64.b64encode(files["png"]).decode()
    page = read(pdf_of(f'<img src="data:image/png;base64,{encoded}">')).pages[0]
    assert len(page.images) == 1


def test_the_signpost_knows_our_files_only():
    assert pdf._ours("/static/fonts/DejaVuSans.ttf").endswith("static/fonts/DejaVuSans.ttf")
    for address in (
        "fonts/DejaVuSans.ttf",
        "//static/x",
        "https://example.org/static/x",
        "/etc/passwd",
    ):
        assert not Path(pdf._ours(address)).exists()


def test_our_font_has_a_licence_beside_it():
    assert "Bitstream" in (ROOT / "static" / "fonts" / "LICENCE-DejaVu.txt").read_text()
