"""What people type when they plan a visit, go on it, agree and report."""

from forms import (
    AddressForm,
    CheckboxesField,
    ConfirmCheckbox,
    DateField,
    DateTimeField,
    FacesField,
    FileField,
    HiddenField,
    MaxCharacters,
    PortalForm,
    RadiosField,
    Required,
    SearchField,
    SelectField,
    TextAreaField,
    TextField,
    WholeNumberField,
    YesNoField,
    built_form,
    choice,
)
from forms.base import TakesFile

MOST = MaxCharacters(2_000)
RATHER_NOT = "rather-not"
ALONE = "alone"
PAIRS = ("Pair 1", "Pair 2", "Pair 3")


class VisitsFilter(AddressForm):
    """Which visits are listed. It lives in the address."""

    words = SearchField("Home, provider or first half of a postcode")
    stage = SelectField("Stage", blank_label="Every stage")


class HomeForm(AddressForm):
    """Which provider's home is visited."""

    provider = SelectField("Provider")


class PlanForm(PortalForm):
    """A visit: which home, when, announced or not."""

    setting = SelectField("Which home?", [Required("Choose the home")])
    council = SelectField("For which council?", [Required("Choose the council")])
    starts_at = DateTimeField("When does it start?", [Required("Enter the day and the time")])
    announced = RadiosField(
        "Does the provider know before?",
        [Required("Choose whether the visit is announced")],
        choices=[
            choice("yes", "Announced", hint="We ask the provider to confirm the day"),
            choice("no", "Unannounced", hint="The provider hears of it with the report"),
        ],
    )
    purpose = TextAreaField(
        "What is this visit for?",
        [MOST],
        hint="For the team only. For example: a re-visit, or a complaint. Write no names.",
        rows=3,
    )

    def fit(self, settings, councils):
        """Ask for the council only where there are several."""
        self.setting.choices = settings
        self.council.choices = councils
        if len(settings) == 1:
            self.setting.data = settings[0].value
        if len(councils) == 1:
            self.council.data = councils[0].value
            del self.council
        return self


class ChangeForm(PortalForm):
    """The day of a visit, and what it is for."""

    starts_at = DateTimeField("When does it start?", [Required("Enter the day and the time")])
    announced = RadiosField(
        "Does the provider know before?",
        [Required("Choose whether the visit is announced")],
        choices=[choice("yes", "Announced"), choice("no", "Unannounced")],
    )
    purpose = TextAreaField("What is this visit for?", [MOST], rows=3)


def team_form(leads, officers, supporters, young, *, seated, base=PortalForm):
    """Return a form for a team.

    Args:
        young: (reference, alias) of each Young Commissioner.
        seated: what stands now, by field.
    """
    fields = {
        "lead": SelectField("Who leads?", [Required("Choose who leads")], choices=leads),
        "officers": CheckboxesField(
            "Which other officers come?", choices=officers, hint="Each scores alone"
        ),
    }
    if young:
        fields["supporter"] = SelectField(
            "Which Participation Officer comes?", choices=supporters, blank_label="Nobody"
        )
    for ref, alias in young:
        fields[f"young-{ref}"] = SelectField(
            f"{alias}",
            hint="Alone, or with somebody as a pair that fills one sheet",
            choices=[choice(ALONE, "Comes, alone"), *(choice(one, one) for one in PAIRS)],
            blank_label="Does not come",
        )
    return built_form(fields, base, data=seated)


class DayForm(PortalForm):
    """A provider says whether the day suits."""

    suits = YesNoField("Does this day suit you?", [Required("Say yes or no")])
    note = TextAreaField("If not: which days would suit, and why?", [MaxCharacters(500)], rows=3)


class ReasonForm(PortalForm):
    """One reason."""

    reason = TextAreaField("Why?", [Required("Say why"), MOST], rows=4)


class EndForm(PortalForm):
    """Why a visit comes to no report."""

    cause = RadiosField("What happened?", [Required("Choose what happened")])
    reason = TextAreaField(
        "Say more",
        [Required("Say what happened"), MOST],
        hint="For the council only. The provider and young people read the line that you chose.",
        rows=4,
    )

    def fit(self, causes):
        self.cause.choices = [choice(one.value, one.title) for one in causes]
        return self


class EntryForm(PortalForm):
    """What every entry carries: an identifier of its own, and what was there when it was shown."""

    client_id = HiddenField(name="_client_id")
    revision = HiddenField(name="_revision")


class ScoreEntryForm(EntryForm):
    """An officer's score of one matter."""

    value = RadiosField("Your score")
    reason = TextAreaField("What did you see or hear?", [MOST], hint="Never names", rows=5)

    def fit(self, scale):
        self.value.choices = [
            choice(str(one.value), f"{one.value} – {one.label}", hint=one.meaning)
            for one in reversed(scale.points)
        ]
        if scale.abstention:
            self.value.choices.append(choice(RATHER_NOT, "I could not tell"))
        return self

    @property
    def raw(self):
        abstained = self.value.data == RATHER_NOT
        value = None if abstained or not self.value.data else int(self.value.data)
        return {"value": value, "abstained": abstained, "reason": self.reason.data or ""}


class YoungEntryForm(ScoreEntryForm):
    """Five faces, and a young person's own words."""

    value = FacesField("How is it?", coerce=str)
    reason = TextAreaField(
        "Why? You can leave this empty.", [MOST], hint="Please do not write names.", rows=4
    )

    def fit(self, scale):
        self.value.choices = [
            choice(str(one.value), one.label, hint=one.meaning, face=one.face)
            for one in scale.points
        ]
        self.value.choices.append(choice(RATHER_NOT, "I’d rather not say"))
        return self


class SayForm(EntryForm):
    """Anything else."""

    note = TextAreaField("Anything else?", [MOST], hint="Please do not write names.", rows=6)

    @property
    def raw(self):
        return {"note": self.note.data or ""}


class SeenForm(EntryForm):
    """A document or a room: looked at or not, and a note."""

    seen = RadiosField(
        "Did you look at it?",
        choices=[
            choice("yes", "Yes"),
            choice("no", "No"),
            choice("not-there", "It was not there"),
        ],
    )
    note = TextAreaField("Note", [MOST], hint="What matters. Never names", rows=3)

    @property
    def raw(self):
        return {"seen": self.seen.data or "", "note": self.note.data or ""}


class SpokenForm(EntryForm):
    """How many people, never who."""

    number = WholeNumberField(
        "How many did you speak to?", hint="Only the number, never who", minimum=0, maximum=99
    )

    @property
    def raw(self):
        return {"number": self.number.data}


class CareForm(EntryForm):
    """Whether the home gives care."""

    answer = RadiosField(
        "Does this home give care?",
        choices=[
            choice("no", "No, it gives support"),
            choice("unsure", "I am not sure"),
            choice("yes", "Yes, it gives care"),
        ],
    )
    note = TextAreaField("What did you see?", [MOST], hint="Never names", rows=4)

    @property
    def raw(self):
        return {"answer": self.answer.data or "", "note": self.note.data or ""}


class PhotoForm(TakesFile, PortalForm):
    """A photograph of a room without people."""

    client_id = HiddenField(name="_client_id")
    file = FileField(
        "Choose or take a photograph",
        [Required("Choose a photograph")],
        hint="A room or a thing, never a person, a screen or a paper with names. JPEG or PNG.",
        accept="image/jpeg,image/png",
    )
    caption = TextField("What does it show?", [MaxCharacters(200)])


class ChoiceForm(PortalForm):
    """Which of two versions is kept."""

    choice = RadiosField("Which one do you keep?", [Required("Choose which one to keep")])


class CommentCheckForm(PortalForm):
    """What the Participation Officer says of a young person's words."""

    outcome = RadiosField(
        "May others read this?",
        [Required("Choose one")],
        choices=[
            choice("cleared", "Yes, others may read it"),
            choice("held", "Hold it back", hint="For care of somebody. The score stays."),
        ],
    )
    reason = TextAreaField("If you hold it back: why?", [MOST], rows=3)


class AgreeForm(PortalForm):
    """The score that the team agrees, with its reason."""

    value = RadiosField("The team’s score")
    reason = TextAreaField(
        "Why?", [MOST], hint="The provider and the councils read this. Never names.", rows=5
    )
    revision = HiddenField(name="_revision")

    def fit(self, scale):
        self.value.choices = [
            choice(str(one.value), f"{one.value} – {one.label}", hint=one.meaning)
            for one in reversed(scale.points)
        ]
        self.value.choices.append(choice(RATHER_NOT, "We could not tell"))
        return self

    @property
    def score(self):
        chosen = self.value.data
        return None if chosen in {None, "", RATHER_NOT} else int(chosen)

    @property
    def abstained(self):
        return self.value.data == RATHER_NOT


class YoungAgreeForm(AgreeForm):
    """The young people's own score, in faces."""

    value = FacesField("What do you say together?", [Required("Choose a face")], coerce=str)
    reason = TextAreaField("Why? You can leave this empty.", [MOST], rows=4)

    def fit(self, scale):
        self.value.choices = [
            choice(str(one.value), one.label, hint=one.meaning, face=one.face)
            for one in scale.points
        ]
        self.value.choices.append(choice(RATHER_NOT, "We’d rather not say"))
        return self


class ReportForm(PortalForm):
    """The judgement, what works well, and the question of care."""

    judgement = RadiosField("Judgement")
    judgement_reason = TextAreaField("Why this judgement?", [MOST], rows=4)
    summary = TextAreaField("What works well?", [MOST], rows=4)
    care = RadiosField(
        "Does this home give care, and not only support?",
        choices=[
            choice("no", "No"),
            choice("unsure", "We are not sure", hint="Ask Ofsted, and say here what you saw"),
            choice("yes", "Yes", hint="It ought to be registered as a children’s home"),
        ],
    )
    care_reason = TextAreaField("What did you see that looks like care?", [MOST], rows=3)
    revision = HiddenField(name="_revision")

    def fit(self, judgements):
        self.judgement.choices = [
            choice(one["key"], one["title"], hint=one["meaning"]) for one in judgements
        ]
        return self


class RecommendForm(PortalForm):
    """One thing that the home is asked to do."""

    text = TextAreaField(
        "What has to be done?", [Required("Say what has to be done"), MOST], rows=3
    )
    matter = SelectField("About which matter?", blank_label="The whole home")
    owner_side = RadiosField(
        "Who does it?",
        [Required("Choose who does it")],
        choices=[choice("provider", "The provider"), choice("council", "The council")],
    )
    owner_post = TextField(
        "Which post?",
        [Required("Name the post that does it"), MaxCharacters(120)],
        hint="For example “Registered manager”. Never a name.",
    )
    due_on = DateField("By when?", [Required("Enter the day")])
    young = ConfirmCheckbox("This comes from the young people")


class FactForm(PortalForm):
    """A comment on a fact."""

    matter = SelectField("About which matter?", blank_label="The whole report")
    text = TextAreaField(
        "What is not right, and what is?",
        [Required("Say what is not right"), MOST],
        hint="Facts only: a date, a number, something that is there and was not seen.",
        rows=4,
    )


class RespondForm(PortalForm):
    """The provider sends its answer."""

    nothing_to_correct = ConfirmCheckbox("The facts are right. There is nothing to correct.")


class FactAnswerForm(PortalForm):
    """What the council says of a comment."""

    outcome = RadiosField(
        "Is the comment right?",
        [Required("Choose one")],
        choices=[choice("accepted", "Yes"), choice("not-accepted", "No")],
    )
    reply = TextAreaField(
        "What did you change, or why not?", [Required("Write a reply"), MOST], rows=3
    )


class MoreTimeForm(PortalForm):
    """A later day for the provider's comments."""

    until_on = DateField("Until which day may they comment?", [Required("Enter the day")])


class FinishForm(PortalForm):
    """The report becomes final, and other councils may read it."""

    councils = CheckboxesField("Which other councils may read it?")


class MatterForm(PortalForm):
    """The words of one matter in a council's own version of the framework."""

    title = TextField("Short title", [Required("Enter a title"), MaxCharacters(120)])
    plain = TextAreaField(
        "To young people",
        [Required("Enter the words for young people"), MaxCharacters(300)],
        hint="A question that a nine-year-old understands",
        rows=2,
    )
    formal = TextAreaField(
        "To officers", [Required("Enter the words for officers"), MaxCharacters(600)], rows=3
    )
    guidance = TextAreaField("What officers look at", [MOST], hint="One line for each", rows=6)
    young_guidance = TextAreaField(
        "What young people think about", [MOST], hint="One line for each", rows=4
    )
    seen = HiddenField(name="_seen")  # the wording that the page showed


class NewMatterForm(MatterForm):
    """A matter that the council adds."""

    key = TextField(
        "Code",
        [Required("Enter a code"), MaxCharacters(10)],
        hint="Small letters and numbers, such as 3a. It never changes.",
        width=4,
    )


class PictureFilter(AddressForm):
    """What the picture over time is drawn of. It lives in the address."""

    provider = SelectField("Provider", blank_label="Every provider")
    setting = SelectField("Home", blank_label="Every home")
    matter = SelectField("Over time", blank_label="How many matters are weak")
