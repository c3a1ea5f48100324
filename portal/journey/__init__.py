"""The whole main job once, over the public API, by separate clients, ending in a real call."""
