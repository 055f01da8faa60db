"""What people type when they shape the scheme of a draft. Rows and choices are handed in."""

from forms import (
    AddressForm,
    DecimalField,
    MoneyField,
    PercentField,
    PortalForm,
    RadiosField,
    Required,
    SelectField,
    TextField,
    WholeNumberField,
    YesNoField,
    built_form,
    choice,
)

BELOW_LEAST = [
    choice("refuse", "Nothing is computed until there are enough"),
    choice("leave-out", "The question is left out, and its weight goes to the others"),
]
METHODS = [choice("weighted-mean", "Weighted mean"), choice("sum", "Sum")]
MECHANISMS = [
    choice(
        "all-over-thresholds",
        "Everybody who passes every minimum",
        hint="A list: no ranking and no cap",
    ),
    choice("ranked-top", "The first bids of each lot", hint="A ranking, with a cap for each lot"),
    choice("single-winner", "The first bid of each lot"),
]
TIES_AT_CAP = [
    choice("admit-all", "All that share the last rank are awarded the lot"),
    choice("decide", "People decide among them, with a reason"),
]
LOTS_MECHANISMS = [
    choice("lot-order", "Lots are awarded one after the other, in an order that we state"),
    choice("bidder-preference", "Each bidder keeps those that it named first"),
]


MOST_POINTS = 100_000


class StatedForm(PortalForm):
    """How the weights of a scheme are said."""

    stated = RadiosField(
        "How are weights stated?",
        [Required("Choose how")],
        choices=[
            choice("basis-points", "In per cent", hint="They make 100% at each level"),
            choice("points", "In points", hint="They need not make 100"),
        ],
    )


def weights_form(rows, scheme, scores, **more):
    """Return the form of the weights.

    Args:
        rows: the criteria with their questions.
        scores: by criterion, the scores that can be a minimum.
    """
    fields, values = {}, {}
    in_points = scheme.get("stated_in") == "points"
    for row in rows:
        if row.is_price or not in_points:
            fields[f"c-{row.key}"] = _share_field(row, in_points)
            values[f"c-{row.key}"] = row.weight
        if not row.is_price:
            _part_fields(fields, values, row, scores.get(row.key, ()), in_points)
    fields |= _of_the_whole()
    values |= {
        "total": scheme["thresholds"]["total_share_bp"],
        "decimals": scheme["decimals"],
        "quorum": scheme.get("quorum"),
        "least_pairs": scheme["young"]["least_pairs"],
        "below_least": scheme["young"]["below_least"],
    }
    return built_form(fields, data=values, **more)


def _share_field(row, in_points):
    if in_points:
        return WholeNumberField(
            f"{row.title}: points", [Required(f"Enter the points of {row.title}")],
            minimum=0, maximum=MOST_POINTS, width=5,
        )  # fmt: skip
    return PercentField(
        f"{row.title}: share of all points", [Required(f"Enter the share of {row.title}")]
    )


def _weight_field(row, one, in_points):
    called = f"The weight of “{one.title}”"
    if in_points:
        return WholeNumberField("Points", minimum=1, maximum=MOST_POINTS, width=5, called=called)
    return PercentField(f"Weight within {row.title}", called=called)


def _part_fields(fields, values, row, scores, in_points):
    fields[f"m-{row.key}"] = PercentField(
        f"{row.title}: least share of its points", hint="Leave empty if there is none"
    )
    values[f"m-{row.key}"] = row.minimum_share_bp
    for one in row.questions:
        fields[f"q-{one.key}"] = _weight_field(row, one, in_points)
        fields[f"s-{one.key}"] = SelectField(
            f"Least score of “{one.title}”",
            choices=[choice(value, f"{value}: {label}") for value, label in scores],
            coerce=int,
            blank_label="No least score",
        )
        values |= {f"q-{one.key}": one.weight, f"s-{one.key}": one.minimum_score}


def _of_the_whole():
    return {
        "total": PercentField(
            "Least share of all points",
            hint="Without those of price. Leave empty if there is none",
        ),
        "decimals": WholeNumberField(
            "Decimals of printed points", [Required("Enter a number from 0 to 6")],
            minimum=0, maximum=6, width=2,
        ),
        "quorum": WholeNumberField(
            "Least number of people who agree a score",
            hint="Leave empty for the rule of the lead council", minimum=1, maximum=20, width=2,
        ),
        "least_pairs": WholeNumberField(
            "Least number of pairs of Young Commissioners for a question",
            [Required("Enter how many pairs")], minimum=1, maximum=20, width=2,
        ),
        "below_least": RadiosField(
            "If fewer pairs give a score", [Required("Choose what happens")], choices=BELOW_LEAST
        ),
    }  # fmt: skip


AMOUNTS = {
    "ceiling_pence": ("Ceiling", "For “against a ceiling”"),
    "optimal_pence": ("Optimal price", "For “straight line to a maximum”"),
    "maximum_pence": ("Maximum", "For “straight line to a maximum”"),
}


def price_form(formulas, discounts, lots, values, *, in_points=False, **more):
    """Return the form of the price.

    Args:
        formulas: choices, each with what it does.
        discounts: the items of the rate card that are discounts.
        lots: codes of the lots, each of which may have amounts of its own.
        in_points: whether the scheme is stated in points.
    """
    fields = {
        "formula": RadiosField(
            "How does a price become points?",
            choices=[choice("", "Price is not evaluated"), *formulas],
        ),
        "weight": WholeNumberField(
            "Points of price",
            minimum=0,
            maximum=MOST_POINTS,
            width=5,
            hint="The other parts keep theirs",
        )
        if in_points
        else PercentField(
            "Share of price in all points",
            hint="The other parts share what is left, in the proportions that they have",
        ),
        **{name: MoneyField(title, hint=hint) for name, (title, hint) in AMOUNTS.items()},
        **{
            f"{name}-{lot}": MoneyField(f"{title} of lot {lot}")
            for lot in lots
            for name, (title, _) in AMOUNTS.items()
        },
        "abnormally_low": PercentField(
            "Ask about a price that is this much under the mean of the others",
            [Required("Enter a share")],
            called="This share",
        ),
        "each_council": YesNoField("Is price compared for each council by itself?"),
    }
    for item in discounts:
        fields[f"order-{item['key']}"] = WholeNumberField(
            f"{item['title']}: taken as number", minimum=1, maximum=len(discounts), width=2
        )
        fields[f"share-{item['key']}"] = PercentField(
            f"{item['title']}: counted for this part of placements",
            [Required("Enter a share")],
        )
    if discounts:
        fields["compounding"] = YesNoField(
            "Is each discount taken from what the one before left?",
            hint="Otherwise each is taken from the first price",
        )
    return built_form(fields, data=values, **more)


def baskets_form(lots, values, **more):
    """Return the form of the baskets.

    Args:
        lots: pairs of a lot's code and the items that everybody states in it.
    """
    fields = {}
    for code, items in lots:
        fields[f"method-{code}"] = SelectField(
            "How the prices are put together",
            [Required("Choose how")],
            choices=METHODS,
            blank_label=None,
        )
        for item in items:
            fields[f"b-{code}-{item['key']}"] = DecimalField(
                item["title"],
                hint="How much of it you expect to buy" if item is items[0] else "",
                called=f"“{item['title']}” in lot {code}",
                minimum=0,
                places=3,
                width=5,
            )
    return built_form(fields, data=values, **more)


def award_form(lots, ties, steps, values, **more):
    """Return the form of the award.

    Args:
        lots: codes of the lots.
        ties: what can break a tie, as choices.
        steps: how many steps of breaking ties there are at most.
    """
    fields = {
        "mechanism": RadiosField(
            "Who is awarded a lot?", [Required("Choose who is awarded a lot")], choices=MECHANISMS
        ),
        "cap": WholeNumberField(
            "How many awards has a lot?",
            hint="Where nothing else is said below",
            minimum=1,
            width=4,
        ),
    }
    fields |= {
        f"cap-{lot}": WholeNumberField(f"Awards of lot {lot}, if different", minimum=1, width=4)
        for lot in lots
    }
    for at in range(1, steps + 1):
        fields[f"tie-{at}"] = SelectField(
            "At a tie goes first" if at == 1 else f"Then, {at}", choices=ties, blank_label="Nothing"
        )
    fields |= {
        "tie_at_cap": SelectField(
            "If bids share the last rank", choices=TIES_AT_CAP, blank_label="Not stated"
        ),
        "lots_cap": WholeNumberField(
            "How many lots may one bidder win?", hint="Leave empty if as many as it can",
            minimum=1, width=4,
        ),
        "lots_mechanism": SelectField(
            "Which lots does it keep?", choices=LOTS_MECHANISMS, blank_label="Not stated"
        ),
        "lots_order": TextField(
            "Order of the lots", hint="For the first way, for example F1, F2, F3", width=20
        ),
    }  # fmt: skip
    return built_form(fields, data=values, **more)


def trial_form(lots, bids, parts, values, *, priced, formdata=None):
    """Return the form of made-up bids. It lives in the address and changes nothing.

    Args:
        lots: choices.
        bids: names.
        parts: pairs of the name of a score's field for a bid, and its scale: `parts(bid)`.
        priced: whether price is evaluated.
    """
    fields = {"lot": SelectField("Lot", choices=lots, blank_label=None)}
    for bid in bids:
        for name, title, scale in parts(bid):
            fields[name] = SelectField(
                title,
                choices=[choice(one.value, f"{one.value}: {one.label}") for one in scale.points],
                coerce=int,
                blank_label=None,
                full_label=f"{bid}: {title}",
            )
        if priced:
            fields[f"p-{bid}"] = MoneyField("Price", minimum=1, called=f"The price of {bid}")
    return built_form(fields, AddressForm, data=values, formdata=formdata)
