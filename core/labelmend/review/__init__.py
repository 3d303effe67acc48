"""The rules of quality assurance: states, roles, sampling."""
