"""What people type when bidders ask the council, and when the council asks a bidder."""

from forms import (
    AddressForm,
    CheckboxesField,
    ConfirmCheckbox,
    DateField,
    DateTimeField,
    FileField,
    HiddenField,
    MaxCharacters,
    PortalForm,
    RadiosField,
    Required,
    SearchField,
    SelectField,
    TextAreaField,
    choice,
)
from forms.base import TakesFile
from forms.documents import ACCEPTED_FILES, KINDS_HINT

LONGEST_QUESTION, LONGEST_ANSWER, LONGEST_REASON = 2_000, 10_000, 1_000
NOTHING_TELLS = "I have read both. Nothing in them tells who asked."


def about_choices(abouts):
    """Return options for what a question is about: things with a key, words and a group."""
    return [choice(one.key, one.words, group=one.group) for one in abouts]


class RevisionForm(PortalForm):
    """A form that remembers which version its page has shown."""

    revision = HiddenField(name="_revision")

    @property
    def seen_revision(self):
        """The revision that the page has shown; None when it showed none."""
        text = str(self.revision.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else None


# --- A bidder asks -------------------------------------------------------------------------------


class AskForm(PortalForm):
    """A question to the council."""

    provider = RadiosField(
        "Which organisation asks?",
        [Required("Choose which organisation asks")],
        hint="No council learns this before the round is opened",
    )
    about = SelectField(
        "What is it about?",
        blank_label="The round as a whole",
        hint="The answer is published under this",
    )
    question = TextAreaField(
        "Your question",
        [Required("Write your question"), MaxCharacters(LONGEST_QUESTION)],
        hint="Ask one thing at a time. Leave out your name and whatever tells who you are: "
        "the council reads what you write here.",
        rows=6,
    )


class WithdrawQuestionForm(PortalForm):
    """Nothing to type: one press, behind a page that says what follows."""


class PublishedFilterForm(AddressForm):
    """Which published answers are listed."""

    words = SearchField("Words in a question or answer")
    about = SelectField("About", blank_label="Everything")


# --- The council answers -------------------------------------------------------------------------


class QueueFilterForm(AddressForm):
    """Which questions are listed."""

    words = SearchField("Words in a question")
    state = SelectField("Where they stand", blank_label="All questions")
    about = SelectField("About", blank_label="Everything")


class AnswerForm(RevisionForm):
    """The draft of an answer."""

    wording = TextAreaField(
        "The question as it will be published",
        [Required("Write the question as it will be published"), MaxCharacters(LONGEST_QUESTION)],
        hint="Take out what tells who asked. The original stays on record.",
        rows=5,
    )
    answer = TextAreaField(
        "The answer",
        [MaxCharacters(LONGEST_ANSWER)],
        hint="Everybody can read it once it is published. You can save a draft without it.",
        rows=8,
    )
    about = SelectField("What is it about?", blank_label="The round as a whole")
    others = CheckboxesField(
        "Which other questions ask the same?",
        hint="They are answered together, under one number",
    )

    def says_enough(self, later):
        """Tell whether there is an answer to look at; a draft that is only saved needs none."""
        if not later and self.answer.blank:
            self.answer.errors = [*self.answer.errors, "Write the answer"]
            return False
        return True


class PublishAnswerForm(RevisionForm):
    """Publish what was drafted."""

    checked = ConfirmCheckbox(NOTHING_TELLS, [Required("Tick the box when you have read both")])


class CorrectAnswerForm(RevisionForm):
    """A corrected version of what is published."""

    wording = TextAreaField(
        "The question",
        [Required("Write the question"), MaxCharacters(LONGEST_QUESTION)],
        rows=5,
    )
    answer = TextAreaField(
        "The answer", [Required("Write the answer"), MaxCharacters(LONGEST_ANSWER)], rows=8
    )
    seen = HiddenField(name="_seen")
    note = TextAreaField(
        "What changes?",
        [Required("Say what changes"), MaxCharacters(LONGEST_REASON)],
        hint="One sentence. Bidders read it beside the new version.",
        rows=2,
    )
    checked = ConfirmCheckbox(NOTHING_TELLS, [Required("Tick the box when you have read both")])

    def has_shown(self, findings):
        """Tell whether the page has shown these warnings; from now on it has."""
        shown, self.seen.data = self.seen.data, "|".join(one.message for one in findings)
        return not findings or shown == self.seen.data


class DeclineForm(PortalForm):
    """Why a question is not answered."""

    reason = TextAreaField(
        "Why is it not answered?",
        [Required("Say why it is not answered"), MaxCharacters(LONGEST_REASON)],
        hint="Only the organisation that asked can read this",
        rows=4,
    )


class AnsweredAlreadyForm(PortalForm):
    """Which published answer says it already."""

    answer = RadiosField(
        "Which answer says it already?", [Required("Choose the answer that says it")]
    )


# --- The council asks a bidder -------------------------------------------------------------------


class AddFieldForm(PortalForm):
    """A further answer that the bidder is asked about."""

    field = SelectField("Which answer?", [Required("Choose an answer")])
    asked = TextAreaField(
        "What do you ask?",
        [Required("Write what you ask"), MaxCharacters(LONGEST_QUESTION)],
        rows=4,
    )


class SendRequestForm(PortalForm):
    """The date of a request, and the confirmation that it is the only one."""

    reply_until_at = DateTimeField(
        "Until when can the bidder reply?",
        [Required("Enter the date and time for the reply")],
        hint="A reply that arrives at this moment is late",
        called="The date for the reply",
    )
    confirmed = ConfirmCheckbox(
        "I know that this bidder can be asked once only.",
        [Required("Tick the box to say that you know this")],
    )


class ReplyForm(TakesFile, RevisionForm):
    """A bidder's reply to one field of the request."""

    text = TextAreaField("Your reply", [MaxCharacters(LONGEST_ANSWER)], rows=6)
    file = FileField("A document", hint=KINDS_HINT, accept=ACCEPTED_FILES)
    valid_until_on = DateField(
        "What is the last day on which it is valid?",
        hint="Leave this empty if it does not run out. For example, 31 3 2027",
        called="The last day",
    )

    def fit(self, *, takes_document, asks_for_day):
        """Ask only what this field needs."""
        if not takes_document:
            del self.file
        if not takes_document or not asks_for_day:
            del self.valid_until_on
        self._look_for_files()
        return self

    @property
    def last_day(self):
        """The day that was typed, or None where none is asked for."""
        return self.valid_until_on.data if "valid_until_on" in self else None


class SendReplyForm(PortalForm):
    """The confirmation under which a reply is sent."""

    certified = ConfirmCheckbox(
        "I confirm this for the organisation: the reply is true and complete as far as we know.",
        [Required("Tick the box to confirm the reply")],
    )
