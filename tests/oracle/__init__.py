"""The rules as ordinary Mesa objects against the compiled rules, one week ahead, agent by agent."""
