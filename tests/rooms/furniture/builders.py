"""Small true files to upload, and the pieces of harmful ones."""

import io
import struct
import zipfile
import zlib

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def a_zip(members, packing=zipfile.ZIP_DEFLATED):
    """The bytes of a zip with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def types(main):
    return f'<Types><Override PartName="/main.xml" ContentType="{main}"/></Types>'


def true_files():
    """True files by kind, as bytes."""
    pixel = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", pixel), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    )
    return {
        "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        "docx": a_zip({"[Content_Types].xml": types(WORD), "word/document.xml": "<w/>"}),
        "xlsx": a_zip({"[Content_Types].xml": types(EXCEL), "xl/workbook.xml": "<w/>"}),
        "png": png,
        "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(40) + b"\xff\xd9",
    }
