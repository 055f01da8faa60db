"""How the installation runs: what failed, what was refused, what waits."""

from typing import Any

from flask import redirect, request, url_for

from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.documents import scans
from portal.register import actions_running, parts_running, running
from portal.register.views import bp
from portal.web import clock, done, page


@bp.get("/running")
@needs(Permission.PEOPLE_ADMINISTER)
def show_running() -> Any:
    viewer = current_viewer()
    return page(
        "register/running.html",
        failed=running.failed(viewer),
        refused=running.refused(viewer, request.args.get("from")),
        waiting=scans.waiting(),
        parts=parts_running.parts(viewer, clock()),
    )


@bp.post("/running/try-again")
@needs(Permission.PEOPLE_ADMINISTER)
def try_again() -> Any:
    kind = request.form.get("kind", "")
    number = actions_running.try_again(kind, actor=current_viewer(), now=clock())
    db.session.commit()
    done(f"{number} {'job is' if number == 1 else 'jobs are'} tried again now.")
    return redirect(url_for(".show_running"))
