"""Late cases: what a bidder says, and what two officers say of it."""

from forms import ConfirmCheckbox, PortalForm, RadiosField, Required, TextAreaField, choice
from forms.validators import MaxWords
from scoring.late import MOST_REASON, MOST_WORDS, Cause

TAKE, REFUSE = "take", "refuse"


class LateForm(PortalForm):
    """What happened, and what can be shown for it."""

    what_happened = TextAreaField(
        "What kept you from submitting in time?",
        [Required("Say what kept you from submitting in time"), MaxWords(MOST_WORDS)],
        hint="Say what you did, when, and what the portal showed. Do not name your organisation: "
        "the officers decide without knowing whose case it is.",
        rows=8,
    )
    evidence = TextAreaField(
        "What can you show for it?",
        [Required("Say what you can show for it"), MaxWords(MOST_WORDS)],
        hint="For example the words of an error, its time, and a reference that it named. What the "
        "portal itself recorded is added.",
        rows=5,
    )
    certified = ConfirmCheckbox(
        "I confirm this for the organisation: what we say here and in the application is true and "
        "complete as far as we know, and I may sign for it.",
    )


class LateDecisionForm(PortalForm):
    """To take it or not, the cause, and the reason."""

    outcome = RadiosField(
        "What should be done?",
        [Required("Choose what should be done")],
        choices=[
            choice(TAKE, "Take the application", hint="It stays sealed until all are opened."),
            choice(REFUSE, "Refuse it"),
        ],
    )
    cause = RadiosField(
        "What was the cause?",
        [Required("Choose the cause")],
        choices=[choice(one.value, one.words) for one in Cause],
    )
    reason = TextAreaField(
        "Your reason",
        [Required("Give your reason"), MaxWords(MOST_REASON)],
        hint="The bidder reads it. It stands in the trail.",
        rows=5,
    )
