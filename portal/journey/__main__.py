"""`script/journey`: the main job once, its steps with times, its figures as one line of JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from portal.journey.story import StepFailed, Story
from portal.journey.travel import travel
from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import Folders, throwaway_folder
from portal.supervisor.identity import store_identity
from portal.supervisor.run import Stopped, Supervisor, refuse_windows
from portal.supervisor.say import complain, say

INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Travel once and give the exit status: 0 only if every step held."""
    parser = argparse.ArgumentParser(prog="script/journey")
    parser.add_argument(
        "--require-call", action="store_true", help="a missing Kamailio or SIPp is a failure"
    )
    parser.add_argument("--keep", action="store_true", help="keep the data folder afterwards")
    wanted = parser.parse_args(arguments)
    story, trouble = Story(), ""
    data = throwaway_folder("journey")
    try:
        refuse_windows()
        with Supervisor(Folders(data, store_identity(), throwaway=True, keep=wanted.keep)) as run:
            travel(run, story, require_call=wanted.require_call)
    except (StepFailed, UnableToRun) as failure:
        trouble = str(failure)
    except Stopped:
        return INTERRUPTED
    if trouble:
        complain(f"FAILED: {trouble}")
    if wanted.keep:
        say(f"Data folder: {data}")
    say(
        json.dumps(
            {
                "ok": not trouble,
                "failure": trouble,
                "seconds": round(story.since(), 3),
                "steps": story.steps,
                "left_out": story.left_out,
                **story.figures,
            }
        )
    )
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
