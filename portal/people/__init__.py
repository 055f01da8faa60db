"""Accounts, councils, memberships, sign-in, and the cards of Young Commissioners."""
