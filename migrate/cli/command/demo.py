"""`demo`: the migration on a bundled example in a temporary folder."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from migrate.cli.options import EVERYWHERE, SPEAKING, Given, with_options
from migrate.cli.output import put
from migrate.errors import Refusal


@with_options(SPEAKING)
def demo(
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help="Create the example in this folder and keep it.")] = None,
    *,
    given: Given,
) -> int:
    """Show a complete migration of a bundled example.

    The example is a home directory and two small repositories in a temporary folder, which is deleted afterwards. Your own files are not
    read or changed, and no network is used.
    """
    told = (
        ("-q", given.quiet or EVERYWHERE.quiet),
        ("-v", given.verbose or EVERYWHERE.verbose),
        ("--no-color", given.no_color or EVERYWHERE.no_color),
    )
    flags = [flag for flag, on in told if on]
    if keep is None:
        try:
            place = tempfile.TemporaryDirectory(prefix="aws-sso-migrate-demo-")
        except OSError as error:
            raise Refusal(
                f"a temporary folder could not be created: {error.strerror}", help="set TMPDIR, or choose a folder with --keep DIR"
            ) from None
        with place as folder:
            return _show(Path(folder).resolve(), flags, kept=False)
    from migrate.changes.state import is_out_of_others_reach, make_private_folder

    real = Path(os.path.realpath(keep))
    try:
        if not is_out_of_others_reach(real):
            # whoever may swap it for a link to a folder of ours would have the example written there
            raise Refusal("another user can replace this folder", path=keep, help="choose a folder of your own")
        make_private_folder(real)
        if any(real.iterdir()):
            raise Refusal("the folder is not empty", path=keep, help="choose a folder that does not exist yet")
    except OSError as error:
        raise Refusal(f"the example could not be created: {error.strerror}", path=keep) from None
    return _show(real, flags, kept=True)


def _show(folder: Path, flags: list[str], *, kept: bool) -> int:
    from migrate.cli.invoke import run
    from migrate.demo.example import SESSION, fill_in, write_example

    try:
        home, repositories = write_example(folder)
        # from here on, whatever looks at the environment or the working folder sees the example
        for name in list(os.environ):
            if name.startswith(("AWS_", "XDG_")):
                del os.environ[name]
        os.environ["HOME"] = str(home)
        os.chdir(folder)
    except OSError as error:
        raise Refusal(f"the example could not be created: {error.strerror}", path=folder) from None
    put([f"Using an example home directory in {folder}. Your own files are not read or changed, and no network is used."])

    def step(said: str, *args: str) -> None:
        put(["", f"# {said}", f"$ aws-sso-migrate {' '.join(args)}"])
        if run([*args, *flags]) == 2:
            raise Refusal("the example failed", help="please report it")

    step("Find every key:", "scan", repositories.name)
    step("Write a plan:", "plan", *SESSION)
    plan = Path("sso-migration.ini")
    plan.write_text(fill_in(plan.read_text(encoding="utf-8")), encoding="utf-8")
    put(["", "# (At this point you fill in the roles.)"])
    step(
        "Convert the AWS files and the code in one run (without --yes it asks first):",
        "run",
        repositories.name,
        "--plan",
        plan.name,
        "--yes",
    )
    step(
        "Check that the profiles sign with SSO (without --offline, this also queries AWS):",
        "verify",
        "--offline",
        "--plan",
        plan.name,
    )
    step("List the runs; each of them can be undone:", "undo", "--list")
    if kept:
        put(["", f"The example is in {folder}. To continue there:  export HOME={home}; cd {folder}"])
    else:
        put(["", "The example was deleted. To keep it and try more commands, use --keep DIR."])
    put(["Next, on your own files:  aws-sso-migrate scan"])
    return 0
