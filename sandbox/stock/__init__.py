"""The fictional numbers the sandbox carriers sell."""
