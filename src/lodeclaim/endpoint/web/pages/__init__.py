"""What people read: each module makes one kind of page, or one part of it, from an engine's answers."""
