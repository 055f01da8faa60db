"""What Ofsted published last: one provider inspected for the first time, one for the worse."""

from io import BytesIO
from typing import Any

from portal.db import db
from portal.demo.cast import Cast
from portal.providers.models import ServiceKind
from portal.register import actions_ofsted, ofsted_file

ROWS = (("northgate", "Outcome 1", 16), ("willow", "Outcome 3", 12), ("harbour", "Outcome 1", 505))


def tell(cast: Cast, clock: Any) -> None:
    """A file of outcomes is taken in; the downgrade waits for the councils that place there."""
    service, officer = ServiceKind.SUPPORTED_ACCOMMODATION, cast.viewer("Amina Hussain")
    lines = ["Supported accommodation: outcomes of inspections", "URN,Outcome,Inspection date"]
    for key, outcome, ago in ROWS:
        urn = cast.providers[key].registrations[0].urn
        lines.append(f"{urn},{outcome},{clock(-ago):%d/%m/%Y}")
    lines.append(f"2799999,Outcome 2,{clock(-30):%d/%m/%Y}")
    raw = ofsted_file.lay_open(
        BytesIO("\n".join(lines).encode()), "supported-accommodation-outcomes.csv"
    )
    columns = ofsted_file.guess(raw.unknown_columns, {})
    at = clock(-3)
    actions_ofsted.remember_columns(service, columns, actor=officer, now=at)
    rows = ofsted_file.sorted_by(raw, columns)
    actions_ofsted.take_file(rows, service, actor=officer, now=at)
    db.session.commit()
