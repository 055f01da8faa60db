"""KPIs of contracts and list places: what is expected, what came, how it stands, and the yearly assessment."""
