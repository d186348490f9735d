"""`demo`: the migration on a bundled example in a temporary folder."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from migrate.cli.options import EVERYWHERE, NoColor, Quiet, Verbose
from migrate.cli.output import put
from migrate.errors import Refusal


def demo(
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help="Make the example there, and leave it.")] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> int:
    """Show a whole migration on a bundled example.

    The example is a home folder and two small repositories, in a temporary folder that is gone afterwards. Nothing of yours is read or
    changed, and no network is used.
    """
    given = (("-q", quiet or EVERYWHERE.quiet), ("-v", verbose or EVERYWHERE.verbose), ("--no-color", no_color or EVERYWHERE.no_color))
    flags = [flag for flag, on in given if on]
    if keep is None:
        try:
            place = tempfile.TemporaryDirectory(prefix="aws-sso-migrate-demo-")
        except OSError as error:
            raise Refusal(f"no temporary folder can be made: {error.strerror}", help="set TMPDIR, or name a folder: --keep DIR") from None
        with place as folder:
            return _show(Path(folder).resolve(), flags, kept=False)
    try:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(keep.iterdir()):
            raise Refusal("the folder is not empty", path=keep, help="name one that does not exist yet")
    except OSError as error:
        raise Refusal(f"the example cannot be made there: {error.strerror}", path=keep) from None
    return _show(keep.resolve(), flags, kept=True)


def _show(folder: Path, flags: list[str], *, kept: bool) -> int:
    from migrate.cli.run import run
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
        raise Refusal(f"the example cannot be made: {error.strerror}", path=folder) from None
    put([f"An example home folder in {folder}: nothing of yours is read or changed, and no network is used."])

    def step(said: str, *args: str) -> None:
        put(["", f"# {said}", f"$ aws-sso-migrate {' '.join(args)}"])
        if run([*args, *flags]) == 2:
            raise Refusal("the example went wrong", help="please report it")

    step("What is there? Every key within reach:", "scan", repositories.name)
    step("A plan, to be edited:", "plan", *SESSION)
    plan = Path("sso-migration.ini")
    plan.write_text(fill_in(plan.read_text(encoding="utf-8")), encoding="utf-8")
    put(["", "# Somebody fills in the roles. Now the AWS files and the code, as one run; what needs a person is listed:"])
    step("with a terminal and without --yes it asks first", "run", repositories.name, "--plan", plan.name, "--yes")
    step(
        "Do the profiles sign with SSO? (Without --offline the access portal and STS are asked.)",
        "verify",
        "--offline",
        "--plan",
        plan.name,
    )
    step("All of it can be taken back:", "undo", "--list")
    if kept:
        put(["", f"The example stays in {folder}. To try more there:  export HOME={home}; cd {folder}"])
    else:
        put(["", "The example is gone again; with --keep DIR it stays, to be tried out."])
    put(["On your own machine, begin with:  aws-sso-migrate scan"])
    return 0
