"""Which programs run where no profile is: told by images, CI and what it calls, charts, and descriptions of functions."""

from pathlib import Path

import pytest

from migrate.codemod.data.around.programs.handlers import has_handler
from migrate.codemod.data.around.targets import Places

CI = "jobs:\n  a:\n    steps:\n      - run: {}\n"
DJANGO = {
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")\n',
    "site/settings.py": "",
    "up/views.py": "",
}
SCRIPTS = '[project.scripts]\ntool = "tool.cli:main"\n'
MAKE = ".PHONY: run test\n\nrun: deps\n\t$(PY) main.py\ndeploy: deps\n\t$(PYTHON) scripts/up.py\ndeps:\n\tpip install .\ntest:\n\tpython -m mypy main.py\n"

HANDLERS = {
    "annotated": "def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]: ...",
    "over lines": "def handler(\n    event: Dict[str, Any],\n    context,\n): ...",
    "defaults": "def lambda_handler(event=None, context=None): ...",
    "underscores": "def handler(event, _): ...",
    "other names": "def lambda_handler(evt, ctx): ...",
    "a star": "def handler(event, *_): ...",
    "its own name": "def upload_handler(event, context): ...",
    "the context's type": "def run(order, info: LambdaContext): ...",
    "made": "handler = Mangum(app)",
    "assigned": "lambda_handler = traced(run)",
    "in a try": "try:\n    import x\nfinally:\n    def lambda_handler(e, c): ...",
    "another Python's": "def lambda_handler(event, context):\n    print 1",
}
NO_HANDLERS = {
    "of a signal": "def handler(signum, frame): ...",
    "of some signal": "signal.signal(2, handler)\ndef handler(a, b): ...",
    "of a request": "def handler(request, response): ...",
    "a decorator": "def handler(f): ...",
    "a method": "class A:\n    def handler(self, event): ...",
    "another function of events": "def on_click(event, context): ...",
}

ELSEWHERE = {
    "image above": ("main.py", {"docker/Dockerfile": 'COPY . /app\nCMD ["python", "/app/main.py"]\n'}),
    "image above, a folder of the code": ("app/main.py", {"docker/Dockerfile": "COPY app/ /app/\nCMD python main.py\n"}),
    "image above, a script of the shell": ("app/main.py", {"docker/Dockerfile": "COPY . /app\nCMD /app/start.sh\n", "docker/check.py": ""}),
    "image beside, in another context": ("svc/api/main.py", {"docker/api.Dockerfile": "COPY api /app\nCMD python /app/main.py\n"}),
    "image by an ending": ("main.py", {"worker.Dockerfile": 'CMD ["python", "main.py"]\n'}),
    "image with a dash": ("main.py", {"Dockerfile-prod": 'CMD ["python", "main.py"]\n'}),
    "django in an image": ("up/views.py", {"Dockerfile": "COPY . .\nCMD python manage.py runserver\n", **DJANGO}),
    "a module named in a text": (
        "jobs/load.py",
        {"Dockerfile": "COPY . .\nCMD python main.py\n", "main.py": 'JOBS = ["jobs.load"]\n'},
    ),
    "helm": ("main.py", {"chart/Chart.yaml": "name: a\n", "chart/values.yaml": 'command: ["python", "main.py"]\n'}),
    "pm2": ("main.py", {"ecosystem.config.js": 'module.exports = { apps: [{ script: "main.py", interpreter: "python3" }] }\n'}),
    "pm2, json": ("main.py", {"ecosystem.json": '{ "apps": [{ "script": "./main.py" }] }\n'}),
    "fly": ("main.py", {"fly.toml": '[processes]\nweb = "python main.py"\n'}),
    "a list over lines": ("main.py", {"task.json": '{"containerDefinitions": [{"command": [\n"python",\n"main.py"\n]}]}\n'}),
    "compose, a list over lines": (
        "up.py",
        {"compose.yml": "services:   # all\n  a:\n    image: python\n    command:\n      - python\n      - -m\n      - up\n"},
    ),
    "compose, a server of no module": ("up.py", {"compose.yml": "services:\n  a:\n    command: rq worker\n    build: .\n"}),
    "compose, another context": (
        "api/up.py",
        {"compose.yml": "services:\n  a:\n    build:\n      context: ./api\n    command: [rq, worker]\n"},
    ),
    "kubernetes, lists over lines": (
        "up.py",
        {"k8s/a.yaml": "apiVersion: batch/v1\nspec:\n  command:\n  - python\n  args:\n  - -m\n  - up\n"},
    ),
    "systemd, a script of the shell": ("up.py", {"a.service": "[Service]\nExecStart=/opt/a/run.sh\n", "bin/run.sh": "python up.py\n"}),
    "systemd, without an ending": ("up.py", {"a.service": "[Service]\nExecStart=/opt/a/bin/run --now\n", "bin/run": "exec python -m up\n"}),
    "systemd, installed": ("tool/cli.py", {"a.service": "[Service]\nExecStart=/opt/venv/bin/tool\n", "pyproject.toml": SCRIPTS}),
    "cron, a script of the shell": ("up.py", {"crontab": "0 1 * * * /opt/a/run.sh\n", "run.sh": "python up.py\n"}),
    "ansible": ("up.py", {"up.yml": "- hosts: all\n  tasks:\n    - command: python3 up.py\n"}),
    "a machine's first start": ("up.py", {"main.tf": "  user_data = <<EOF\npython3 up.py\nEOF\n"}),
    "databricks": ("up.py", {"databricks.yml": "tasks:\n  - spark_python_task:\n      python_file: ./up.py\n"}),
    "databricks, a notebook": ("src/up.py", {"resources/a.yml": "tasks:\n  - notebook_task:\n      notebook_path: ../src/up\n"}),
    "prefect": ("flows/up.py", {"prefect.yaml": "deployments:\n  - entrypoint: flows/up.py:flow\n"}),
    "sagemaker": ("up.py", {"launch.py": "import sagemaker\nSKLearn(entry_point='up.py')\n"}),
    "glue": ("jobs/up.py", {"main.tf": 'script_location = "s3://${var.b}/up.py"\n'}),
    "lambda, the command": ("up.py", {"go.sh": "aws lambda create-function --function-name a --handler up.process\n"}),
    "lambda, packed": ("up.py", {"Makefile": "go:\n\tzip a.zip up.py\n\taws lambda update-function-code --zip-file fileb://a.zip\n"}),
    "app engine": ("main.py", {"app.yaml": "runtime: python312\n"}),
    "celery's tasks": (
        "orders/tasks.py",
        {
            "Dockerfile": "CMD celery -A proj worker\n",
            "proj/__init__.py": "",
            "proj/celery.py": "app = Celery()\napp.autodiscover_tasks()\n",
        },
    ),
    "a module of a computed name": (
        "jobs/up.py",
        {"Dockerfile": "CMD python a.py\n", "a.py": "from importlib import import_module\nimport_module(f'jobs.{name}').main()\n"},
    ),
    "a module of any name": ("up.py", {"Dockerfile": "CMD python a.py\n", "a.py": "import importlib\nimportlib.import_module(name)\n"}),
    "all modules of a folder": (
        "a/plugins/up.py",
        {"Dockerfile": "CMD python -m a\n", "a/__main__.py": "import pkgutil\nfor m in pkgutil.walk_packages(__path__): load(m)\n"},
    ),
    "a program that it starts": (
        "up.py",
        {"Dockerfile": "CMD python a.py\n", "a.py": "import subprocess, sys\nsubprocess.run([sys.executable, 'up.py'])\n"},
    ),
    "a program that CI's script starts": (
        "up.py",
        {".travis.yml": "script: python a.py\n", "a.py": "import os\nos.system('python up.py --now')\n"},
    ),
    "cdk, typescript": (
        "lambda/index.py",
        {"lib/s.ts": 'new lambda.Function(this, "F", {code: lambda.Code.fromAsset("lambda"), handler: "index.run"});\n'},
    ),
    "cdk, python": (
        "functions/task.py",
        {"app.py": '_lambda.Function(app, "F", code=_lambda.Code.from_asset("functions"), handler="task.run")\n'},
    ),
    "cdk, joined": (
        "fn/deep/x.py",
        {"lib/s.ts": 'new PythonFunction(this, "F", {entry: path.join(__dirname, "..", "fn"), index: "deep/x.py"});\n'},
    ),
    "terraform": ("src/task.py", {"main.tf": 'resource "aws_lambda_function" "f" {\n  handler = "task.run"\n}\n'}),
    "sam by another name": ("src/task.py", {"infra.yaml": "Type: AWS::Serverless::Function\nProperties:\n  Handler: task.run\n"}),
    "ci, make": ("scripts/up.py", {".github/workflows/a.yml": CI.format("make deploy"), "Makefile": MAKE}),
    "ci, make, the first rule": ("main.py", {".github/workflows/a.yml": CI.format("make"), "Makefile": "all:\n\tpython3 main.py\n"}),
    "ci, folder": ("scripts/up.py", {".github/workflows/a.yml": CI.format("python up.py\n        working-directory: scripts")}),
    "ci, cd": ("scripts/up.py", {".github/workflows/a.yml": CI.format("|\n          cd scripts && python up.py")}),
    "ci, a computed folder": ("svc/a/up.py", {".github/workflows/a.yml": CI.format("cd svc/${{ matrix.s }}; python up.py")}),
    "ci, module": ("scripts/up.py", {".gitlab-ci.yml": "up:\n  script:\n    - python -m scripts.up\n"}),
    "ci, module in src": ("src/app/up.py", {".gitlab-ci.yml": "up:\n  script: python3.12 -m app.up --now\n"}),
    "ci, tox": ("scripts/up.py", {".travis.yml": "script: tox -e up\n", "tox.ini": "[testenv:up]\ncommands = python scripts/up.py\n"}),
    "ci, nox": ("scripts/up.py", {".travis.yml": "script: nox -s up\n", "noxfile.py": 'session.run("python", "scripts/up.py")\n'}),
    "ci, npm": ("scripts/up.py", {".travis.yml": "script: npm run up\n", "package.json": '{"scripts": {"up": "python scripts/up.py"}}\n'}),
    "ci, script of the shell": (
        "scripts/up.py",
        {".travis.yml": "script: ./ci/up.sh\n", "ci/up.sh": "#!/bin/sh\nset -e\npython scripts/up.py\n"},
    ),
    "ci, uv": ("scripts/up.py", {".circleci/config.yml": "steps:\n  - run: uv run --with boto3 scripts/up.py\n"}),
    "ci, executable": ("scripts/up.py", {"Jenkinsfile": "sh './scripts/up.py --all'\n"}),
    "ci, workspace": ("scripts/up.py", {".github/workflows/a.yml": CI.format('python "$GITHUB_WORKSPACE/scripts/up.py"')}),
    "ci, installed": ("tool/cli.py", {".github/workflows/a.yml": CI.format("pip install . && tool"), "pyproject.toml": SCRIPTS}),
    "ci, tests": ("tests/test_a.py", {".github/workflows/a.yml": CI.format("python -m pytest -q")}),
    "ci, a helper of the tests": ("tests/helpers.py", {".github/workflows/a.yml": CI.format("pytest")}),
    "ci, the matrix": ("up.py", {".github/workflows/a.yml": CI.format("python ${{ matrix.file }}") + "matrix: {file: [up.py, x.py]}\n"}),
    "ci, the matrix of names": ("jobs/up.py", {".github/workflows/a.yml": CI.format("python jobs/${{ matrix.job }}.py")}),
    "ci, the matrix of modules": ("jobs/up.py", {".github/workflows/a.yml": CI.format("python -m jobs.${{ matrix.job }}")}),
    "ci, from outside": ("jobs/up.py", {".github/workflows/a.yml": CI.format("python ${{ inputs.script }} --now")}),
    "ci, a variable": ("up.py", {".github/workflows/a.yml": "env:\n  SCRIPT: up.py\n" + CI.format("python $SCRIPT")}),
    "ci, a loop": ("jobs/up.py", {".gitlab-ci.yml": 'up:\n  script:\n    - for f in jobs/*.py; do python "$f"; done\n'}),
    "ci, find": ("jobs/up.py", {".gitlab-ci.yml": "up:\n  script: find jobs -name '*.py' -exec python {} \\;\n"}),
    "ci, xargs": ("jobs/up.py", {".gitlab-ci.yml": "up:\n  script: ls jobs/*.py | xargs -n1 python\n"}),
    "ci, a script with arguments": ("up.py", {".travis.yml": "script: ./go.sh up.py\n", "go.sh": 'cd "$HOME"\npython "$1"\n'}),
    "ci, a folder": ("jobs/__main__.py", {".travis.yml": "script: python jobs\n"}),
    "ci, the folder itself": ("jobs/__main__.py", {".travis.yml": "script: cd jobs && python .\n"}),
    "ci, the folder above": ("up.py", {".travis.yml": "script: cd jobs && python ../up.py\n"}),
    "ci, lines of Python": ("up.py", {".github/workflows/a.yml": CI.format("|\n          import up") + "        shell: python\n"}),
    "ci, a heredoc": ("jobs/up.py", {".travis.yml": "script: |\n  python - <<EOF\n  from jobs import up\n  EOF\n"}),
    "ci, a notebook": ("up.ipynb", {".travis.yml": "script: papermill up.ipynb -\n"}),
    "ci, a notebook converted": ("a/up.ipynb", {".travis.yml": "script: jupyter nbconvert --execute a/up.ipynb\n"}),
    "ci, notebooks as tests": ("a/up.ipynb", {".travis.yml": "script: pytest --nbmake a\n"}),
    "ci, windows": ("scripts/up.py", {"appveyor.yml": "test_script:\n  - py -3 .\\scripts\\up.py\n"}),
    "ci, joined": ("scripts/up.py", {"appveyor.yml": "test_script:\n  - ps: python (Join-Path scripts up.py)\n"}),
    "ci, flask": ("up.py", {".travis.yml": "script: flask --app up sync\n"}),
    "ci, flask's variable": ("up.py", {".travis.yml": "script: FLASK_APP=up.py flask sync\n"}),
    "ci, a server": ("web/up.py", {".travis.yml": "script: gunicorn -D web.up:app\n"}),
    "ci, azure": ("up.py", {"azure-pipelines.yml": "- task: PythonScript@0\n  inputs:\n    scriptPath: up.py\n"}),
    "ci, azure's shell": ("up.py", {"azure-pipelines.yml": "- task: Bash@3\n  inputs:\n    filePath: go.sh\n", "go.sh": "python up.py\n"}),
    "ci, a template": ("up.py", {"azure-pipelines.yml": "- template: p/s.yml\n", "p/s.yml": "steps:\n- script: python up.py\n"}),
    "ci, included": ("up.py", {".gitlab-ci.yml": "include:\n  - local: /ci/up.yml\n", "ci/up.yml": "up:\n  script:\n    - python up.py\n"}),
    "ci, one of those included": (
        "up.py",
        {".gitlab-ci.yml": "include:\n  - '/a.yml'\n  - '/b.yml'\n", "b.yml": "up:\n  script: python up.py\n"},
    ),
    "ci, a playbook": ("up.py", {".travis.yml": "script: ansible-playbook -i hosts up.yml\n", "up.yml": "- command: python up.py\n"}),
    "ci, executable, a variable": ("a/up.py", {".travis.yml": "script: $HERE/up.py\n"}),
    "image, a step": ("up.py", {"Dockerfile": "COPY . .\nRUN pip install x && \\\n    python up.py\nCMD python a.py\n", "a.py": ""}),
    "image, its health": ("up.py", {"Dockerfile": "COPY . .\nHEALTHCHECK --timeout=3s CMD python up.py\nCMD python a.py\n", "a.py": ""}),
    "image, what it begins with": (
        "up.py",
        {"Dockerfile": 'COPY . .\nENTRYPOINT ["/app/entry.sh"]\nCMD ["python", "a.py"]\n', "a.py": "", "entry.sh": "python up.py\n"},
    ),
    "image, celery": ("tasks/celery.py", {"Dockerfile": 'CMD sh -c "python a.py && exec celery -A tasks worker"\n', "a.py": ""}),
    "procfile, a server of no module": ("up.py", {"Procfile": "web: gunicorn a:app\nworker: rq worker\n", "a.py": ""}),
    "procfile, flask": ("app.py", {"Procfile": "web: flask run --port $PORT\n"}),
    "procfile, a script of the shell": ("up.py", {"Procfile": "web: ./up.sh\n", "up.sh": "exec python up.py\n"}),
    "procfile, make": ("up.py", {"Procfile": "web: make serve\n", "Makefile": "serve:\n\tpython up.py\n"}),
    "procfile, another folder": ("src/web.py", {"Procfile": "web: gunicorn --chdir src web:app\n"}),
    "ci, gitea": ("up.py", {".gitea/workflows/a.yml": CI.format("python up.py")}),
    "ci, forgejo": ("up.py", {".forgejo/workflows/a.yml": CI.format("python up.py")}),
    "ci, bamboo": ("up.py", {"bamboo-specs/bamboo.yml": "tasks:\n  - script:\n      - python up.py\n"}),
    "ci, groovy": ("up.py", {"ci/up.groovy": "node { sh 'python up.py' }\n"}),
    "ci, an action": ("up.py", {"action.yml": 'runs:\n  steps:\n    - run: python "${{ github.action_path }}/up.py"\n'}),
}
HERE = {
    "make runs it, but CI does not": ("main.py", {".github/workflows/a.yml": CI.format("make test"), "Makefile": MAKE}),
    "ci, what checks and packs": (
        "scripts/up.py",
        {".github/workflows/a.yml": "on:\n  push:\n    paths: ['scripts/up.py']\n" + CI.format("ruff check scripts/up.py && uv run mypy scripts/up.py")},
    ),
    "ci, what the tests import": (
        "app.py",
        {".github/workflows/a.yml": CI.format("pytest"), "test_app.py": "from app import client\n"},
    ),
    "ci, of several Pythons": (
        "up.py",
        {".github/workflows/a.yml": "name: python $V\n" + CI.format("virtualenv -p python3 $ENV && uv venv --python $V && python -m pip install $X && echo python $X")},
    ),
    "ci, python in other words": ("up.py", {".github/workflows/a.yml": CI.format("docker build --build-arg V=${{ matrix.python }} . && python --version")}),
    "ci, when it runs": ("jobs/up.py", {".travis.yml": "paths:\n  - jobs/**\n  - jobs/**/*.py\nscript: make\n"}),
    "ci, a program called as a folder is": ("tool/__main__.py", {".travis.yml": "script: tool --version\n"}),
    "ci, flags": ("up.py", {".travis.yml": "script: python $FLAGS setup.py && python $FLAGS -m pip list\n", "setup.py": ""}),
    "ci, what a template checks": ("up.py", {".travis.yml": "script: yamllint a.yml\n", "a.yml": "repos:\n  - id: mypy up.py\n"}),
    "ci, flask is installed": ("app.py", {".travis.yml": "script: pip install flask gunicorn app\n"}),
    "ci, django's tests": ("up/views.py", {".github/workflows/a.yml": CI.format("python manage.py test"), **DJANGO}),
    "an image of another service": ("tools/up.py", {"api/Dockerfile": "COPY . .\nCMD python app.py\n", "api/app.py": ""}),
    "an image of another folder": ("tools/up.py", {"docker/Dockerfile": "COPY api/ /app\nCMD python app.py\n", "api/app.py": ""}),
    "an image that installs": (
        "up.py",
        {"Dockerfile": 'COPY . .\nRUN pip install . && python -m compileall up.py\nENTRYPOINT ["/entry.sh"]\nCMD ["python", "a.py"]\n', "a.py": ""},
    ),
    "a Procfile of another program": ("up.py", {"Procfile": "web: gunicorn a:app\nrelease: python a.py\n", "a.py": ""}),
    "a Procfile of another language": ("up.py", {"Procfile": "web: bundle exec puma\nworker: node w.js\n"}),
    "compose, another image": ("up.py", {"compose.yml": "services:\n  a:\n    image: redis\n    command: redis-server\n  b:\n    build: .\n"}),
    "compose, another language": ("up.py", {"compose.yml": "services:\n  a:\n    build: .\n    command: npm start\n"}),
    "compose, another context than this": ("up.py", {"compose.yml": "services:\n  a:\n    build: ./api\n    command: rq worker\n"}),
    "compose, what waits": ("up.py", {"compose.yml": "services:\n  a:\n    build: .\n    command: sleep infinity\n"}),
    "a unit of another script": ("up.py", {"a.service": "[Service]\nExecStart=/opt/a/run.sh\n", "go.sh": "python up.py\n"}),
    "a script of the shell that nothing starts": ("up.py", {"go.sh": "python up.py\n", "compose.yml": "services:\n  a:\n    image: b\n"}),
    "modules of another folder": (
        "tools/up.py",
        {"Dockerfile": "CMD python a.py\n", "a.py": "from importlib import import_module\nimport_module('jobs.' + name).main()\n"},
    ),
    "a name in a program that starts none": ("up.py", {"Dockerfile": "CMD python a.py\n", "a.py": "print('see up.py')\n"}),
    "any module in a script of CI": ("up.py", {".travis.yml": "script: python a.py\n", "a.py": "import importlib\nimportlib.import_module(name)\n"}),
    "an image of a database": ("up.py", {"docker/db/Dockerfile": "FROM postgres\nCOPY init.sql /\n", "docker/db/init.sql": ""}),
    "an image of another language": ("up.py", {"docker/web.Dockerfile": 'FROM node\nCOPY . .\nCMD ["npm", "start"]\n'}),
    "a container to work in": ("up.py", {".devcontainer/Dockerfile": "FROM python\nCOPY . .\n"}),
    "a function of another folder": (
        "tools/index2.py",
        {"lib/s.ts": 'new lambda.Function(this, "F", {code: lambda.Code.fromAsset("lambda"), handler: "index.run"});\n'},
    ),
    "a host that looks like a module": ("example.py", {"Dockerfile": "COPY . .\nCMD python m.py\n", "m.py": 'HOST = "example.com"\n'}),
}  # fmt: skip


def found(tmp_path: Path, name: str, files: dict[str, str]) -> str | None:
    for file, text in {".git/HEAD": "", name: "", **files}.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)
    python = sorted(str(p) for p in tmp_path.rglob("*") if p.suffix in (".py", ".ipynb"))
    return Places(tmp_path, python).known.get(tmp_path / name)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_known_to_run_elsewhere(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, *ELSEWHERE[name]) is not None


@pytest.mark.parametrize("name", HERE)
def test_not_known_to(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, *HERE[name]) is None


@pytest.mark.parametrize("name", HANDLERS)
def test_a_handler_is_known(name: str) -> None:
    assert has_handler(HANDLERS[name])


@pytest.mark.parametrize("name", NO_HANDLERS)
def test_what_is_no_handler(name: str) -> None:
    assert not has_handler(NO_HANDLERS[name])
