"""Symbols become due events; the session joins listening and composing. Pure."""
