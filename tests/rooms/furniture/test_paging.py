"""Walking a list forth and back shows every row once, in order, and no cursor can be forged."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import ForeignKey, String, create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from portal.db import UTCDateTime
from portal.paging import Page, Sorting, count, paginate


class Base(DeclarativeBase):
    pass


class Town(Base):
    __tablename__ = "paging_town"
    ref: Mapped[str] = mapped_column(String(10), primary_key=True)


class Home(Base):
    __tablename__ = "paging_home"
    ref: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str]
    beds: Mapped[int | None]
    opened_on: Mapped[date | None]
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    town_ref: Mapped[str] = mapped_column(ForeignKey(Town.ref))


SORTING = Sorting(
    {
        "name": Home.name,
        "lower": func.lower(Home.name),
        "beds": Home.beds,
        "opened": Home.opened_on,
        "seen": Home.seen_at,
        "ref": Home.ref,
    },
    default="name",
    unique=Home.ref,
)
FIRST = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine(database_url):
    """Two tables of their own, on the database that this run is about."""
    sqlite = database_url.startswith("sqlite")
    engine = create_engine("sqlite://" if sqlite else database_url)
    Base.metadata.create_all(engine)
    yield engine
    Base.metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture
def session(engine):
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "a secret for a test"
    with app.app_context(), Session(engine) as session:
        session.add(Town(ref="LTN"))
        session.flush()
        for number in range(23):
            session.add(
                Home(
                    ref=f"H{(number * 7) % 23:02}",
                    name="Ash " + "abc"[number % 3],  # many equals
                    beds=None if number % 4 == 0 else number % 5,
                    opened_on=None if number % 3 == 0 else date(2020, 1, 1 + number),
                    seen_at=FIRST + timedelta(hours=number % 6),
                    town_ref="LTN",
                )
            )
        session.flush()
        yield session


def walk(session, sort, size, statement=None):
    pages, cursor = [], None
    while True:
        page = paginate(
            session, statement or select(Home), SORTING, sort=sort, cursor=cursor, size=size
        )
        pages.append([home.ref for home in page.items])
        cursor = page.next_cursor
        if cursor is None:
            return pages, page


@pytest.mark.parametrize("size", [1, 5, 22, 23, 24])
@pytest.mark.parametrize("word", ["name", "lower", "beds", "opened", "seen", "ref"])
@pytest.mark.parametrize("down", [False, True])
def test_forth_shows_every_row_once_and_back_shows_the_same_pages(session, word, down, size):
    sort = f"-{word}" if down else word
    forth, last = walk(session, sort, size)
    refs = [ref for page in forth for ref in page]
    assert sorted(refs) == [f"H{number:02}" for number in range(23)]
    back, cursor = [], last.previous_cursor
    while cursor:
        page = paginate(session, select(Home), SORTING, sort=sort, cursor=cursor, size=size)
        back.insert(0, [home.ref for home in page.items])
        cursor = page.previous_cursor
    assert back == forth[:-1]


@pytest.mark.parametrize("sort", ["beds", "-beds"])
def test_missing_values_come_last_in_either_direction(session, sort):
    items = paginate(session, select(Home), SORTING, sort=sort, size=100).items
    beds = [home.beds for home in items]
    known = [bed for bed in beds if bed is not None]
    assert beds == [*sorted(known, reverse=sort.startswith("-")), *[None] * 6]


def test_a_page_costs_one_statement(session):
    statements = []
    event.listen(
        session.connection(), "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    first = paginate(session, select(Home), SORTING, size=5)
    paginate(session, select(Home), SORTING, size=5, cursor=first.next_cursor)
    assert len(statements) == 2
    assert all("OFFSET 5" not in text for text in statements)


def test_a_row_that_comes_in_between_is_neither_missed_nor_shown_twice(session):
    first = paginate(session, select(Home), SORTING, sort="ref", size=5)
    session.add(Home(ref="H000", name="New", seen_at=FIRST, town_ref="LTN"))
    second = paginate(session, select(Home), SORTING, sort="ref", size=5, cursor=first.next_cursor)
    assert [home.ref for home in second.items] == ["H05", "H06", "H07", "H08", "H09"]
    before = paginate(
        session, select(Home), SORTING, sort="ref", size=5, cursor=second.previous_cursor
    )
    assert [home.ref for home in before.items] == ["H000", "H01", "H02", "H03", "H04"]
    assert before.previous_cursor


@pytest.mark.parametrize("cursor", ["", "nonsense", "WyJuYW1lIiwwLFtdXQ.forged", "é", "../.."])
def test_a_forged_cursor_gives_the_first_page(session, cursor):
    first = paginate(session, select(Home), SORTING, size=5)
    given = paginate(session, select(Home), SORTING, size=5, cursor=cursor)
    assert given == first
    changed = "X" + first.next_cursor[1:]
    assert paginate(session, select(Home), SORTING, size=5, cursor=changed) == first


def test_a_cursor_for_another_order_gives_the_first_page(session):
    by_name = paginate(session, select(Home), SORTING, sort="name", size=5)
    by_beds = paginate(session, select(Home), SORTING, sort="beds", size=5)
    assert (
        paginate(session, select(Home), SORTING, sort="beds", size=5, cursor=by_name.next_cursor)
        == by_beds
    )


def test_only_the_named_columns_can_be_sorted_by(session):
    page = paginate(session, select(Home), SORTING, sort="town_ref; DROP TABLE home")
    assert page.sort == "name"


def test_a_size_is_kept_within_bounds(session):
    assert len(paginate(session, select(Home), SORTING, size=0).items) == 1
    assert paginate(session, select(Home), SORTING, size=10**9).size == 100


def test_when_everything_after_a_place_is_gone_there_is_a_way_back(session):
    first = paginate(session, select(Home), SORTING, sort="ref", size=20)
    for home in session.scalars(select(Home).where(Home.ref > "H19")):
        session.delete(home)
    empty = paginate(session, select(Home), SORTING, sort="ref", size=20, cursor=first.next_cursor)
    assert empty.items == []
    back = paginate(
        session, select(Home), SORTING, sort="ref", size=20, cursor=empty.previous_cursor
    )
    assert back.items[0].ref == "H00"


def test_an_empty_list_is_one_empty_page(session):
    assert paginate(session, select(Home).where(Home.name == "none"), SORTING) == Page(
        [], sort="name"
    )


def test_several_entities_come_as_they_were_asked_for(session):
    page = paginate(session, select(Home, Town.ref).join(Town), SORTING, size=2)
    assert [(home.name, town) for home, town in page.items] == [("Ash a", "LTN")] * 2


def test_the_count_is_of_all_rows(session):
    assert count(session, select(Home, Town).join(Town).order_by(Home.name)) == 23
    assert count(session, select(Home).where(Home.beds.is_(None))) == 6
