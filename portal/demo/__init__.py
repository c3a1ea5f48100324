"""Demo data, made through the same workflows that people and programs use."""
