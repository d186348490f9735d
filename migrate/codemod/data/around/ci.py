"""Python that CI runs: by its path, as a module, by its installed name, as a test, or by way of make, tox, nox and scripts of the shell."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from migrate.codemod.data.around.programs.running import Running

_FOLDERS = (
    ".github/", ".gitea/", ".forgejo/", ".circleci/", ".buildkite/", ".azuredevops/", ".woodpecker/", ".gitlab/", ".harness/", ".semaphore/",
    ".teamcity/", ".tekton/", ".builds/", ".codefresh/", "bamboo-specs/",
)  # fmt: skip
_FILES = re.compile(
    r"(?i)\.?(?:gitlab-ci|travis|drone|woodpecker|appveyor|cirrus|semaphore|codefresh|wercker|bitrise|zuul|build|amplify|appspec|bamboo)\.ya?ml|"
    r".*\.gitlab-ci\.ya?ml|bitbucket-pipelines\.ya?ml|azure-pipelines.*\.ya?ml|buildspec.*\.ya?ml|cloudbuild.*\.(?:ya?ml|json)|"
    r"Jenkinsfile.*|.*\.jenkinsfile|.*\.groovy|Earthfile|action\.ya?ml"
)
_ENDINGS = (".yml", ".yaml", ".json", ".sh", ".py", ".kts", ".ps1", ".bat", ".cmd", "")


def run_in_ci(root: Path, files: Sequence[str], python: Sequence[Path], text_of: Callable[[Path], str]) -> Iterator[tuple[Path, str, bool]]:
    """Yield each Python file that CI runs, what says so, and whether it is a test. `files` are all files below the root."""
    running = Running(root, files, python, text_of)
    for relative, path in sorted(running.below.items()):
        if _FILES.fullmatch(path.name) or (relative.startswith(_FOLDERS) and path.suffix in _ENDINGS):
            what = f"CI runs it ({path.name})"
            yield from ((source, what, test) for source, test in running.of(text_of(path)))
