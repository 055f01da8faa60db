"""What people type when they ask about a price, decide and correct after the lock."""

from forms import (
    DateTimeField,
    HiddenField,
    MaxWords,
    PortalForm,
    RadiosField,
    Required,
    RequiredIf,
    SelectField,
    TextAreaField,
    built_form,
    choice,
)

KEEP, SET_ASIDE, CONFIRM, DECLINE = "keep", "set-aside", "confirm", "decline"


class PriceQuestionForm(PortalForm):
    """What a bidder is asked about its price."""

    question = TextAreaField(
        "What do you ask the bidder?",
        [Required("Write what you ask"), MaxWords(500)],
        hint="The bidder reads this. Do not name other bidders or their prices.",
    )
    answer_until_at = DateTimeField(
        "Until when may it answer?", [Required("Enter a date and a time")]
    )


class PriceAnswerForm(PortalForm):
    """The bidder's explanation."""

    answer = TextAreaField(
        "How can you deliver at this price?",
        [Required("Write your answer"), MaxWords(1000)],
        hint="For example how you work, what you save, or conditions that are yours alone.",
    )


class PriceDecisionForm(PortalForm):
    """What becomes of a low price."""

    decision = RadiosField(
        "What do you decide?",
        [Required("Choose whether to keep the bid or to set it aside")],
        choices=[
            choice(KEEP, "Keep the bid", hint="The price is explained. It counts as it is."),
            choice(
                SET_ASIDE,
                "Set the bid aside",
                hint="A second person must confirm this. The bidder reads your reason.",
            ),
        ],
    )
    reason = TextAreaField("Why?", [Required("Say why"), MaxWords(500)])


class SetAsideForm(PortalForm):
    """A bid whose price cannot be evaluated is set aside."""

    reason = TextAreaField(
        "Why is this bid set aside?",
        [Required("Say why"), MaxWords(500)],
        hint="The bidder reads this. A second person must confirm it.",
    )


class SecondForm(PortalForm):
    """A second person confirms or declines."""

    decision = RadiosField(
        "Do you confirm this?",
        [Required("Choose whether to confirm or to decline")],
        choices=[choice(CONFIRM, "Confirm it"), choice(DECLINE, "Decline it, with a reason")],
    )
    reason = TextAreaField(
        "Why do you decline it?",
        [RequiredIf("decision", DECLINE, message="Say why you decline it"), MaxWords(500)],
    )


def tie_form(bids):
    """An order for bids of equal rank.

    Args:
        bids: (reference, name) of each, in the order of the page.
    """
    places = [choice(str(place), str(place)) for place in range(1, len(bids) + 1)]
    fields = {
        f"place_{ref.replace('-', '_')}": SelectField(
            name, [Required("Choose a place")], choices=[choice("", "Choose a place"), *places]
        )
        for ref, name in bids
    }
    fields["reason"] = TextAreaField(
        "Why in this order?",
        [Required("Say why"), MaxWords(500)],
        hint="It must rest on what the round published. A second person must confirm it.",
    )
    return built_form(fields)


def correction_form(points):
    """A score mended after the lock.

    Args:
        points: (value, words) of the scale, without the score that stands.
    """
    return built_form(
        {
            "new": SelectField(
                "What should the score be?",
                [Required("Choose a score")],
                choices=[choice("", "Choose a score"), *(choice(str(v), w) for v, w in points)],
            ),
            "reason": TextAreaField(
                "What was wrong, and why?",
                [Required("Say what was wrong"), MaxWords(500)],
                hint="The bidder reads this in its letter. A second person must confirm it.",
            ),
            "seen_warnings": HiddenField(name="_seen_warnings"),
        }
    )
