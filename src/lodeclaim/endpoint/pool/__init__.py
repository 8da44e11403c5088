"""Runs untrusted queries in processes of their own: their limits, their turns, and their end."""
