"""Several files at once: send them, say what each is, take them all."""

from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, request, url_for

from forms import SelectChoice, built_form, choice
from forms.documents import ManyFilesForm, SortFilesForm, sort_fields
from portal.access import Permission, current_viewer, needs
from portal.content import queries as content
from portal.db import db
from portal.documents import actions, guessing, policy, queries, staging
from portal.documents.actions import StagedFile
from portal.documents.views import bp, homes_to_choose
from portal.providers import queries_settings
from portal.providers.models import Provider
from portal.web import carried_out, clock, done, page
from scoring.rules import RuleBroken


@bp.get("/of/<ref>/several")
@needs(Permission.DOCUMENT_UPLOAD)
def many(ref: str) -> Response:
    viewer, provider = current_viewer(), queries.holder(ref, current_viewer())
    policy.may_upload(viewer, provider.id).or_refuse("document:upload-refused")
    return page("documents/many.html", form=ManyFilesForm(), provider=provider)


@bp.post("/of/<ref>/several")
@needs(Permission.DOCUMENT_UPLOAD)
def send_many(ref: str) -> Response:
    """Take the files in, then ask what each is."""
    viewer = current_viewer()
    with db.reading() as session:
        provider = queries.holder(ref, viewer, session)
    policy.may_upload(viewer, provider.id).or_refuse("document:upload-refused")
    form = ManyFilesForm()
    staged, refused = _stage(form)  # before the first statement, which takes the write lock
    provider = queries.holder(ref, viewer)
    if not form.validate_on_submit() or refused:
        form.refuse_files(refused)
        return page("documents/many.html", form=form, provider=provider)
    return _sort_page(provider, staged, _sort_form(provider, staged, typed=False))


@bp.post("/of/<ref>/several/sorted")
@needs(Permission.DOCUMENT_UPLOAD)
def sort_many(ref: str) -> Response:
    """Take all that have a type; all or none."""
    viewer, provider = current_viewer(), queries.holder(ref, current_viewer())
    policy.may_upload(viewer, provider.id).or_refuse("document:upload-refused")
    staged = staging.read(request.form.get("staged", ""), ref, viewer)
    if not staged:
        done("The files waited for too long. Choose them again.")
        return redirect(url_for(".many", ref=ref))
    form = _sort_form(provider, staged, typed=True)
    if carried_out(form, lambda: _add_all(provider, staged, form), *_checks(staged, form)):
        number = len(_chosen(staged, form))
        done(f"{number} {'file is' if number == 1 else 'files are'} uploaded.")
        return redirect(url_for(".library", ref=ref))
    return _sort_page(provider, staged, form)


def _stage(form: ManyFilesForm) -> tuple[list[StagedFile], list[str]]:
    """The files that are sound, and why others are not, each by its name."""
    sent = form.files.data or []
    if len(sent) > staging.MOST_FILES:
        return [], [f"Choose up to {staging.MOST_FILES} files at a time."]
    staged, refused = [], []
    for one in sent:
        try:
            staged.append(actions.stage_file(one.stream, one.filename))
        except RuleBroken as broken:
            refused.append(f"{one.filename}: {broken.message}")
    return staged, refused


def _sort_form(provider: Provider, staged: Sequence[StagedFile], *, typed: bool) -> Any:
    types, homes = content.document_types(), homes_to_choose(provider)
    fields: dict[str, Any] = {}
    guessed: dict[str, Any] = {"staged": staging.signed(staged, provider.ref, current_viewer())}
    names = {one.value: one.label for one in homes}
    for number, one in enumerate(staged):
        fields |= sort_fields(number, one.name, _type_choices(types), homes)
        guessed |= {
            f"type-{number}": guessing.guess_type(one.name, types),
            f"home-{number}": guessing.guess_home(one.name, names),
            f"until-{number}": guessing.guess_last_day(one.name),
        }
    if typed:
        return built_form(fields, base=SortFilesForm)
    return built_form(fields, base=SortFilesForm, formdata=None, data=guessed)


def _type_choices(types: Any) -> list[SelectChoice]:
    groups = {"organisation": "Of the organisation", "setting": "Of a home"}
    return [choice(key, kind["title"], group=groups[kind["of"]]) for key, kind in types.items()]


def _chosen(staged: Sequence[StagedFile], form: Any) -> list[tuple[int, StagedFile]]:
    return [(at, one) for at, one in enumerate(staged) if form[f"type-{at}"].data]


def _checks(staged: Sequence[StagedFile], form: Any) -> list[Any]:
    """What each file needs, told all at once beside its fields."""
    if not form.is_submitted():
        return []
    wanted = [lambda: _check_any(staged, form)]
    return wanted + [lambda at=at: _check_one(form, at) for at, _ in _chosen(staged, form)]


def _check_any(staged: Sequence[StagedFile], form: Any) -> None:
    if not _chosen(staged, form):
        raise RuleBroken("document:nothing-chosen", "Say of one file or more what it is.", "type-0")


def _check_one(form: Any, at: int) -> None:
    kind = content.document_types().get(form[f"type-{at}"].data, {})
    if kind.get("of") == "setting" and not form[f"home-{at}"].data:
        raise RuleBroken("document:home-missing", "Choose the home that it is for.", f"home-{at}")
    try:
        actions.check_last_day(kind, _until(form, at, kind), clock())
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.message, f"until-{at}") from None


def _until(form: Any, at: int, kind: Any) -> Any:
    """The last day, where this type has one."""
    return None if kind.get("expiry", "none") == "none" else form[f"until-{at}"].data


def _add_all(provider: Provider, staged: Sequence[StagedFile], form: Any) -> None:
    viewer, types = current_viewer(), content.document_types()
    for at, one in _chosen(staged, form):
        key = form[f"type-{at}"].data
        home = form[f"home-{at}"].data
        actions.add_version(
            provider,
            key,
            types[key]["title"],
            one,
            _until(form, at, types[key]),
            setting=queries_settings.setting(home, viewer) if home else None,
            actor=viewer,
            now=clock(),
        )


def _sort_page(provider: Provider, staged: Sequence[StagedFile], form: Any) -> Response:
    return page("documents/sort_many.html", form=form, provider=provider, staged=staged)
