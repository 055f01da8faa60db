"""Where the pages of the room `kpis` lie in the story."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from portal.content.models import ContentVersion
from portal.db import db
from portal.kpis.models import KpiPlan, KpiUnit
from portal.kpis.models_assessments import KpiAssessment
from portal.kpis.models_returns import KpiEvidence, KpiReturn
from portal.kpis.models_sets import KpiSetDraft
from portal.providers.models import Provider
from scoring.stages import KpiReturnStage as Stage
from tests.sweeps.records import OTHER, OWN, Find, Records, Values

NAMED = {
    "own draft": (OWN, Stage.DRAFT),
    "own sent": (OWN, Stage.SUBMITTED),
    "another's queried": (OTHER, Stage.QUERIED),
}


def returns(*names: str, **more: Any) -> Callable[[Records], dict[str, Values]]:
    """Returns of the story, by the words of `NAMED`."""

    def found(_records: Records) -> dict[str, Values]:
        return {name: {"ref": _return(*NAMED[name]), **more} for name in names or NAMED}

    return found


def _return(provider: str, stage: Stage) -> str:
    wanted = (
        select(KpiReturn)
        .join(KpiReturn.unit)
        .join(KpiUnit.plan)
        .join(KpiPlan.provider)
        .where(Provider.name == provider, KpiReturn.stage == stage)
    )
    return db.session.scalars(wanted.order_by(KpiReturn.id)).first().ref


def sets(**more: Any) -> Callable[[Records], dict[str, Values]]:
    """The draft of Luton's next version."""

    def found(records: Records) -> dict[str, Values]:
        draft = records.first(KpiSetDraft, KpiSetDraft.id > 0)
        return {"Luton's": {"ref": draft.ref, **more}}

    return found


def _shipped(records: Records) -> dict[str, Values]:
    """The set for 16 and over that ships with the portal."""
    version = records.first(ContentVersion, ContentVersion.key == "kpis-16plus")
    return {"shipped": {"ref": version.ref}}


def plans(**more: Any) -> Callable[[Records], dict[str, Values]]:
    """The plan of one's own provider and of another."""

    def found(_records: Records) -> dict[str, Values]:
        return {
            word: {"ref": _plan(name).ref, **more}
            for word, name in (("own", OWN), ("another's", OTHER))
        }

    return found


def _plan(provider: str) -> KpiPlan:
    wanted = select(KpiPlan).join(KpiPlan.provider).where(Provider.name == provider)
    return db.session.scalars(wanted).one()


def evidence(_records: Records) -> dict[str, Values]:
    """The file of one's own return."""
    return {"own": {"ref": db.session.scalars(select(KpiEvidence)).first().ref}}


def units(_records: Records) -> dict[str, Values]:
    """One KPI of one's own provider, and of another."""
    return {
        word: {"unit_ref": _plan(name).units[0].ref, "key": "plan-reviewed"}
        for word, name in (("own", OWN), ("another's", OTHER))
    }


def assessments(**more: Any) -> Callable[[Records], dict[str, Values]]:
    """One that is a draft (of another provider), and one that is final."""

    def found(_records: Records) -> dict[str, Values]:
        return {one.stage.value: {"ref": one.ref, **more} for one in db.session.scalars(ASSESSED)}

    return found


ASSESSED = select(KpiAssessment).order_by(KpiAssessment.id)
PLACES: dict[str, Find] = {
    "kpis.copy_set": _shipped,
    "kpis.set_draft": sets(),
    "kpis.set_about": sets(),
    "kpis.set_new_kpi": sets(),
    "kpis.set_kpi": sets(key="cooking-together"),
    "kpis.set_drop_kpi": sets(key="cooking-together"),
    "kpis.set_publish": sets(),
    "kpis.set_discard": sets(),
    "kpis.assess": plans(),
    "kpis.assessment": assessments(),
    "kpis.assessments_file": lambda _records: {"": {"kind": "csv"}},
    "kpis.assessment_file": assessments(kind="csv"),
    "kpis.notice_file": assessments(),
    "kpis.decide": assessments(),
    "kpis.share": assessments(),
    "kpis.take_back": assessments(),
    "kpis.conclude": assessments(),
    "kpis.comment": assessments(),
    "kpis.board_file": lambda _records: {"": {"kind": "csv"}},
    "kpis.by_period": units,
    "kpis.by_period_file": lambda records: {
        name: {**found, "form": "csv"} for name, found in units(records).items()
    },
    "kpis.plans_file": lambda _records: {"": {"kind": "csv"}},
    "kpis.returns_file": lambda _records: {"": {"kind": "csv"}},
    "kpis.attach": lambda _records: {"": {"agreement_ref": _plan(OWN).agreement.ref}},
    "kpis.plan": plans(),
    "kpis.sites": plans(),
    "kpis.change_set": plans(),
    "kpis.end": plans(),
    "kpis.show_return": returns(),
    "kpis.fill": returns(),
    "kpis.save_figures": returns(),
    "kpis.submit_return": returns(),
    "kpis.withdraw_return": returns("own draft", "own sent"),
    "kpis.add_evidence": returns("own draft", "own sent"),
    "kpis.evidence_file": evidence,
    "kpis.take_out_evidence": evidence,
    "kpis.workbook": returns("own draft", "own sent"),
    "kpis.upload": returns("own draft", "another's queried"),
    "kpis.preview": returns("own draft", token="0" * 64),
    "kpis.accept": returns(),
    "kpis.query": returns("own sent"),
    "kpis.correct": returns("own sent", key="plan-reviewed"),
}
