"""A plain Word document: headings, paragraphs, lists and tables, in a few standard parts.

Everything that is written into it is text: no macro, no field, no link to anywhere.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from html import escape

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_MADE = (1980, 1, 1, 0, 0, 0)  # the same content makes the same file
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


class WordFile:
    """A document that is written from top to bottom: `word.heading("Quality", 1)`, `word.save()`."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._parts: list[str] = []
        self._styled("Title", title)

    def heading(self, text: str, level: int = 1) -> None:
        """A heading of level 1 or 2, which Word lists in its navigation."""
        self._styled(f"Heading{level}", text)

    def paragraph(self, text: str, *, small: bool = False) -> None:
        """A paragraph; each line of the text stands on a line of its own."""
        self._styled("Note" if small else "", text)

    def points(self, texts: Iterable[str]) -> None:
        """A list with bullets."""
        for text in texts:
            self._styled("Point", f"•\u00a0{text}")

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table with a line under each row; its headings are repeated on each page."""
        width = 9_000 // max(len(headings), 1)
        cells = [_row(headings, width, is_head=True), *(_row(row, width) for row in rows)]
        borders = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        self._parts.append(
            f'<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/><w:tblBorders>{borders}'
            f"</w:tblBorders></w:tblPr>{''.join(cells)}</w:tbl><w:p/>"
        )

    def box(self, lines: int = 3) -> None:
        """An empty frame to write an answer in."""
        self.table([], [["\n" * (lines - 1)]])

    def save(self) -> bytes:
        """The bytes of the .docx file."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            for name, text in self._members().items():
                package.writestr(zipfile.ZipInfo(name, _MADE), text, zipfile.ZIP_DEFLATED)
        return out.getvalue()

    def _styled(self, style: str, text: str) -> None:
        self._parts.append(_paragraph(text, style))

    def _members(self) -> dict[str, str]:
        body = "".join(self._parts)
        margins = " ".join(f'w:{side}="1134"' for side in ("top", "right", "bottom", "left"))
        page = (
            '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
            f'<w:pgMar {margins} w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
        )
        core = (
            f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{_text(self.title)}</dc:title><dc:language>en-GB</dc:language></cp:coreProperties>"
        )
        return {
            "[Content_Types].xml": _types(),
            "_rels/.rels": _relations(
                ("officeDocument", f"{_OFFICE}/officeDocument", "word/document.xml"),
                (
                    "core",
                    f"{_PACKAGE}/relationships/metadata/core-properties",
                    "docProps/core.xml",
                ),
            ),
            "docProps/core.xml": core,
            "word/_rels/document.xml.rels": _relations(
                ("styles", f"{_OFFICE}/styles", "styles.xml")
            ),
            "word/styles.xml": _styles(),
            "word/document.xml": (
                f'{_HEAD}<w:document xmlns:w="{_NAMESPACE}">'
                f"<w:body>{body}{page}</w:body></w:document>"
            ),
        }


def _text(text: str) -> str:
    return escape(_UNSEEN.sub("", text), quote=False)


def _paragraph(text: str, style: str = "", *, bold: bool = False) -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    weight = "<w:rPr><w:b/></w:rPr>" if bold else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{_text(line)}</w:t>' for line in text.split("\n")
    )
    return f"<w:p>{look}<w:r>{weight}{lines}</w:r></w:p>"


def _row(cells: Sequence[str], width: int, *, is_head: bool = False) -> str:
    if not cells:
        return ""
    head = "<w:trPr><w:tblHeader/></w:trPr>" if is_head else ""
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(cell, bold=is_head)}</w:tc>"
        for cell in cells
    )
    return f"<w:tr>{head}{made}</w:tr>"


def _types() -> str:
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _relations(*relations: tuple[str, str, str]) -> str:
    made = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'
        for name, kind, target in relations
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{made}</Relationships>'


def _styles() -> str:
    looks = {
        "Title": ("Title", 40, True, 0),
        "Heading1": ("heading 1", 32, True, 360),
        "Heading2": ("heading 2", 24, True, 240),
        "Point": ("List Bullet", 22, False, 0),
        "Note": ("Note", 19, False, 0),
    }
    made = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:pPr>{"<w:keepNext/>" if is_bold else ""}<w:spacing w:before="{before}" w:after="100"/></w:pPr>'
        f'<w:rPr>{"<w:b/>" if is_bold else ""}<w:sz w:val="{size}"/></w:rPr></w:style>'
        for key, (name, size, is_bold, before) in looks.items()
    )
    return (
        f'{_HEAD}<w:styles xmlns:w="{_NAMESPACE}"><w:docDefaults><w:rPrDefault><w:rPr>'
        '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/><w:sz w:val="22"/>'
        '<w:lang w:val="en-GB"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
        '<w:spacing w:after="120"/></w:pPr></w:pPrDefault></w:docDefaults>'
        f"{made}</w:styles>"
    )
