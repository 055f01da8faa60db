"""Reports on the providers of one lot: rates over time, and value for money."""
