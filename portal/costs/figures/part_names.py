"""What the kept figures are called, for those who only read them."""

GROUP, DISTANCE, AREA, FUNDING = "group", "distance", "area", "funding"
NOT_STATED = "not-stated"  # who pays
FAR_TENTHS = 200  # of a mile
