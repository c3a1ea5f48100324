"""One step on many numbers: chosen in the list, rehearsed, done, taken back."""
