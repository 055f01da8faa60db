"""Provider organisations, their registrations and contacts."""
