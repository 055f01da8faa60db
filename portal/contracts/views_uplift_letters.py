"""The letter about a decision on an uplift, as a page and as a PDF."""

from flask import Response

from portal.access import Permission, current_viewer, needs
from portal.contracts import queries_uplifts
from portal.contracts.models_uplifts import UpliftLetter
from portal.contracts.uplift_letters import readable
from portal.contracts.views import bp
from portal.pdf import render_pdf
from portal.tables import attachment
from portal.web import or_404, page


def _letter(ref: str) -> UpliftLetter:
    request = or_404(queries_uplifts.request(ref, current_viewer()))
    letter: UpliftLetter = or_404(request.letter)
    return letter


@bp.get("/uplifts/<ref>/letter")
@needs(Permission.CONTRACT_READ)
def uplift_letter(ref: str) -> Response:
    letter = _letter(ref)
    return page("contracts/uplift_letter.html", letter=letter, said=readable(letter))


@bp.get("/uplifts/<ref>/letter.pdf")
@needs(Permission.CONTRACT_READ)
def uplift_letter_file(ref: str) -> Response:
    letter = _letter(ref)
    made = render_pdf("pdf/uplift_letter.html", letter=letter, said=readable(letter))
    return attachment(made, f"letter-{letter.ref.lower()}.pdf", "application/pdf")
