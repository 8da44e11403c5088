"""What several tests share: where things lie, graphs to derive from, servers, stores, and those who mean harm."""
