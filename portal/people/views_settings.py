"""The settings of this installation: each with its bounds, each change on record."""

from typing import Any

from flask import redirect, url_for

from forms.base import PortalForm, built_form
from forms.fields import TextField
from forms.numbers import WholeNumberField
from forms.validators import MaxCharacters, Required
from portal import settings
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.people import actions
from portal.people.views import bp
from portal.settings import DEFINITIONS, Definition
from portal.web import clock, done, page
from scoring.rules import RuleBroken


@bp.route("/administration/settings", methods=["GET", "POST"])
@needs(Permission.PEOPLE_ADMINISTER)
def change_settings() -> Any:
    form = _form()
    if form.validate_on_submit():
        try:
            changed = _change(form)
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done("The settings are saved." if changed else "Nothing was changed.")
            return redirect(url_for(".change_settings"))
    return page("people/settings.html", form=form, groups=groups())


GROUPS = {
    "What people see": ["product_name", "accent_colour", "support_email", "list_page_size"],
    "Keeping and deleting": [key for key in DEFINITIONS if key.startswith("keep_")],
    "Signing in": [
        "idle_minutes",
        "session_hours",
        "sign_in_attempts",
        "invitation_days",
        "glass_hours",
        "glass_reason_words",
    ],
}


def groups() -> dict[str, list[str]]:
    """Settings under headings; whatever has no heading yet stands last."""
    placed = {key for keys in GROUPS.values() for key in keys}
    rest = [key for key in DEFINITIONS if key not in placed]
    return {**GROUPS, "Rounds and everything else": rest}


def _form() -> Any:
    values = {key: settings.get(key) for key in DEFINITIONS}
    return built_form({key: _field(one) for key, one in DEFINITIONS.items()}, data=values)


def _field(one: Definition) -> Any:
    needed = Required("Enter a value")
    if isinstance(one.default, int):
        hint = f"From {one.lowest:,} to {one.highest:,}. Usually {one.default:,}."
        return WholeNumberField(
            one.title, [needed], hint=hint, minimum=one.lowest, maximum=one.highest, width=5
        )
    return TextField(
        one.title, [needed, MaxCharacters(200)], hint=f"Usually {one.default}.", width="two-thirds"
    )


def _change(form: PortalForm) -> bool:
    """Set each value that differs; a broken rule names its field."""
    changed = False
    for key in DEFINITIONS:
        value = form[key].data
        if value == settings.get(key):
            continue
        try:
            actions.change_setting(key, value, actor=current_viewer(), now=clock())
        except RuleBroken as broken:
            raise RuleBroken(broken.code, broken.message, key) from broken
        changed = True
    return changed
