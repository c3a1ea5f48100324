"""What somebody had entered when their session ended, kept until they have signed in again."""
