"""Triple stores of others: each installed, started on loopback, loaded by its own bulk loader and stopped.

    from support.stores import engines

    with engines.ENGINES["virtuoso"].serve(folder, [graph]) as store:
        ...  # store.query_url, store.graph_store_url, store.update_url, store.auth

The modules need the standard library only, so that the installer runs before anything else is installed.
"""
