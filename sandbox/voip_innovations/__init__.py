"""VoIP Innovations as its service description and the recordings of its clients have it."""
