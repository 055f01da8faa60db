"""Content that does not hold together is refused, and the refusal says where."""

from copy import deepcopy

import pytest

from portal.content.loading import DEFAULTS, checked, checked_beside, defaults, read
from scoring.rules import RuleBroken

SHIPPED = {(content.kind.value, content.key): content.body for content in defaults()}
SHELF = {(content.kind, content.key): content.body for content in defaults()}


def a(kind, key="apl-16plus"):
    """A copy of shipped content to spoil."""
    return deepcopy(SHIPPED[kind, key])


def question(body, key):
    return next(
        question
        for section in body["sections"]
        for question in section["questions"]
        if question["key"] == key
    )


def refused(body):
    with pytest.raises(RuleBroken) as caught:
        checked(body)
    return caught.value


def refused_beside(body):
    with pytest.raises(RuleBroken) as caught:
        checked_beside(body, SHELF)
    return caught.value


@pytest.mark.parametrize("raw", [None, [], "text", 3])
def test_content_is_a_set_of_named_parts(raw):
    assert refused(raw).code == "content:shape"


@pytest.mark.parametrize("kind", [None, "", "recipe", 3])
def test_an_unknown_kind(kind):
    assert refused({"kind": kind, "key": "a", "title": "A"}).code == "content:kind"


def test_an_unknown_name_is_refused_by_its_path():
    body = a("question-set")
    body["sections"][1]["questions"][2]["colour"] = "red"
    refusal = refused(body)
    assert refusal.field == "sections[1].questions[2].colour"
    assert "Unknown field" in refusal.message


def test_a_missing_name_is_refused_by_its_path():
    body = a("scheme")
    del body["criteria"][0]["questions"][3]["weight_bp"]
    assert refused(body).field == "criteria[0].questions[3].weight_bp"


def test_every_fault_is_told_at_once():
    body = a("rate-card")
    body["items"][0]["unit"] = "fortnight"
    body["items"][1]["minimum_pence"] = "12.50"
    message = refused(body).message
    assert "items[0].unit" in message
    assert "items[1].minimum_pence" in message


@pytest.mark.parametrize("weight", [20.0, "2000", True, -1, 10_001, None])
def test_a_weight_is_whole_basis_points(weight):
    body = a("scheme")
    body["criteria"][0]["weight_bp"] = weight
    assert refused(body).field == "criteria[0].weight_bp"


def test_weights_of_the_criteria_sum():
    body = a("scheme")
    body["criteria"][0]["weight_bp"] = 7001
    refusal = refused(body)
    assert refusal.code == "scheme:weights-do-not-sum"
    assert "10001" in refusal.message


def test_weights_within_a_criterion_sum():
    body = a("scheme")
    body["criteria"][1]["questions"][0]["weight_bp"] = 2400
    assert refused(body).code == "scheme:weights-do-not-sum"


def test_a_scheme_that_scores_a_question_which_nobody_asks():
    body = a("scheme")
    body["criteria"][0]["questions"][0]["question"] = "garden"
    spoiled = {**SHELF}
    spoiled[next(named for named in SHELF if named == ("scheme", "apl-16plus"))] = body
    with pytest.raises(RuleBroken) as caught:
        checked_beside(a("round-template"), spoiled)
    assert "“garden” is scored but not in the question set." in caught.value.message


def test_a_scheme_on_a_scale_that_is_not_there():
    body = a("scheme")
    body["criteria"][0]["scale"] = "stars-1-10"
    assert refused_beside(body).code == "scheme:no-scale"


def test_officers_do_not_score_on_the_young_peoples_scale():
    body = a("scheme")
    body["criteria"][0]["scale"] = "faces-0-4"
    assert refused_beside(body).code in {"scheme:abstention", "scheme:minimum-not-on-scale"}


def test_a_minimum_that_is_not_on_the_scale():
    body = a("scheme")
    body["criteria"][0]["questions"][0]["minimum_score"] = 6
    assert refused_beside(body).code == "scheme:minimum-not-on-scale"


def test_a_question_key_stands_once():
    body = a("question-set")
    question(body, "staffing")["key"] = "safeguarding"
    refusal = refused(body)
    assert refusal.code == "content:question-twice"
    assert refusal.field == "sections[6].questions[3].key"


def test_a_condition_on_a_question_that_is_not_there():
    body = a("question-set")
    question(body, "debarment-detail")["when"]["question"] = "nothing"
    assert refused(body).code == "content:when-unknown"


def test_a_condition_on_a_later_question():
    body = a("question-set")
    question(body, "legal-name")["when"] = {"question": "trading-name", "is": "yes"}
    assert refused(body).code == "content:when-unknown"


def test_a_condition_on_itself():
    body = a("question-set")
    question(body, "voluntary-sector")["when"] = {"question": "voluntary-sector", "is": "yes"}
    assert refused(body).code == "content:when-unknown"


@pytest.mark.parametrize("answer", ["maybe", "Yes"])
def test_a_condition_on_an_answer_that_nobody_can_give(answer):
    body = a("question-set")
    question(body, "debarment-detail")["when"]["is"] = answer
    assert refused(body).code == "content:when-answer"


def test_a_condition_may_name_several_answers_and_each_of_them_must_be_one():
    body = a("question-set")
    question(body, "debarment-detail")["when"]["is"] = ["yes", "no"]
    assert checked(body)
    question(body, "debarment-detail")["when"]["is"] = ["yes", "maybe"]
    assert refused(body).code == "content:when-answer"


@pytest.mark.parametrize("answers", [["yes"], ["yes", "yes"], [], ["yes", True]])
def test_a_list_of_one_answer_or_of_the_same_twice_is_refused(answers):
    body = a("question-set")
    question(body, "debarment-detail")["when"]["is"] = answers
    assert refused(body).code.startswith("content:")


def test_a_condition_on_a_free_text_is_refused():
    body = a("question-set")
    question(body, "trading-name")["when"] = {"question": "legal-name", "is": "yes"}
    assert refused(body).code == "content:when-answer"


def test_a_question_for_everybody_cannot_hang_on_one_for_some_lots():
    body = a("question-set")
    question(body, "ofsted-conditions-detail")["lots"] = []
    assert refused(body).code == "content:when-lot"


def test_a_yes_without_quotes_is_caught():
    body = a("question-set")
    question(body, "debarment-detail")["when"]["is"] = True
    assert "in quotes" in refused(body).message


@pytest.mark.parametrize(
    ("key", "name", "value", "code"),
    [
        ("safeguarding", "words", None, "content:words"),
        ("safeguarding", "kind", "text", "content:scored-kind"),
        ("voluntary-sector", "role", "pass-fail", "content:pass-value"),
        ("voluntary-sector", "pass_value", "yes", "content:pass-value"),
        ("debarment", "pass_value", "maybe", "content:pass-value"),
        ("organisation-size", "options", [], "content:options"),
        ("legal-name", "options", [{"value": "a", "label": "A"}], "content:options"),
        ("young-home", "role", "information", "content:young-not-scored"),
    ],
)
def test_the_parts_of_a_question_fit_together(key, name, value, code):
    body = a("question-set")
    question(body, key)[name] = value
    assert code in _codes(body)


@pytest.mark.parametrize(
    "key", ["Safeguarding", "safe_guarding", "safe--guarding", "-safe", "", "é", "a\n"]
)
def test_a_key_is_small_letters_digits_and_hyphens(key):
    body = a("question-set")
    question(body, "safeguarding")["key"] = key
    assert refused(body).field == "sections[6].questions[0].key"


def test_text_may_not_be_blank():
    body = a("question-set")
    question(body, "safeguarding")["label"] = "   "
    assert refused(body).field == "sections[6].questions[0].label"


def test_a_scale_value_stands_once():
    body = a("scale", "officers-0-5")
    body["points"][1]["value"] = 0
    assert refused(body).code == "scale:value-twice"


def test_a_price_limit_upside_down():
    body = a("rate-card")
    body["items"][0]["minimum_pence"] = body["items"][0]["maximum_pence"] + 1
    assert refused(body).code == "content:limits"


def test_a_line_of_a_checklist_for_a_type_that_is_not_there():
    body = a("checklist")
    body["documents"][0]["type"] = "horoscope"
    refusal = refused_beside(body)
    assert (refusal.code, refusal.field) == ("content:no-type", "documents[0].type")


def test_a_line_of_a_checklist_for_the_wrong_owner():
    body = a("checklist")
    body["documents"][0]["of"] = "setting"
    assert refused_beside(body).code == "content:other-owner"


def test_a_gate_that_names_no_outcome():
    body = a("ofsted-scale", "ofsted-fostering")
    body["usual_gate"] = ["good", "perfect"]
    assert refused(body).code == "ofsted:unknown-outcome"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("lead", "hertfordshire", "content:lead"),
        ("scheme", "unheard-of", "content:not-there"),
        ("councils", ["luton", "atlantis"], "content:no-council"),
    ],
)
def test_a_template_names_what_is_there(name, value, code):
    body = a("round-template")
    body[name] = value
    assert refused_beside(body).code == code


def test_a_template_without_a_lot_that_questions_name():
    body = a("round-template")
    body["lots"] = [lot for lot in body["lots"] if lot["code"] != "3A"]
    assert "3A" in refused_beside(body).message


def test_a_name_that_stands_twice_in_a_file():
    with pytest.raises(RuleBroken) as caught:
        read("kind: scale\nkey: one\nkey: two\n")
    assert caught.value.code == "content:twice"


def test_a_file_that_is_no_yaml():
    with pytest.raises(RuleBroken) as caught:
        read("kind: [scale\n")
    assert caught.value.code == "content:yaml"


def test_a_file_that_would_run_code_is_refused():
    with pytest.raises(RuleBroken) as caught:
        read("!!python/object/apply:os.getcwd []")
    assert caught.value.code == "content:yaml"


def test_a_fault_in_a_folder_names_the_file(tmp_path):
    for file in DEFAULTS.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text())
    broken = tmp_path / "scheme-apl-16plus.yaml"
    broken.write_text(broken.read_text().replace("weight_bp: 7000", "weight_bp: 6000"))
    with pytest.raises(RuleBroken) as caught:
        defaults(tmp_path)
    assert caught.value.message.startswith("scheme-apl-16plus.yaml: ")


def _codes(body):
    from portal.content.checks import findings

    return {finding.code for finding in findings(body)}
