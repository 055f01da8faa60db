"""Cells of a plain CSV, cut by the reader of pandas, which makes one text of cells that repeat.

Dates, prices, types and names repeat a great deal. A text that stands once in memory is hashed
once, and every later look at the column is quicker; see `docs/decisions/cells-that-repeat.md`.
"""

import io
from itertools import repeat

from portal.sheets import Columns, columns_of

SHORT = 50_000  # letters; below that, loading pandas costs more than it brings


def shared_columns(piece: str, delimiter: str, width: int) -> Columns | None:
    """The columns of lines, or None where one of them has more or fewer cells than the heading.

    Args:
        piece: lines without quotation marks and returns, the last one without its end.
    """
    if len(piece) < SHORT or width == 1:
        return columns_of(piece, delimiter, width)
    if "\0" in piece or piece.startswith("\ufeff"):
        return None
    if set(map(str.count, piece.split("\n"), repeat(delimiter))) != {width - 1}:
        return None  # which pandas would fill up, or leave out
    import pandas as pd

    table = pd.read_csv(
        io.StringIO(piece),
        sep=delimiter,
        header=None,
        dtype=object,
        na_filter=False,
        quoting=3,  # no sign of quotation
        skip_blank_lines=False,
        engine="c",
        low_memory=False,
    )
    return [table[at].tolist() for at in range(width)]
