"""The query language: its tokens, what is let through, hints, and the formats of answers."""
