"""Evidence packs: a round's award as a file from which anybody can compute it again."""
