"""What follows from the claims: SPARQL rules, the OWL closure of the settled view, and the proof of consistency."""
