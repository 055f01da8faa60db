"""Care for Young Commissioners: telling someone, their time and money, what became of what they said."""
