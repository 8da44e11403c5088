"""What answers queries: the embedded engine, other stores, and the datasets that they are asked of."""
