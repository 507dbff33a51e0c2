"""Lessons of the studio: questions whose answers the model gives, each a YAML file in this folder."""
