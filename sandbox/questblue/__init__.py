"""QuestBlue as its description and its SDK say it behaves."""
