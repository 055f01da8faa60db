"""“You said, we did”, and the certificate for a CV."""

from typing import Any

from flask import Response

from forms.young import CertificateForm
from portal import tables
from portal.access import Permission, current_viewer, needs
from portal.people import queries as people, queries_young
from portal.web import clock, or_404, page
from portal.young import part, queries
from portal.young.part import Certificate
from portal.young.views import bp


@bp.get("/you-said")
@needs(Permission.YOUNG_SCORE)
def you_said() -> Response:
    return page("young/you_said.html", found=part.you_said(current_viewer()))


@bp.get("/your-certificate")
@needs(Permission.YOUNG_SCORE)
def own_certificate() -> Response:
    """A young person's own: with the alias, since here nobody may ask for a name."""
    made = _own()
    return page("young/certificate.html", made=made, form=None, person=None, on=clock())


@bp.get("/your-certificate.pdf")
@needs(Permission.YOUNG_SCORE)
def own_certificate_file() -> Response:
    return _pdf(_own())


def _own() -> Certificate:
    viewer = current_viewer()
    council = queries.council_of(viewer)
    return part.certificate(people.own(viewer), council.name if council else "")


@bp.route("/young-people/<ref>/certificate", methods=["GET", "POST"])
@needs(Permission.YOUNG_LOOK_AFTER)
def certificate(ref: str) -> Any:
    """The Participation Officer types a name, prints it, and it is forgotten: nothing is written."""
    young = or_404(queries_young.young_person(ref, current_viewer()))
    form = CertificateForm()
    if form.validate_on_submit():
        return _pdf(part.certificate(young.person, young.council.name, form.name.data))
    made = part.certificate(young.person, young.council.name)
    return page("young/certificate.html", made=made, form=form, person=young.person, on=clock())


def _pdf(made: Certificate) -> Response:
    from portal.pdf import render_pdf

    content = render_pdf("pdf/certificate.html", made=made, on=clock())
    return tables.attachment(content, "certificate.pdf", "application/pdf")
