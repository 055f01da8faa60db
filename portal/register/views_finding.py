"""The page of the search."""

from typing import Any

from flask import request

from forms.register import SearchForm
from portal.access import Permission, current_viewer, needs
from portal.register import finding
from portal.register.views import bp
from portal.web import page


@bp.get("/search")
@needs(Permission.ACCOUNT_MANAGE)
def search() -> Any:
    form = SearchForm()
    typed = form.words.data.strip() if form.validate() else ""
    found = finding.find(
        current_viewer(),
        typed,
        kind=request.args.get("kind", ""),
        at=request.args.get("page", 1, type=int) or 1,
    )
    return page("register/search.html", form=form, typed=typed, found=found)
