"""Speaks HTTP: requests -> queries -> an engine's answers -> responses; it holds no data of its own."""
