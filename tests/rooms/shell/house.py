"""A small house with the shell and nothing else: pages that show every part of it."""

from pathlib import Path
from types import SimpleNamespace

from flask import Flask, flash, get_template_attribute, redirect, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined

import forms
from forms import choice
from portal.wording import within

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent
CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
SETTINGS = {
    "product_name": "Placement Quality Portal",
    "accent_colour": "#1d5f5a",
    "support_email": "support@portal.example",
}
ADA = SimpleNamespace(
    person_id=1, name="Ada Osei", ref="ada", posts=(SimpleNamespace(name="Luton Council"),)
)
FACES = ["Really not OK", "Not great", "It’s OK", "Good", "Really good"]


class SampleForm(forms.PortalForm):
    """One field of each kind."""

    name = forms.TextField(
        "Name of the home", [forms.Required("Enter the name of the home")], hint="As Ofsted has it"
    )
    email = forms.EmailField("Email address", [forms.Email()])
    password = forms.PasswordField("Password")
    code = forms.CodeField("Code from your phone")
    rate = forms.MoneyField("Weekly rate", [forms.Required("Enter the rate")], suffix="per week")
    beds = forms.WholeNumberField("Beds", minimum=1, maximum=99)
    hours = forms.DecimalField("Hours of support", suffix="hours a week")
    share = forms.PercentField("Weight", hint="All weights together make 100%")
    expires = forms.DateField("When does the certificate expire?", hint="For example, 27 3 2027")
    deadline = forms.DateTimeField("Deadline", called="The deadline")
    why = forms.TextAreaField("Why should young people live here?", [forms.MaxWords(150)])
    plain = forms.TextAreaField("Anything else?")
    lots = forms.CheckboxesField(
        "Which lots do you apply for?",
        [forms.Required("Choose at least one lot")],
        choices=[
            choice("1A", "Lot 1A", hint="Self-contained, 16 to 17"),
            choice("2A", "Lot 2A", hint="Shared, only young people who have been in care"),
            choice("none", "None of these", divider="or", exclusive=True),
        ],
    )
    kind = forms.RadiosField(
        "How is it run?", choices=[choice("own", "We own it"), choice("rent", "We rent it")]
    )
    landlord = forms.TextField("Name of the landlord")
    insured = forms.YesNoField("Are you insured?")
    council = forms.SelectField(
        "Council", choices=[choice("luton", "Luton"), choice("bedford", "Bedford Borough")]
    )
    feel = forms.FacesField(
        "How would you feel living here?",
        choices=[
            *(choice(value, words, face=value + 1) for value, words in enumerate(FACES)),
            choice(-1, "I can’t say"),
        ],
    )
    report = forms.FileField("Ofsted report", accept=".pdf", hint="PDF, up to 25 MB")
    sure = forms.ConfirmCheckbox("Everything here is true", [forms.Required("Tick the box")])
    save = forms.SubmitButton("Save and continue")


class AnswerForm(forms.PortalForm):
    """What saves itself."""

    version = forms.HiddenField()
    answer = forms.TextAreaField("Your answer", [forms.MaxWords(20)])
    visit_day = forms.DateField("Day of the visit")
    likes = forms.CheckboxesField("Likes", choices=[choice("a", "Gardens"), choice("b", "Buses")])


def a_house(**context):
    """Build the app; `context` is what every page is handed besides the usual."""
    app = Flask(
        "house", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.config.update(
        SECRET_KEY="only for tests", KEPT={}, MOOD="saved", SENT=[], **context.pop("config", {})
    )
    app.jinja_loader = ChoiceLoader(
        [
            app.jinja_loader,
            FileSystemLoader(HERE / "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_template_filter(str, "time_text")
    app.add_template_filter(str, "date_text")
    app.add_template_filter(within)
    CSRFProtect(app)
    usual = {
        "viewer": ADA,
        "demo": True,
        "version": "1.0",
        "setting": SETTINGS.get,
        "nav_items": _nav(),
    }
    app.context_processor(lambda: usual | context)
    app.after_request(_with_policy)
    app.register_error_handler(CSRFError, lambda _error: _expired())
    _pages(app)
    return app


def _nav():
    places = [("Home", "/"), ("Rounds", "/sample"), ("Register", "/register"), ("Costs", "/costs")]
    return [{"text": text, "href": href, "active": href == "/sample"} for text, href in places]


def _with_policy(response):
    response.headers["Content-Security-Policy"] = CONTENT_POLICY
    return response


def _expired():
    kept = forms.typed_text(request.form)
    return render_template("errors/expired.html", kept=kept, came_from="/sample"), 400


def _pages(app):
    @app.route("/sample", methods=["GET", "POST"])
    def sample():
        form = SampleForm()
        if form.validate_on_submit():
            flash("The home is saved.", "success")
            return redirect("/parts")
        return render_template("sample.html", form=form)

    @app.get("/parts")
    def parts():
        return render_template("parts.html")

    @app.get("/young")
    def young():
        return render_template("young.html", form=SampleForm(formdata=None, feel=3))

    @app.get("/errors/<name>")
    def errors(name):
        error = SimpleNamespace(message="The deadline has passed.", description="")
        kept = [("reason", "Because the rates were wrong.\nAll of them."), ("lot", "1A")]
        return render_template(f"errors/{name}.html", error=error, kept=kept, came_from="/sample")

    @app.get("/pages/<name>")
    def pages(name):
        return render_template(f"pages/{name}.html")

    @app.route("/answer", methods=["GET", "POST"])
    def answer():
        form = AnswerForm(data=app.config["KEPT"] | {"version": app.config.get("VERSION", "1")})
        if form.wants_autosave:
            return _autosaved(app, form)
        return render_template("answer.html", form=form)

    @app.get("/accent.css")
    def accent():
        css = render_template("accent.css", accent="#7a1f4b")
        return app.response_class(css, mimetype="text/css")


def _choice():
    block = get_template_attribute("components/conflict.html", "conflict_block")
    return block(
        [
            {
                "name": "answer",
                "label": "Your answer",
                "by": "Ben",
                "at": "10:40am",
                "theirs": "What Ben wrote",
                "mine": "Mine",
                "may_join": True,
                "again": "",
            }
        ]
    )


def _autosaved(app, form):
    app.config["SENT"].append(request.form.to_dict(flat=False))
    answer = _moody(app.config["MOOD"], form.version.data == "1")
    if answer is not None:
        return answer
    fields = form.changed_fields()
    errors = {field.name: field.errors[0] for field in fields if not field.validate(form)}
    if errors:
        return {"status": "invalid", "errors": errors}, 422
    app.config["KEPT"] |= {field.name: field.data for field in fields}
    return {"status": "saved", "at": "10:42am"}


def _moody(mood, is_first):
    """What a server answers that does not save, or nothing."""
    conflict = {"status": "conflict", "theirs": "What Ben wrote", "hidden": {"version": "2"}}
    answers = {
        "signed-out": ({"status": "signed-out"}, 401),
        "broken": ("no", 502),
        "closed": (
            {"status": "refused", "message": "The deadline has passed.", "closed": True},
            409,
        ),
        "too-long": ({"status": "refused", "message": "no"}, 413),
    }
    if is_first:
        answers |= {
            "conflict": (conflict | {"message": "Ben changed this answer at 10:40am."}, 409),
            "choice": (conflict | {"field": "answer", "html": _choice()}, 409),
        }
    return answers.get(mood)
