"""The moderation board, meetings of a panel, agreeing and the lock."""
