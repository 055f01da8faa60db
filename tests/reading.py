"""What a person reads on a page that came back: its errors, and the line about saving."""

from typing import Any

from lxml import html
from lxml.html import HtmlElement

from tests.hygiene import words_of


def page_of(answer: Any) -> HtmlElement:
    """The page as a tree."""
    return html.document_fromstring(answer.text)


def classed(page: HtmlElement, name: str) -> list[HtmlElement]:
    """The elements of a class."""
    return page.xpath(f".//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]")


def errors_of(answer: Any) -> list[tuple[str, str]]:
    """Each line of the error summary with what it leads to; nothing where it leads nowhere."""
    lines = page_of(answer).xpath("//*[contains(@class, 'govuk-error-summary__list')]/li")
    return [(words_of(line), "".join(line.xpath("./a/@href"))) for line in lines]


def beside(answer: Any, field: str) -> str:
    """The error that stands beside a field, or nothing."""
    found = page_of(answer).xpath(f"//*[@id='{field}-error']")
    return words_of(found[0]).removeprefix("Error: ") if found else ""


def about_saving(answer: Any) -> tuple[str, str]:
    """What the line about saving says, and its state."""
    (line,) = page_of(answer).xpath("//*[@data-saved]")
    return words_of(line), line.get("data-state", "")
