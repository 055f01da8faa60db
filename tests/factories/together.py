"""What people do at the same moment, each over a connection of their own."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from portal.db import db
from scoring.rules import RuleBroken

RUN_INTO_IT = 0.25  # seconds that the others have to get as far as they can
DONE = "done"


def together(app: Any, first: Callable[[], Any], *others: Callable[[], Any]) -> list[str]:
    """Let all of them act before any has committed; what came of each: `done`, or why it was refused.

    The first is held before its commit while the others begin. Each looks up what it acts on by
    itself, as a page does. What the test prepared is committed before.

    Returns:
        For each in order: `done`, or the code of the rule that it broke.
    """
    db.session.commit()
    acted, go_on = Event(), Event()
    came: dict[int, Any] = {}

    def run(number: int, act: Callable[[], Any], wait: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                act()
                wait()
                db.session.commit()
                came[number] = DONE
            except RuleBroken as broken:
                came[number] = broken.code if broken.message else repr(broken)
            except Exception as error:
                came[number] = error
            finally:
                acted.set()

    def hold() -> None:
        acted.set()
        go_on.wait(20)

    threads = [Thread(target=run, args=(0, first, hold))]
    threads += [Thread(target=run, args=(n, one, int)) for n, one in enumerate(others, 1)]
    threads[0].start()
    acted.wait(20)
    for one in threads[1:]:
        one.start()
    threads[1].join(RUN_INTO_IT)
    go_on.set()
    for one in threads:
        one.join(30)
    db.session.rollback()
    db.session.expire_all()
    for outcome in came.values():
        if isinstance(outcome, Exception):
            raise outcome
    return [came[number] for number in range(len(threads))]


def one_of(outcomes: list[str]) -> str:
    """The refusal of the one that lost; exactly one of two was done."""
    assert outcomes.count(DONE) == 1, outcomes
    return next(one for one in outcomes if one != DONE)
