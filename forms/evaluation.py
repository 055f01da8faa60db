"""What people type when they set a panel, declare interests, score and agree."""

from forms import (
    AddressForm,
    CheckboxesField,
    ConfirmCheckbox,
    FacesField,
    HiddenField,
    MaxWords,
    PortalForm,
    RadiosField,
    Required,
    RequiredIf,
    SelectField,
    TextAreaField,
    TextField,
    built_form,
    choice,
)

REASON_WORDS = 300
INTERESTS = (
    choice("none", "No interest"),
    choice("personal", "Personal", hint="Family, friends, somebody you live with"),
    choice("professional", "Professional", hint="You work or worked for them, or with them"),
    choice("financial", "Financial", hint="Shares, a loan, rent, anything you would gain or lose"),
)
KNOWS = {
    "none": "No",
    "lived": "Yes, I have lived there",
    "knows-resident": "Yes, I know somebody who lives there",
    "knows-worker": "Yes, I know somebody who works there",
}
"""What a Young Commissioner can answer; everything but "No" closes the bid to the pair."""
RATHER_NOT = "rather-not"


class AddMembersForm(PortalForm):
    """Who joins the panel."""

    people = CheckboxesField("Who joins?", [Required("Choose at least one person")])


class PairForm(PortalForm):
    """Two Young Commissioners who score together."""

    people = CheckboxesField("Who scores together?", [Required("Choose two people")])
    label = TextField(
        "What is the pair called?",
        [Required("Give the pair a name")],
        hint="For example “Pair 1”. Never a real name.",
        width=20,
    )


class ConfirmForm(PortalForm):
    """One act, said yes to on a page of its own."""

    confirmed = ConfirmCheckbox("I have checked this", [Required("Tick the box to go on")])


def declarations_form(bids, young=False):
    """Return a form with two fields for each bid: the interest, and what it is.

    Args:
        bids: (reference, name, interest declared before or None, its detail) of each bid.
    """
    fields = {}
    for ref, name, _, _ in bids:
        if young:
            fields[f"interest-{ref}"] = RadiosField(
                f"Do you know anybody who lives or works at {name}?",
                [Required(f"Say yes or no for {name}")],
                choices=[choice(value, words) for value, words in KNOWS.items()],
                label_size="m",
            )
            continue
        fields[f"interest-{ref}"] = RadiosField(
            name,
            [Required(f"Choose an answer for {name}")],
            choices=INTERESTS,
            label_size="m",
        )
        fields[f"detail-{ref}"] = TextField(
            f"What is it? ({name})",
            [
                RequiredIf(
                    f"interest-{ref}",
                    *(one.value for one in INTERESTS[1:]),
                    message=f"Say in a few words what your interest in {name} is",
                )
            ],
            hint="Leave this empty if you have no interest",
        )
    kept = {f"interest-{ref}": before for ref, _, before, _ in bids if before}
    return built_form(fields, data=kept)


class ScoreForm(PortalForm):
    """One score with its reason. It may be kept before it is whole."""

    value = RadiosField("Your score", coerce=int)
    reason = TextAreaField("Why this score?", [MaxWords(REASON_WORDS)], rows=6)
    revision = HiddenField(name="_revision")

    def fit(self, scale, words):
        """Offer the points of a scale, each with its published meaning."""
        self.value.choices = [
            choice(point.value, f"{point.value} – {point.label}", hint=point.meaning)
            for point in reversed(scale.points)
        ]
        self.reason.look["hint"] = (
            f"At least {words} words. Say what in the answer earned the score, or is missing. "
            "Use only what is written here."
        )
        return self

    @property
    def score(self):
        return self.value.data

    @property
    def abstained(self):
        return False


class YoungScoreForm(ScoreForm):
    """Five faces, “I'd rather not say”, and a reason in their own words."""

    value = FacesField("How good is this answer?", coerce=str)
    reason = TextAreaField("Why?", [MaxWords(REASON_WORDS)], rows=4)

    def fit(self, scale, words):
        self.value.choices = [
            choice(str(point.value), point.label, hint=point.meaning, face=int(point.face))
            for point in scale.points
        ]
        if scale.abstention:
            self.value.choices.append(choice(RATHER_NOT, "I’d rather not say"))
        self.reason.look["hint"] = (
            f"Use your own words. {words} words or more are enough. "
            "You can leave this empty if you would rather not say."
        )
        return self

    @property
    def score(self):
        return int(self.value.data) if (self.value.data or "").isdigit() else None

    @property
    def abstained(self):
        return self.value.data == RATHER_NOT


class ConsensusForm(PortalForm):
    """What a panel agreed for one question, why, and who was there."""

    value = RadiosField(
        "Agreed score", [Required("Choose the score that the panel agreed")], coerce=int
    )
    reason = TextAreaField(
        "Reason",
        [Required("Write the reason"), MaxWords(REASON_WORDS)],
        hint="The bidder reads this in its letter. Sum up fairly what the panel said.",
        rows=6,
    )
    why_outside = TextAreaField(
        "Why is it outside the panel’s own scores?",
        [MaxWords(REASON_WORDS)],
        rows=3,
    )
    dissent = TextAreaField(
        "Does somebody see it another way?",
        [MaxWords(REASON_WORDS)],
        hint="Say who and why. It stands in the minutes, and not in the letter.",
        rows=2,
    )
    present = CheckboxesField("Who is here?", [Required("Tick who is here")], small=True)
    revision = HiddenField(name="_revision")
    seen_warnings = HiddenField(name="_seen_warnings")

    def fit(self, scale, present, lowest_and_highest):
        """Offer the scale and the people of the panel.

        Args:
            present: (reference, name, hint) of those who may take part.
            lowest_and_highest: of the scores that were given, or None.
        """
        self.value.choices = [
            choice(point.value, f"{point.value} – {point.label}", hint=point.meaning)
            for point in reversed(scale.points)
        ]
        self.present.choices = [choice(ref, name, hint=hint) for ref, name, hint in present]
        low, high = lowest_and_highest or (scale.lowest, scale.highest)
        between = f"{low}" if low == high else f"{low} to {high}"
        self.why_outside.look["hint"] = f"Only if the agreed score is not {between}"
        return self


class YoungConsensusForm(ConsensusForm):
    """The same for the young people's panel, in their words."""

    value = FacesField("What do you all say?", [Required("Choose one face")], coerce=int)
    reason = TextAreaField(
        "Why?",
        [Required("Say why, in your own words"), MaxWords(REASON_WORDS)],
        hint="The people who run the home will read this.",
        rows=4,
    )
    why_outside = TextAreaField(
        "Did you pick a face that nobody picked before? What changed your minds?",
        [MaxWords(REASON_WORDS)],
        rows=3,
    )
    dissent = TextAreaField(
        "Does one of you see it another way?",
        [MaxWords(REASON_WORDS)],
        hint="Say who and why. The people who run the home do not read this.",
        rows=2,
    )
    present = CheckboxesField("Who is here?", [Required("Tick everybody who is here")])

    def fit(self, scale, present, lowest_and_highest):
        super().fit(scale, present, lowest_and_highest)
        self.value.choices = [
            choice(point.value, point.label, hint=point.meaning, face=int(point.face))
            for point in scale.points
        ]
        self.why_outside.look["hint"] = "Leave this empty if your face is one of those above"
        return self


class GiveBackForm(PortalForm):
    """Why a sheet goes back to its scorer."""

    reason = TextAreaField(
        "Why do you give it back?",
        [Required("Say why you give it back"), MaxWords(100)],
        hint="They read this. Say what to look at again, never which score to give.",
        rows=4,
    )


class BoardFilterForm(AddressForm):
    """What of the moderation board is listed."""

    bidder = TextField("Bidder")
    question = SelectField("Question", blank_label="Every question")
    lot = SelectField("Lot", blank_label="Every lot")
    status = SelectField("How far", blank_label="All")
    apart = SelectField("Points apart", blank_label="Any")
    only = CheckboxesField("What was agreed", small=True)
    sort = SelectField("Order", blank_label=None)
