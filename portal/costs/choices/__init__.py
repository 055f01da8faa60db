"""Placement choices: who was considered, on which facts, who was chosen, and why."""
