"""The library of a provider, its files, and the commissioners' check."""

from flask import Blueprint, Response, redirect, request, url_for

from forms.documents import CheckDocumentForm, UploadForm
from portal.access import Permission, current_viewer, needs
from portal.db import db
from portal.documents import actions, policy, queries, serving
from portal.documents.actions import StagedFile
from portal.documents.queries import LibraryLine
from portal.providers.models import Provider
from portal.scanning import get_scanner
from portal.web import clock, done, page
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
    lines = queries.library(provider.id, viewer, queries.today(clock()))
    return page(
        "documents/library.html",
        provider=provider,
        lines=lines,
        may_upload=policy.may_upload(viewer, provider.id),
        scanner=get_scanner().description,
    )


@bp.get("/of/<ref>/<type_key>")
@needs(Permission.DOCUMENT_READ)
def show(ref: str, type_key: str) -> Response:
    provider = queries.holder(ref, current_viewer())
    line = _line(provider, type_key)
    return _show(provider, line, UploadForm().fit(line.kind, line.title if line.document else ""))


@bp.post("/of/<ref>/<type_key>")
@needs(Permission.DOCUMENT_UPLOAD)
def upload(ref: str, type_key: str) -> Response:
    viewer = current_viewer()
    with db.reading() as session:
        provider = queries.holder(ref, viewer, session)
    policy.may_upload(viewer, provider.id).or_refuse("document:upload-refused")
    form = UploadForm()
    staged = take_file(form)  # before the first statement, which takes the write lock
    provider = queries.holder(ref, viewer)
    line = _line(provider, type_key)
    form.fit(line.kind)
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
    waiting = queries.waiting_for_check(
        current_viewer(), sort=request.args.get("sort"), cursor=request.args.get("from")
    )
    providers = queries.providers_named(one.document.provider_id for one in waiting.items)
    return page("documents/to_check.html", waiting=waiting, providers=providers)


@bp.route("/versions/<ref>/check", methods=["GET", "POST"])
@needs(Permission.DOCUMENT_CHECK)
def check(ref: str) -> Response:
    viewer = current_viewer()
    version = queries.version(ref, viewer)
    policy.may_check(viewer, version).or_refuse("document:check-refused")
    form = CheckDocumentForm()
    if form.validate_on_submit():
        try:
            outcome = CheckStage(form.outcome.data)
            actions.check(version, outcome, form.reason.data, actor=viewer, now=clock())
        except RuleBroken as broken:
            db.session.rollback()
            form.add_rule_error(broken)
        else:
            db.session.commit()
            done(f"{version.document.title}: {outcome.value}.")
            return redirect(url_for(".to_check"))
    holder = queries.providers_named([version.document.provider_id])
    return page("documents/check.html", form=form, checked=version, providers=holder)


def take_file(form: UploadForm) -> StagedFile | None:
    """Store the file that was sent; if it is refused, the form says so beside it."""
    sent = form.file.data
    if not sent:
        return None
    try:
        return actions.stage_file(sent.stream, sent.filename)
    except RuleBroken as broken:
        form.refused = broken
        return None


def _say_refused(form: UploadForm) -> None:
    """The refusal of a file is told after the other fields were looked at, which clears errors."""
    if form.refused is not None:
        form.refuse_file(form.refused)


def _add(provider: Provider, line: LibraryLine, form: UploadForm, staged: StagedFile) -> None:
    actions.add_version(
        provider,
        line.type_key,
        form.title.data if "title" in form else line.title,
        staged,
        form.last_day,
        actor=current_viewer(),
        now=clock(),
    )


def _home(form: UploadForm) -> dict[str, str]:
    return {"home": form.title.data} if "title" in form else {}


def _line(provider: Provider, type_key: str) -> LibraryLine:
    on = queries.today(clock())
    home = request.args.get("home", "")
    return queries.line_of(provider.id, type_key, current_viewer(), on, home)


def _show(provider: Provider, line: LibraryLine, form: UploadForm) -> Response:
    viewer = current_viewer()
    versions = list(reversed(line.document.versions)) if line.document else []
    on = queries.today(clock())
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
        scanner=get_scanner().description,
    )
