"""The library of a provider, its files, and the commissioners' check."""

from flask import Blueprint, Response, redirect, request, url_for

from forms import SelectChoice, choice
from forms.documents import CheckDocumentForm, UploadForm
from portal.access import Permission, current_viewer, needs
from portal.days import today
from portal.db import db
from portal.documents import actions, checking, policy, queries, receiving, scans, serving
from portal.documents.actions import StagedFile
from portal.documents.models import DocumentVersion
from portal.documents.queries import LibraryLine
from portal.providers import queries_settings
from portal.providers.models import Provider
from portal.web import carried_out, clock, done, framing, page
from scoring.rules import RuleBroken
from scoring.stages import CheckStage

bp = Blueprint("documents", __name__, url_prefix="/documents")


@bp.get("/")
@needs(Permission.DOCUMENT_READ)
def mine() -> Response:
    viewer = current_viewer()
    holders = queries.own_holders(viewer)
    if len(holders) == 1:
        return redirect(url_for(".library", ref=holders[0].ref))
    if not holders and viewer.may(Permission.DOCUMENT_CHECK):
        return redirect(url_for(".to_check"))
    return page("documents/mine.html", holders=holders)


@bp.get("/of/<ref>")
@needs(Permission.DOCUMENT_READ)
def library(ref: str) -> Response:
    viewer = current_viewer()
    provider = queries.holder(ref, viewer)
    lines = queries.library(provider.id, viewer, today(clock()))
    return page(
        "documents/library.html",
        provider=provider,
        lines=lines,
        may_upload=policy.may_upload(viewer, provider.id),
        scanner=scans.words(),
    )


@bp.get("/of/<ref>/<type_key>")
@needs(Permission.DOCUMENT_READ)
def show(ref: str, type_key: str) -> Response:
    provider = queries.holder(ref, current_viewer())
    line = _line(provider, type_key)
    home = line.home.ref if line.home else ""
    return _show(provider, line, UploadForm().fit(line.kind, homes_to_choose(provider), home))


@bp.post("/of/<ref>/<type_key>")
@needs(Permission.DOCUMENT_UPLOAD)
def upload(ref: str, type_key: str) -> Response:
    viewer = current_viewer()
    with db.reading() as session:
        provider = queries.holder(ref, viewer, session)
    policy.may_upload(viewer, provider.id).or_refuse("document:upload-refused")
    form = UploadForm()
    staged = receiving.take_in(form)  # before the first statement, which takes the write lock
    provider = queries.holder(ref, viewer)
    line = _line(provider, type_key)
    form.fit(line.kind, homes_to_choose(provider))
    if form.holds(lambda: actions.check_last_day(line.kind, form.last_day, clock())) and staged:
        try:
            _add(provider, line, form, staged)
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done(f"{line.kind['title']}: uploaded. It is being checked for viruses.")
            return redirect(url_for(".show", ref=ref, type_key=type_key, **_home(form)))
    _say_refused(form)
    return _show(provider, line, form)


@bp.get("/versions/<ref>/file")
@needs(Permission.DOCUMENT_READ)
def file(ref: str) -> Response:
    return serving.send(queries.version(ref, current_viewer()))


@bp.get("/to-check")
@needs(Permission.DOCUMENT_CHECK)
def to_check() -> Response:
    of = request.args.get("of", "")
    waiting = checking.waiting_for_check(
        current_viewer(),
        provider_ref=of,
        sort=request.args.get("sort"),
        cursor=request.args.get("from"),
    )
    providers = queries.providers_named(one.document.provider_id for one in waiting.items)
    return page(
        "documents/to_check.html",
        waiting=waiting,
        providers=providers,
        of=of,
        label_of=queries.label_of,
    )


@bp.route("/versions/<ref>/check", methods=["GET", "POST"])
@needs(Permission.DOCUMENT_CHECK)
def check(ref: str) -> Response:
    viewer, of = current_viewer(), request.args.get("of", "")
    version = queries.version(ref, viewer)
    policy.may_check(viewer, version).or_refuse("document:check-refused")
    form = CheckDocumentForm(seen=version.check.value)
    if carried_out(form, lambda: _decide(version, form)):
        done(f"{queries.label_of(version.document)}: {form.outcome.data}.")
        following = checking.next_after(version, of)
        if following is None:
            return redirect(url_for(".to_check"))
        return redirect(url_for(".check", ref=following.ref, of=of or None))
    return framing(
        page(
            "documents/check.html",
            form=form,
            checked=version,
            label=queries.label_of(version.document),
            provider=queries.providers_named([version.document.provider_id])[
                version.document.provider_id
            ],
            before=_before(version),
            following=checking.next_after(version, of),
            left=checking.how_many(of),
            of=of,
        )
    )


def _decide(version: DocumentVersion, form: CheckDocumentForm) -> None:
    seen = CheckStage(form.seen.data) if form.seen.data in set(CheckStage) else None
    outcome = CheckStage(form.outcome.data)
    actions.check(
        version, outcome, form.reason.data, seen=seen, actor=current_viewer(), now=clock()
    )


def _before(version: DocumentVersion) -> DocumentVersion | None:
    """The version before it, to compare with."""
    earlier = [one for one in version.document.versions if one.number < version.number]
    return earlier[-1] if earlier else None


def homes_to_choose(provider: Provider) -> list[SelectChoice]:
    """The open homes of a provider, as choices."""
    kept = queries_settings.settings_of([provider.id], current_viewer())
    return [choice(one.ref, one.name) for one in kept]


def _say_refused(form: UploadForm) -> None:
    """The refusal of a file is told after the other fields were looked at, which clears errors."""
    if form.refused is not None:
        form.refuse_file(form.refused)


def _add(provider: Provider, line: LibraryLine, form: UploadForm, staged: StagedFile) -> None:
    home = queries_settings.setting(form.home.data, current_viewer()) if "home" in form else None
    actions.add_version(
        provider,
        line.type_key,
        line.title,
        staged,
        form.last_day,
        setting=home,
        actor=current_viewer(),
        now=clock(),
    )


def _home(form: UploadForm) -> dict[str, str]:
    return {"home": form.home.data} if "home" in form else {}


def _line(provider: Provider, type_key: str) -> LibraryLine:
    on = today(clock())
    home = request.args.get("home", "")
    return queries.line_of(provider.id, type_key, current_viewer(), on, home)


def _show(provider: Provider, line: LibraryLine, form: UploadForm) -> Response:
    viewer, on = current_viewer(), today(clock())
    versions = list(reversed(line.document.versions)) if line.document else []
    return page(
        "documents/show.html",
        form=form,
        provider=provider,
        line=line,
        versions=versions,
        states={one.ref: queries.state_of(one, on) for one in versions},
        people=queries.people_of(versions),
        may_upload=policy.may_upload(viewer, provider.id),
        may_check=bool(versions) and policy.may_check(viewer, versions[0]),
        homes=line.kind["of"] == "setting" and homes_to_choose(provider),
        scanner=scans.words(),
    )
