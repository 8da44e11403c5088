"""What hostile clients do to the endpoint, over real HTTP: one client is refused, and the next notices nothing."""
