"""What every page owes to whoever reads it, whatever it is about.

`faults_of` reads one page as a browser would and says in words what is wrong with it. It is asked
by the test client (tests/client.py) for every page that any test looks at.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

from lxml import html
from lxml.html import HtmlElement

Leads = Callable[
    [str, str], str
]  # address and method to what is wrong with it; nothing when it leads

TYPED = "//input[not(@type='hidden' or @type='submit' or @type='button')] | //select | //textarea"
HEADINGS = "//h1 | //h2 | //h3 | //h4 | //h5 | //h6"
REFERRING = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "for", "form")
SPILLED = re.compile(
    r"\{\{|\{%|Undefined|object at 0x|datetime\.|Decimal\(|Fraction\(|<\w+\.\w+|&(amp|lt|gt|#\d+);"
)
NOTHING = {"None", "nan", "NaN", "[]", "{}", "()", "True", "False"}


def faults_of(text: str, address: str, leads: Leads) -> list[str]:
    """Everything that is wrong with a page, in words; nothing for a sound one.

    Args:
        address: where the page lies, to which its links are relative.
        leads: says what is wrong with following an address by a method.
    """
    page = html.document_fromstring(text)
    found: list[str] = []
    for look in (_head, _headings, _ids, _fields, _tables, _pictures, _policy, _words):
        found += look(page)
    found += _forms(page, address, leads)
    found += _links(page, address, leads)
    return found


def words_of(element: HtmlElement) -> str:
    """The text of an element in one line."""
    return " ".join(element.text_content().split())


def _head(page: HtmlElement) -> Iterator[str]:
    if page.get("lang") != "en":
        yield "the page does not say its language"
    if not page.xpath("//meta[@name='viewport']"):
        yield "the page does not say how it fits a phone"
    titles, headings = page.xpath("/html/head/title"), page.xpath("//h1")
    if len(titles) != 1 or len(headings) != 1:
        yield f"{len(titles)} titles and {len(headings)} h1, instead of one each"
        return
    title, dash, product = words_of(titles[0]).rpartition(" – ")
    if not dash or not product:
        yield "the title does not end with the name of the product"
    if title.removeprefix("Error: ") != words_of(headings[0]):
        yield f"the title says “{title}”, the h1 “{words_of(headings[0])}”"
    has_summary = bool(page.xpath("//*[contains(@class, 'govuk-error-summary__title')]"))
    if title.startswith("Error: ") != has_summary:
        yield "“Error:” in the title and the error summary do not go together"


def _headings(page: HtmlElement) -> Iterator[str]:
    before = 0
    for heading in page.xpath(HEADINGS):
        level = int(heading.tag[1])
        if not words_of(heading):
            yield f"an empty {heading.tag}"
        if before and level > before + 1:
            yield f"“{words_of(heading)}” is an h{level} after an h{before}"
        before = level
    if not page.xpath("//main[@id='main-content']//h1"):
        yield "the h1 is not in the main part of the page"


def _ids(page: HtmlElement) -> Iterator[str]:
    ids = Counter(page.xpath("//@id"))
    yield from (f"the id “{name}” {times} times" for name, times in ids.items() if times > 1)
    for attribute in REFERRING:
        for element in page.xpath(f"//*[@{attribute}]"):
            for name in element.get(attribute).split():
                if name not in ids:
                    yield f"{attribute}=“{name}” of a {element.tag} names nothing"


def _fields(page: HtmlElement) -> Iterator[str]:
    labelled = {label.get("for") for label in page.xpath("//label[@for]") if words_of(label)}
    for field in page.xpath(TYPED):
        wrapped = any(words_of(label) for label in field.iterancestors("label"))
        named = field.get("aria-label") or field.get("aria-labelledby")
        if not (wrapped or named or field.get("id") in labelled):
            yield f"the field “{field.get('name')}” has no label"
        if not field.get("name") and not field.get("form"):
            yield f"the field “{field.get('id')}” has no name, so it is never sent"
    for kind in ("radio", "checkbox"):
        boxes = page.xpath(f"//form//input[@type='{kind}']")
        several = Counter((_form_of(box), box.get("name")) for box in boxes)
        for box in boxes:
            alone = several[_form_of(box), box.get("name")] == 1
            if not alone and not box.xpath("ancestor::fieldset/legend[normalize-space()]"):
                yield f"the choices “{box.get('name')}” have no legend"
                break


def _form_of(element: HtmlElement) -> HtmlElement:
    return next(element.iterancestors("form"))


def _tables(page: HtmlElement) -> Iterator[str]:
    for table in page.xpath("//table"):
        caption = " ".join(words_of(one) for one in table.xpath("./caption"))
        name = caption or words_of(table)[:40]
        if not caption:
            yield f"the table “{name}…” has no caption"
        heads = table.xpath(".//th")
        if not heads:
            yield f"the table “{name}” has no headings"
        if any(head.get("scope") not in {"col", "row", "colgroup", "rowgroup"} for head in heads):
            yield f"the table “{name}” has a heading of nothing"
        if any(not words_of(head) for head in heads):
            yield f"the table “{name}” has an empty heading"


def _pictures(page: HtmlElement) -> Iterator[str]:
    for picture in page.xpath("//img[not(@alt)]"):
        yield f"the picture {picture.get('src', '')[:60]} has no alt"
    for drawing in page.xpath("//svg[not(ancestor::svg)]"):
        named = (
            drawing.xpath("./title") or drawing.get("aria-label") or drawing.get("aria-labelledby")
        )
        hidden = drawing.xpath("ancestor-or-self::*[@aria-hidden='true']")
        if not (named or hidden):
            yield "a drawing that has no name and is not hidden"


def _policy(page: HtmlElement) -> Iterator[str]:
    """What the content security policy refuses would only be missing in a browser."""
    for script in page.xpath("//script"):
        if not script.get("src") or not script.get("src").startswith("/"):
            yield "a script that does not come from a file of ours"
    if page.xpath("//style"):
        yield "an inline style sheet"
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            if name == "style" or name.startswith("on") or value.strip().startswith("javascript:"):
                yield f"{name}=“{value[:40]}” on a {element.tag}"
    yield from _frames(page)


def _frames(page: HtmlElement) -> Iterator[str]:
    """A frame holds a file of ours in a sandbox, and nothing else."""
    for name in ("object", "embed", "base", "frame"):
        if page.xpath(f"//{name}"):
            yield f"an element that the policy refuses: {name}"
    if page.xpath("//iframe[not(starts-with(@src, '/') and contains(@src, '/view') and @title)]"):
        yield "a frame without a name, or of something that is no file of ours in a sandbox"


def _words(page: HtmlElement) -> Iterator[str]:
    for words in page.xpath("//body//text()[not(ancestor::script)]"):
        spilled = SPILLED.search(words)
        if spilled or words.strip() in NOTHING:
            yield f"the inside of the machine shows: “{words.strip()[:80]}”"


def _forms(page: HtmlElement, address: str, leads: Leads) -> Iterator[str]:
    for form in page.xpath("//form"):
        method = form.get("method", "get").upper()
        to = urljoin(address, form.get("action") or address)
        if wrong := leads(to, method):
            yield f"a form sends {method} to {to}, which {wrong}"
        tokens = [one for one in form.xpath(".//input[@name='csrf_token']") if one.get("value")]
        if method == "POST" and len(tokens) != 1:
            yield f"the form to {to} has {len(tokens)} CSRF fields"
        if method == "GET" and form.xpath(".//input[@name='csrf_token']"):
            yield f"the form to {to} shows its CSRF token in the address"
        if form.xpath(".//input[@type='file']") and form.get("enctype") != "multipart/form-data":
            yield f"the form to {to} cannot carry its file"
        pressed = form.xpath(".//button[@type='submit' or not(@type)] | .//input[@type='submit']")
        beside = page.xpath(f"//button[@form='{form.get('id')}']") if form.get("id") else []
        if not pressed and not beside:
            yield f"the form to {to} cannot be sent without script"
    for button in page.xpath("//button[@type='button'][not(ancestor-or-self::*[@hidden])]"):
        yield f"the button “{words_of(button)}” does nothing without script"
    for button in page.xpath("//button"):
        if not words_of(button) and not button.get("aria-label"):
            yield "a button that says nothing"


def _links(page: HtmlElement, address: str, leads: Leads) -> Iterator[str]:
    ids = set(page.xpath("//@id"))
    for link in page.xpath("//a[@href]"):
        href, words = link.get("href"), words_of(link) or link.get("aria-label", "")
        if not words and not link.xpath(".//img[@alt!='']"):
            yield f"the link to {href} says nothing"
        if href.startswith("#"):
            if href[1:] not in ids:
                yield f"“{words}” leads to {href}, which is not on this page"
        elif not _is_elsewhere(href) and (wrong := leads(urljoin(address, href), "GET")):
            yield f"“{words}” leads to {href}, which {wrong}"
    for name in ("//img/@src", "//script/@src", "//link/@href"):
        for src in page.xpath(name):
            if not src.startswith("data:") and (wrong := leads(urljoin(address, src), "GET")):
                yield f"the page asks for {src}, which {wrong}"


def _is_elsewhere(href: str) -> bool:
    return urlsplit(href).scheme in {"https", "mailto", "tel"}
