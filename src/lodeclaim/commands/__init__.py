"""The commands, a module each, that the command line loads by their names."""
