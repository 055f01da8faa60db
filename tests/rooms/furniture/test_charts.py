"""A chart is text that can be read, needs no style of its own, and is always the same."""

import json
import re
import subprocess
import sys
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from werkzeug.exceptions import NotFound

from portal import charts, drawing
from portal.charts import Dot, Quartiles, Series, Strip, picture, stacked_bars, svg
from portal.config import ROOT
from portal.drawing import INK, PHONE, QUIET, WIDE
from portal.figures import Column
from portal.linecharts import Lines
from portal.pairedbars import PairedBars
from scoring.rates import five_numbers

RATES = [119_500, 121_000, 128_050, None, 150_000]
SVG = f"{{{drawing.SVG}}}"
NAMES = ["Bramble Homes", "Ŵyn <b>& Co</b>", "Meridian 16+", "Silent House", "Harbour"]


def strip(own="Meridian 16+"):
    dots = (Dot(name, rate, own=name == own) for name, rate in zip(NAMES, RATES, strict=True))
    quartiles = Quartiles.of(five_numbers(RATES))
    return Strip("Rates of lot 1A", tuple(dots), quartiles, "Pounds a week")


def bars():
    return stacked_bars(
        "Cost by type",
        ["2024-25", "2025-26"],
        [Series("In-house", (10_000_000, 12_000_000)), Series("IFA", (20_000_000, None))],
        column=Column("cost", "Cost", "money", decimals=0),
    )


def over_time():
    series = [Series("Officers", (3, None, 1)), Series("Young people", (4, 4, Fraction(1, 2)))]
    days = ("9 June 2026", "1 July 2026", "2 August 2026")
    weak = Column("weak", "Weak", "number", decimals=1)
    return Lines("Weak matters", days, tuple(series), "Weak matters", weak, 4)


def side_by_side(officers=(2, 0), young=(1, None)):
    series = (Series("Weak, by officers", officers), Series("Weak, by young people", young))
    weak = Column("weak", "Visits", "whole")
    return PairedBars("Weak matters", ("A Home", "B Food"), series, column=weak)


def words(chart, look=WIDE):
    root = ET.fromstring(svg(chart, look))
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("chart", [strip(), bars(), over_time(), side_by_side()])
def test_a_chart_lives_under_a_strict_policy(chart):
    drawing = svg(chart)
    assert "style" not in drawing
    assert "<script" not in drawing
    assert not re.search(r"\son\w+=", drawing)
    assert "matplotlib" not in drawing.lower()
    assert "http" not in drawing.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("chart", [strip(), bars(), over_time(), side_by_side()])
def test_a_chart_can_be_read_aloud_and_grows_with_its_page(chart):
    root = ET.fromstring(svg(chart))
    assert root.get("role") == "img"
    title, description = list(root)[:2]
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert (title.text, description.text) == (chart.title, chart.description)
    assert root.get("viewBox")
    assert root.get("width") is None


def test_a_strip_says_each_value_and_marks_ones_own_not_by_colour_alone():
    said = words(strip())
    for value in ("£1,195.00", "£1,210.00", "£1,280.50", "£1,500.00"):
        assert value in said
    assert "not given" in said
    assert "Median: £1,245.25" in said
    assert "Middle half: £1,206.25 to £1,335.38" in said
    bold = re.findall(r'font-weight="700"[^>]*>([^<]*)<', svg(strip()))
    assert bold == ["Meridian 16+", "£1,280.50"]
    assert svg(strip(own="")).count('font-weight="700"') == 0
    assert "Meridian 16+: £1,280.50." in strip().description
    assert "1 not given." in strip().description


def test_rows_stand_from_lowest_to_highest_with_what_is_missing_last():
    names = [text for text in words(strip()) if text in {*NAMES, "Ŵyn <b>& Co</b>"}]
    assert names == ["Bramble Homes", "Ŵyn <b>& Co</b>", "Meridian 16+", "Harbour", "Silent House"]


@pytest.mark.parametrize("chart", [strip(), bars(), over_time(), side_by_side()])
def test_a_phone_gets_a_drawing_of_its_own_in_which_words_are_as_large_as_on_the_page(chart):
    drawing = ET.fromstring(svg(chart, PHONE))
    width = float(drawing.get("viewBox").split()[2])
    assert width < 375  # so that nothing in it is made smaller
    sizes = {one.get("font-size") for one in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {float(size.removesuffix("px")) for size in sizes} == {13.5}


def test_a_phone_reads_name_and_value_above_each_row():
    said = words(strip(), PHONE)
    assert said.index("Bramble Homes") + 1 == said.index("£1,195.00")
    assert said.index("Silent House") + 1 == said.index("not given")
    bold = re.findall(r'font-weight="700"[^>]*>([^<]*)<', svg(strip(), PHONE))
    assert bold == ["Meridian 16+", "£1,280.50"]


def with_a_threshold():
    parts = [Series("Quality", (4_000, 5_000)), Series("Price", (2_000, 1_500))]
    return stacked_bars("Results", NAMES[:2], parts, marks=(("Threshold", 5_000),))


@pytest.mark.parametrize("chart", [strip(), with_a_threshold()])
def test_on_a_phone_no_line_and_no_edge_crosses_a_name(chart):
    root = ET.fromstring(svg(chart, PHONE))
    lines = [
        [float(number) for number in re.findall(r"-?[\d.]+", path.get("d"))]
        for path in root.iter(f"{SVG}path")
        if path.get("stroke") in {INK, QUIET} and "clip-path" in path.attrib
    ]
    words = {one.get("y"): one for one in root.iter(f"{SVG}text") if one.text in NAMES}
    assert len(lines) >= len(words) > 1
    for feet in map(float, words):
        crossing = [line for line in lines if min(line[1::2]) < feet and max(line[1::2]) > feet - 9]
        assert crossing == []


def test_a_page_holds_both_drawings_and_they_share_no_id():
    page = ET.fromstring(f"<div>{picture(strip())}</div>")
    assert [part.get("class") for part in page] == ["portal-chart__wide", "portal-chart__phone"]
    ids = [one.get("id") for one in page.iter() if one.get("id")]
    assert len(ids) == len(set(ids))


def test_names_are_text_and_never_markup():
    assert "<b>" not in svg(strip())
    assert "Ŵyn &lt;b&gt;&amp; Co&lt;/b&gt;" in svg(strip())


@pytest.mark.parametrize("name", ["$x^2$ Homes", "a $1 b", "\\alpha_{x}", "50% off", "&amp;"])
def test_a_name_is_printed_as_it_is(name):
    assert name in words(Strip("Rates", (Dot(name, 5),)))


def test_parts_of_bars_differ_by_pattern_and_a_gap_is_said():
    assert "url(#" in svg(bars())
    assert words(bars())[-2:] == ["In-house", "IFA"]
    assert "£300,000" in words(bars())
    assert "£120,000 (part not given)" in words(bars())
    assert bars().description == (
        "2024-25: In-house £100,000, IFA £200,000. 2025-26: In-house £120,000, IFA not given."
    )


def test_two_charts_on_a_page_share_no_id():
    both = svg(strip()) + svg(bars()) + svg(strip(own=""))
    ids = re.findall(r'\sid="([^"]+)"', both)
    assert len(ids) == len(set(ids))
    referred = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', both))
    assert {first or second for first, second in referred} <= set(ids)


def test_the_same_chart_is_the_same_bytes_in_another_process():
    program = (
        "import json, sys; sys.path.insert(0, '.');"
        "from tests.rooms.furniture.test_charts import strip, bars, svg, charts;"
        "print(json.dumps([svg(strip()), svg(bars()), charts.png(bars()).hex()]))"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True
    )
    assert json.loads(other.stdout) == [svg(strip()), svg(bars()), charts.png(bars()).hex()]


def test_a_chart_is_drawn_once():
    assert svg(strip()) is svg(strip())


@pytest.mark.parametrize(
    "rates",
    [
        [],
        [None],
        [100],
        [100, 100, 100],
        [0, 0],
        [Fraction(1, 3), Fraction(-1, 3)],
        list(range(60)),
    ],
)
def test_any_number_of_values_can_be_drawn(rates):
    dots = (Dot(f"Provider number {at} of a long list", rate) for at, rate in enumerate(rates))
    drawing = svg(Strip("Rates", tuple(dots), Quartiles.of(five_numbers(rates))))
    assert ET.fromstring(drawing).get("role") == "img"


def test_bars_that_would_mislead_are_refused():
    with pytest.raises(ValueError, match="below zero"):
        stacked_bars("x", ["a"], [Series("s", (-1,))])
    with pytest.raises(ValueError, match="each category"):
        stacked_bars("x", ["a", "b"], [Series("s", (1,))])
    with pytest.raises(ValueError, match="told apart"):
        stacked_bars("x", ["a"], [Series(str(at), (1,)) for at in range(7)])


def test_a_chart_can_be_taken_away():
    for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        response = charts.download(strip(), kind)
        assert response.data.startswith(start)
        assert (
            response.headers["Content-Disposition"]
            == f"attachment; filename=rates-of-lot-1a.{kind}"
        )
    with pytest.raises(NotFound):
        charts.download(strip(), "exe")


@pytest.mark.parametrize("chart", [strip, bars, over_time, side_by_side])
def test_every_kind_of_chart_goes_into_a_paper(chart):
    assert charts.png(chart()).startswith(b"\x89PNG")


def test_the_library_is_loaded_only_when_a_chart_is_drawn():
    program = (
        "import sys, portal.charts, portal.tables, portal.pdf, portal.imports;"
        "heavy = {'matplotlib', 'numpy', 'xhtml2pdf', 'reportlab', 'xlsxwriter', 'python_calamine'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("look", [WIDE, PHONE])
def test_bars_beside_each_other_say_each_value_and_no_sum_of_them(look):
    said = words(side_by_side(), look)
    assert {"2", "1", "0", "not given"} <= set(said)
    assert "3" not in said


def test_what_is_counted_has_a_scale_of_whole_numbers():
    said = words(side_by_side((1, 0), (1, 1)))
    assert not [word for word in said if "." in word]
