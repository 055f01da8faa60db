"""Promises: a look at one, and adding those of a contract without a bid."""

from typing import Any

from flask import redirect, url_for

from forms import choice
from forms.contracts import KEPT, PromiseForm, PromiseLookForm
from portal.access import Permission, current_viewer, needs
from portal.contracts import actions_promises, policy
from portal.contracts.views import agreed, bp
from portal.days import today
from portal.documents.queries import clean_versions, version_words
from portal.people.queries import names_of
from portal.web import carried_out, clock, done, or_404, page


@bp.route("/contracts/<ref>/promises/new", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def new_promise(ref: str) -> Any:
    found, viewer = agreed(ref), current_viewer()
    policy.may_edit(viewer, found).or_refuse("contract:refused")
    form = PromiseForm()
    if carried_out(
        form,
        lambda: actions_promises.add_promise(
            found, form.question.data, form.text.data, actor=viewer, now=clock()
        ),
    ):
        done("The promise is added.")
        return redirect(url_for(".show", ref=ref) + "#promises")
    return page("contracts/new_promise.html", form=form, held=found)


@bp.route("/contracts/<ref>/promises/<promise>", methods=["GET", "POST"])
@needs(Permission.CONTRACT_EDIT)
def promise(ref: str, promise: str) -> Any:
    found, viewer = agreed(ref), current_viewer()
    one = or_404(next((one for one in found.promises if one.ref == promise), None))
    policy.may_edit(viewer, found).or_refuse("contract:refused")
    form = PromiseLookForm(looked_on=today(clock()))
    papers = {one.ref: one for one in clean_versions(found.provider_id, viewer)}
    form.documents.choices = [choice(ref, version_words(one)) for ref, one in papers.items()]
    if carried_out(
        form,
        lambda: actions_promises.look_at(
            one,
            kept=form.state.data == KEPT,
            evidence=form.evidence.data,
            looked_on=form.looked_on.data,
            documents=[papers[ref] for ref in form.documents.data],
            actor=viewer,
            now=clock(),
        ),
    ):
        done("What you found is recorded.")
        return redirect(url_for(".show", ref=ref) + "#promises")
    names = names_of(look.looked_by_id for look in one.checks)
    return page(
        "contracts/promise.html",
        form=form,
        held=found,
        promise=one,
        names=names,
        version_words=version_words,
    )
