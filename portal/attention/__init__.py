"""What needs somebody, and what comes soon: gathered from every app for the page and the API."""
