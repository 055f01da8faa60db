"""The verbs of follow-ups. Other rooms raise them; page, job and demonstration use the same ones.

Mail about new ones is collected: whatever one act raises for a provider comes in one mail.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal import audit
from portal.access import Viewer
from portal.audit import Event
from portal.days import today
from portal.db import db
from portal.documents.models import DocumentVersion
from portal.followups import policy, telling
from portal.followups.models import (
    FollowUp,
    FollowUpCouncil,
    FollowUpKind,
    FollowUpStep,
    OwnerSide,
)
from portal.followups.words import SOURCES
from portal.people.models import Council, Membership, Person
from portal.providers.models import Provider
from portal.providers.models_settings import Setting
from scoring import followups as rules
from scoring.rules import RuleBroken
from scoring.stages import FOLLOW_UP, FollowUpStage, move


@dataclass(frozen=True, slots=True)
class Source:
    """What asked for it: a word of `words.SOURCES`, a reference, and how a person names it.

    Raises:
        RuleBroken: `follow-up:unknown-source`.
    """

    kind: str
    ref: str
    label: str

    def __post_init__(self) -> None:
        if self.kind not in SOURCES:
            raise RuleBroken("follow-up:unknown-source", f"Nothing is called “{self.kind}”.")


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is to do it: a side, and a post in words ("Registered manager") or a person."""

    side: OwnerSide
    post: str = ""
    person: Person | None = None


def raise_followup(
    kind: FollowUpKind,
    *,
    provider: Provider | None,
    council: Council,
    text: str,
    owner: Owner,
    due_on: date,
    source: Source,
    setting: Setting | None = None,
    shared_with: Iterable[Council] = (),
    shown_to_provider: bool | None = None,
    actor: Viewer,
    now: datetime,
) -> FollowUp:
    """Ask for something to be done. Its owner is told by mail, reminded before its day and after it.

    Args:
        provider: whom it is about; None for what concerns all of them.
        council: who asks. shared_with: further councils that see it and may decide on it.
        shown_to_provider: whether the provider sees it; what the provider owns, it always does.

    Raises:
        RuleBroken: the actor may not; `follow-up:no-text`, `follow-up:due-past`,
            `follow-up:no-provider`, `follow-up:no-owner`, `follow-up:wrong-owner`,
            `follow-up:wrong-setting`.
    """
    policy.may_raise(actor, council.id, source.kind).or_refuse("follow-up:raise-refused")
    tidy = rules.check_text(text)
    rules.check_due(due_on, today(now))
    _check_owner(owner, provider, council)
    _check_setting(setting, provider)
    follow_up = FollowUp(
        kind=kind,
        stage=FollowUpStage.OPEN,
        provider=provider,
        council=council,
        setting=setting,
        source_kind=source.kind,
        source_ref=source.ref,
        source_label=source.label[:200],
        text=tidy,
        owner_side=owner.side,
        owner_post=owner.post.strip()[:120],
        owner_person=owner.person,
        due_on=due_on,
        shown_to_provider=owner.side is OwnerSide.PROVIDER or bool(shown_to_provider),
        raised_by_id=actor.person_id,
        raised_at=now,
        councils=[
            FollowUpCouncil(council=one)
            for one in {council.id: council, **{one.id: one for one in shared_with}}.values()
        ],
    )
    db.session.add(follow_up)
    db.session.flush()
    _keep(follow_up, "raise", "", actor, now)
    audit.record(
        Event.FOLLOW_UP_RAISED,
        follow_up,
        actor=actor,
        now=now,
        source=f"{source.kind}:{source.ref}",
        due_on=due_on,
    )
    telling.of_new(follow_up, now)
    telling.ask_reminders(follow_up, now)
    return follow_up


def _check_owner(owner: Owner, provider: Provider | None, council: Council) -> None:
    if owner.side is OwnerSide.PROVIDER and provider is None:
        raise RuleBroken("follow-up:no-provider", "Choose the provider that is to do it.", "owner")
    if owner.person is None:
        if not owner.post.strip():
            raise RuleBroken("follow-up:no-owner", "Say who is to do it.", "owner_post")
        return
    employer = provider if owner.side is OwnerSide.PROVIDER else council
    works_there = select(Membership.id).where(
        Membership.person_id == owner.person.id,
        Membership.organisation_id == (employer.id if employer else 0),
    )
    if db.session.scalar(works_there.limit(1)) is None:
        raise RuleBroken("follow-up:wrong-owner", "This person does not work there.", "owner")


def _check_setting(setting: Setting | None, provider: Provider | None) -> None:
    if setting is not None and (provider is None or setting.provider_id != provider.id):
        raise RuleBroken("follow-up:wrong-setting", "Choose a home of this provider.", "setting")


def note(
    follow_up: FollowUp, text: str, *, seen: int | None = None, actor: Viewer, now: datetime
) -> FollowUpStep:
    """Write down how far it is; its stage stays.

    Raises:
        RuleBroken: the actor may not; `follow-up:note:not-allowed`, `follow-up:no-reason`.
    """
    policy.may_note(actor, follow_up).or_refuse("follow-up:refused")
    tidy = rules.check_reason(text, "Write what you want to note.", "text")
    return _step(follow_up, "note", tidy, actor, now, seen=seen)


def answer(
    follow_up: FollowUp,
    text: str,
    *,
    version: DocumentVersion | None = None,
    seen: int | None = None,
    actor: Viewer,
    now: datetime,
) -> FollowUpStep:
    """Say that it is done, and how that can be seen. The councils are told.

    Args:
        version: a file that shows it, uploaded for this (`bound_to` its reference) or of the library.

    Raises:
        RuleBroken: the actor may not; `follow-up:answer:not-allowed`, `follow-up:no-reason`,
            `follow-up:wrong-document`.
    """
    policy.may_answer(actor, follow_up).or_refuse("follow-up:refused")
    tidy = rules.check_reason(text, "Say what was done.", "text")
    if version is not None:
        _check_version(follow_up, version)
    step = _step(follow_up, "answer", tidy, actor, now, seen=seen, version=version)
    telling.of_answer(follow_up, now)
    return step


def _check_version(follow_up: FollowUp, version: DocumentVersion) -> None:
    document = version.document
    theirs = document.provider_id == follow_up.provider_id
    if not theirs or document.bound_to not in {"", follow_up.ref}:
        raise RuleBroken("follow-up:wrong-document", "Choose one of your own files.", "document")


def send_back(
    follow_up: FollowUp, reason: str, *, seen: int | None = None, actor: Viewer, now: datetime
) -> FollowUpStep:
    """The answer does not do: its owner has to do more, and reads why.

    Raises:
        RuleBroken: the actor may not; `follow-up:send-back:not-allowed`, `follow-up:no-reason`.
    """
    policy.may_decide(actor, follow_up).or_refuse("follow-up:refused")
    tidy = rules.check_reason(reason, "Say what is still missing.")
    step = _step(follow_up, "send-back", tidy, actor, now, seen=seen)
    telling.of_sending_back(follow_up, now)
    return step


def close(
    follow_up: FollowUp, reason: str, *, seen: int | None = None, actor: Viewer, now: datetime
) -> FollowUpStep:
    """It is done, and somebody has seen how.

    Args:
        reason: what was seen: a document, a re-visit, a figure.

    Raises:
        RuleBroken: the actor may not; `follow-up:close:not-allowed`, `follow-up:no-reason`,
            `follow-up:unseen`.
    """
    policy.may_decide(actor, follow_up).or_refuse("follow-up:refused")
    tidy = rules.check_reason(reason, "Say how you know that it is done.")
    return _step(follow_up, "close", tidy, actor, now, seen=seen)


def reopen(
    follow_up: FollowUp,
    reason: str,
    due_on: date,
    *,
    seen: int | None = None,
    actor: Viewer,
    now: datetime,
) -> FollowUpStep:
    """It was closed or withdrawn too early: it is to be done by a new day.

    Raises:
        RuleBroken: the actor may not; `follow-up:reopen:not-allowed`, `follow-up:no-reason`,
            `follow-up:due-past`.
    """
    policy.may_decide(actor, follow_up).or_refuse("follow-up:refused")
    tidy = rules.check_reason(reason, "Say why it is opened again.")
    rules.check_due(due_on, today(now))
    step = _step(follow_up, "reopen", tidy, actor, now, seen=seen, due_on=due_on)
    telling.of_sending_back(follow_up, now)
    return step


def withdraw(
    follow_up: FollowUp, reason: str, *, seen: int | None = None, actor: Viewer, now: datetime
) -> FollowUpStep:
    """It need not be done after all; it stays on record with the reason.

    Raises:
        RuleBroken: the actor may not; `follow-up:withdraw:not-allowed`, `follow-up:no-reason`.
    """
    policy.may_decide(actor, follow_up).or_refuse("follow-up:refused")
    tidy = rules.check_reason(reason, "Say why it need not be done.")
    return _step(follow_up, "withdraw", tidy, actor, now, seen=seen)


def change_due(
    follow_up: FollowUp,
    due_on: date,
    reason: str,
    *,
    seen: int | None = None,
    actor: Viewer,
    now: datetime,
) -> FollowUpStep:
    """It is to be done by another day.

    Raises:
        RuleBroken: the actor may not; `follow-up:change-due:not-allowed`, `follow-up:no-reason`,
            `follow-up:due-past`.
    """
    policy.may_decide(actor, follow_up).or_refuse("follow-up:refused")
    tidy = rules.check_reason(reason, "Say why the date changes.")
    rules.check_due(due_on, today(now))
    return _step(follow_up, "change-due", tidy, actor, now, seen=seen, due_on=due_on)


def _step(
    follow_up: FollowUp,
    verb: str,
    text: str,
    actor: Viewer,
    now: datetime,
    *,
    seen: int | None = None,
    due_on: date | None = None,
    version: DocumentVersion | None = None,
) -> FollowUpStep:
    """Move it, keep the step, record it; reminders follow its date."""
    db.wait_for(select(FollowUp.id).where(FollowUp.id == follow_up.id))
    db.session.refresh(follow_up, ["stage", "due_on", "steps"])
    policy.check_seen(follow_up, seen)
    follow_up.stage = move(FOLLOW_UP, follow_up.stage, verb)
    if due_on is not None:
        follow_up.due_on = due_on
    step = _keep(follow_up, verb, text, actor, now, version=version)
    audit.record(
        Event.FOLLOW_UP_CHANGED,
        follow_up,
        actor=actor,
        now=now,
        verb=verb,
        stage=follow_up.stage,
        due_on=follow_up.due_on,
        values={"text": text},
    )
    telling.ask_reminders(follow_up, now)
    return step


def _keep(
    follow_up: FollowUp,
    verb: str,
    text: str,
    actor: Viewer,
    now: datetime,
    *,
    version: DocumentVersion | None = None,
) -> FollowUpStep:
    step = FollowUpStep(
        follow_up=follow_up,
        verb=verb,
        stage=follow_up.stage,
        side=policy.side_of(actor, follow_up),
        text=text,
        due_on=follow_up.due_on,
        version=version,
        by_id=actor.person_id,
        at=now,
    )
    db.session.add(step)
    db.session.flush()
    return step
