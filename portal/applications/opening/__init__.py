"""Two officers open a round; whether what is opened is what was sealed."""
