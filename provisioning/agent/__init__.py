"""The agent beside a router: keeps its file and its memory equal to what was published."""
