//! The keys of directives: one row a key. The parser knows no others, and docs/directives.md is
//! made from these rows.

/// A key of a directive.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it means, in one sentence without its stop.
    pub meaning: &'static str,
    /// Which values it takes, and what else is to be known.
    pub values: &'static str,
    /// Tasks with the directive.
    pub example: &'static str,
    /// What the example's last task resolves to.
    pub action: &'static str,
}

/// A word that is kept for later.
#[derive(Debug, Clone, Copy)]
pub struct Reserved {
    /// The word.
    pub name: &'static str,
    /// What it is kept for.
    pub meaning: &'static str,
}

/// The keys, in the order of the page.
pub const KEYS: &[Key] = &[
    Key {
        name: "run",
        form: "run=\"COMMAND\", run=fence",
        meaning: "runs a command line with `sh -c` in the workspace, and ticks the box if it ends \
                  with exit code 0",
        values: "Any command line, in quotes where it has spaces (`\\\"` is a quote inside), or \
                 `fence`: the task's fenced block of `sh`, `bash` or `console`. In a `console` \
                 block, the lines behind `$ ` are run, and those below that go on with a command \
                 which isn't complete (an open quote, `<<EOF`, `for … do`, `\\`), with or without \
                 `> ` before them; all else is what commands said. `# ` is a comment where a line \
                 has `$ `, and refused where none has: it may be root's prompt. Nothing but \
                 comments is an error. It runs only with \
                 consent (`--yes`, or a yes on the terminal). What it did is momentary: it held \
                 when it was observed, and `verify` doesn't run it again",
        example: "- [ ] Warm the cache <!-- orch: run=\"./warm.sh all\" timeout=5m -->",
        action: "command",
    },
    Key {
        name: "apply",
        form: "apply=PATH, apply=fence",
        meaning: "applies YAML that people wrote, and ticks the box when all its objects are ready",
        values: "A file, a folder (all its YAML files and JSON objects, of any kind), or `fence`: \
                 the fenced block inside the task",
        example: "- [ ] Install the definitions <!-- orch: apply=crds/ -->",
        action: "apply",
    },
    Key {
        name: "namespace",
        form: "namespace=NAME",
        meaning: "applies the objects of `apply=` that name no namespace in this one, as kustomize's \
                  `namespace:` and `kubectl -n` do",
        values: "One name. An object that names another namespace is an error; what lives in no \
                 namespace stays as it is",
        example: "- [ ] Install the shop <!-- orch: apply=k8s/shop/ namespace=shop -->",
        action: "apply",
    },
    Key {
        name: "wait",
        form: "wait=KIND/NAME,…",
        meaning: "ticks the box only once these objects are ready on the target: behind what the \
                  task does, or, where no rule reads the task, as all that it does",
        values: "Kinds as in kubectl, also short (`deploy/api`); other kinds with version and \
                 group: `Certificate.v1.cert-manager.io/site`; in another namespace: \
                 `cert-manager/Deployment/webhook`. An object that isn't there yet is waited for, \
                 up to `timeout`. A length of time is refused: that it passed proves nothing. A \
                 rehearsal has only what its phase applies, and takes other objects as ready",
        example: "- [ ] The operator has made the database <!-- orch: wait=StatefulSet/db \
                  timeout=10m -->",
        action: "wait",
    },
    Key {
        name: "manual",
        form: "manual",
        meaning: "a person does it, whatever the words say",
        values: "No value. The box is ticked by `orch task done ID --note \"…\"`, or by hand",
        example: "- [ ] Study `docker-compose.yml` with the owners <!-- orch: manual -->",
        action: "manual",
    },
    Key {
        name: "skip",
        form: "skip",
        meaning: "leaves the task out: nothing is done, and its box stays as it is",
        values: "No value. The phase is complete without it",
        example: "- [ ] Create `k8s/legacy/deployment.yml` <!-- orch: skip -->",
        action: "skip",
    },
    Key {
        name: "id",
        form: "id=NAME",
        meaning: "the task's id instead of its number; other tasks keep theirs",
        values: "A name that no other task has. It stays when tasks are added above, so records \
                 and `after=` go on meaning this task",
        example: "- [ ] Ask Ada whether it may go on <!-- orch: id=ask manual -->",
        action: "manual",
    },
    Key {
        name: "after",
        form: "after=ID,…",
        meaning: "does what the task does once these tasks are done",
        values: "Ids of the same phase. Files are written all the same: what waits is what is \
                 applied or run. What objects refer to is put in order without it",
        example: "- [ ] Ask Ada <!-- orch: id=ask manual -->\n\
                  - [ ] Move the data <!-- orch: run=\"./move.sh\" after=ask -->",
        action: "command",
    },
    Key {
        name: "timeout",
        form: "timeout=TIME",
        meaning: "how long each step of the task may take",
        values: "`ms`, `s`, `m`, `h`, also together: `1h30m`. Without it, the phase's `[timeouts]`",
        example: "- [ ] Import the archive <!-- orch: run=\"./import.sh\" timeout=1h30m -->",
        action: "command",
    },
    Key {
        name: "retries",
        form: "retries=NUMBER",
        meaning: "how often a step of the task that failed is tried again",
        values: "A whole number; 0 where it isn't given",
        example: "- [ ] Fetch the models <!-- orch: run=\"./fetch.sh\" retries=3 -->",
        action: "command",
    },
];

/// Words that can't be used yet.
pub const RESERVED: &[Reserved] = &[
    Reserved {
        name: "canary",
        meaning: "a part of the traffic first",
    },
    Reserved {
        name: "gate",
        meaning: "a measured condition for going on",
    },
    Reserved {
        name: "probe",
        meaning: "a request that must be answered",
    },
    Reserved {
        name: "component",
        meaning: "something that is installed as a whole, such as a mesh",
    },
    Reserved {
        name: "every",
        meaning: "how often something is measured",
    },
    Reserved {
        name: "on-fail",
        meaning: "what is done when the task fails",
    },
];

/// What is wrong with a directive, and what is said.
#[cfg(test)]
pub(super) const MISTAKES: &[(&str, &str)] = &[
    ("aftr=1.1.1", "a directive has no key `aftr`"),
    ("canary=10%", "`canary` can't be used in a directive yet"),
    (
        "run=./a.sh manual",
        "`run`, `apply` and `manual` exclude each other",
    ),
    (
        "manual wait=Job/move",
        "`manual` and `wait` exclude each other",
    ),
    ("namespace=shop", "`namespace` goes with `apply` only"),
    (
        "apply=a.yml namespace=Shop",
        "`Shop` can't be the name of a namespace",
    ),
    (
        "wait=30s",
        "`30s` is a length of time, and time that passed proves nothing",
    ),
    ("run", "`run` needs a value"),
    ("skip=yes", "`skip` takes no value"),
    ("timeout=soon", "`soon` is no duration"),
    ("retries=many", "`many` is no number of retries"),
    ("run=\"./a.sh", "the value of `run` has no closing quote"),
    ("timeout=1m timeout=2m", "`timeout` is given twice"),
    ("run=\"./a.sh --all\"", "a comment holds no `--`"),
];
