"""What is done to follow-ups: raise by hand, note, answer with a file, decide."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import redirect, url_for

from forms import choice
from forms.followups import AnswerForm, DecideForm, NoteForm, RaiseForm
from portal.access import Permission, Role, Viewer, current_viewer, needs
from portal.days import today
from portal.db import db
from portal.documents import actions as documents, receiving, scans
from portal.documents.actions import StagedFile
from portal.documents.models import DocumentVersion
from portal.followups import actions, policy
from portal.followups.actions import Owner, Source
from portal.followups.models import FollowUp, FollowUpKind, OwnerSide
from portal.followups.views import bp, facts, one
from portal.people.models import Council
from portal.people.queries import councils_as
from portal.providers import queries as providers
from portal.providers.models import Provider
from portal.web import carried_out, clock, done, or_404, page

EVIDENCE = "follow-up-evidence"


@dataclass(frozen=True, slots=True)
class Act:
    """A decision as its page words it."""

    do: Callable[..., Any]
    title: str
    ask: str
    hint: str
    button: str
    said: str
    with_day: bool = False
    warns: bool = False


ACTS = {
    "close": Act(
        actions.close,
        "Close this",
        "How do you know that it is done?",
        "For example: seen at the re-visit of 4 March, or the certificate is in the library.",
        "Close it",
        "It is closed.",
    ),
    "send-back": Act(
        actions.send_back,
        "Send this back",
        "What is still missing?",
        "The owner reads this.",
        "Send it back",
        "It is sent back. The owner gets an email.",
    ),
    "reopen": Act(
        actions.reopen,
        "Open this again",
        "Why is it opened again?",
        "The owner reads this.",
        "Open it again",
        "It is open again. The owner gets an email.",
        with_day=True,
    ),
    "change-due": Act(
        actions.change_due,
        "Change the date",
        "Why does the date change?",
        "The owner reads this. The earlier date stays in the history.",
        "Change the date",
        "The date is changed.",
        with_day=True,
    ),
    "withdraw": Act(
        actions.withdraw,
        "Withdraw this",
        "Why need it not be done?",
        "It stays on record with this reason. You can open it again.",
        "Withdraw it",
        "It is withdrawn.",
        warns=True,
    ),
}


@bp.route("/follow-ups/new", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_RAISE)
def raise_by_hand() -> Any:
    viewer = current_viewer()
    councils = {council.ref: council for council in councils_as(Role.COMMISSIONER, viewer)}
    form = fitted(RaiseForm(), viewer, councils)
    source = Source("plan", "", "Raised by hand")
    if carried_out(form, lambda: raise_from(form, councils, source)):
        done("It is on the list. Its owner gets an email.")
        return redirect(url_for(".index"))
    return page("followups/new.html", form=form, back=url_for(".index"), about=None)


def fitted(form: RaiseForm, viewer: Viewer, councils: dict[str, Council]) -> RaiseForm:
    """A form with its choices, as another page of the room asks it too."""
    form.council.choices = [choice(ref, council.name) for ref, council in councils.items()]
    if len(councils) == 1 and not form.is_submitted():
        form.council.data = next(iter(councils))
    form.provider.choices = [choice(one.ref, one.name) for one in providers.everybody(viewer)]
    form.due_on.earliest = today(clock())
    return form


def raise_from(
    form: RaiseForm,
    councils: dict[str, Council],
    source: Source,
    shared_with: Iterable[Council] = (),
) -> FollowUp:
    """What was typed, as a follow-up of this source."""
    chosen = form.provider.data
    provider: Provider | None = providers.provider(chosen, current_viewer()) if chosen else None
    return actions.raise_followup(
        FollowUpKind.ACTION,
        provider=provider,
        council=councils[form.council.data],
        text=form.text.data,
        owner=Owner(OwnerSide(form.owner.data), form.owner_post.data),
        due_on=form.due_on.data,
        source=source,
        shared_with=shared_with,
        actor=current_viewer(),
        now=clock(),
    )


@bp.route("/follow-ups/<ref>/note", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_ANSWER)
def note(ref: str) -> Any:
    follow_up, form = one(ref), NoteForm()
    policy.may(current_viewer(), "note", follow_up).or_refuse("follow-up:refused")
    act = partial(actions.note, follow_up, form.text.data, **_by(form))
    if carried_out(form, act):
        done("Your note is kept.")
        return redirect(url_for(".show", ref=ref))
    _show_seen(form, follow_up)
    return page("followups/note.html", form=form, **facts(follow_up))


@bp.route("/follow-ups/<ref>/answer", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_ANSWER)
def answer(ref: str) -> Any:
    form = AnswerForm()
    staged = receiving.take_in(form)  # before the first statement, which takes the write lock
    follow_up = one(ref)
    policy.may(current_viewer(), "answer", follow_up).or_refuse("follow-up:refused")
    if follow_up.owner_side is OwnerSide.COUNCIL:
        del form.file
        form._look_for_files()
    if form.refused is None and carried_out(form, partial(_answer, follow_up, form, staged)):
        done("Your answer is sent.")
        return redirect(url_for(".show", ref=ref))
    if form.refused is not None:
        form.validate()
        form.refuse_file(form.refused)
    _show_seen(form, follow_up)
    scanner = scans.words()
    return page("followups/answer.html", form=form, scanner=scanner, **facts(follow_up))


def _answer(follow_up: FollowUp, form: AnswerForm, staged: StagedFile | None) -> None:
    version = _kept(follow_up, staged) if staged and "file" in form else None
    actions.answer(follow_up, form.text.data, version=version, **_by(form))


def _kept(follow_up: FollowUp, staged: StagedFile) -> DocumentVersion:
    """The file, kept for this follow-up alone: it is no paper of the library."""
    provider: Provider = or_404(follow_up.provider)
    return documents.add_version(
        provider,
        EVIDENCE,
        staged.name,
        staged,
        None,
        bound_to=follow_up.ref,
        actor=current_viewer(),
        now=clock(),
    )


@bp.route("/follow-ups/<ref>/decide/<verb>", methods=["GET", "POST"])
@needs(Permission.FOLLOW_UP_RAISE)
def decide(ref: str, verb: str) -> Any:
    act: Act = or_404(ACTS.get(verb))
    follow_up, form = one(ref), DecideForm()
    policy.may(current_viewer(), verb, follow_up).or_refuse("follow-up:refused")
    form.reason.label.text, form.reason.look["hint"] = act.ask, act.hint
    if act.with_day:
        form.due_on.earliest = today(clock())
    else:
        del form.due_on
    if carried_out(form, lambda: _decide(follow_up, act, form)):
        done(act.said)
        return redirect(url_for(".show", ref=ref))
    _show_seen(form, follow_up)
    return page("followups/decide.html", form=form, act=act, **facts(follow_up))


def _decide(follow_up: FollowUp, act: Act, form: DecideForm) -> None:
    day = {"due_on": form.due_on.data} if act.with_day else {}
    act.do(follow_up, reason=form.reason.data, **day, **_by(form))


def _by(form: Any) -> dict[str, Any]:
    return {"seen": form.seen_steps, "actor": current_viewer(), "now": clock()}


def _show_seen(form: Any, follow_up: FollowUp) -> None:
    """The page shows every step there is, so that is what has been read when it is sent."""
    db.session.refresh(follow_up, ["steps"])
    form.seen.data = str(len(follow_up.steps))
