//! Small workspaces in which exactly one rule finds something.

use super::rules::Example;

const ONE: &str = "checklists/shop/phase-01-base.md";
const TWO: &str = "checklists/shop/phase-02-apps.md";
const COMPOSE: (&str, &str) = (
    "docker-compose.yml",
    "services:\n  api:\n    image: registry.example/api:1.4\n    ports: [\"8080:8080\"]\n",
);

pub(super) const DOCUMENT: Example = Example {
    files: &[(ONE, "# Phase 1: Base\n\nNothing to do yet.\n")],
    mended: Some(&[(ONE, "# Phase 1: Base\n\n- [ ] Ask who owns the cluster\n")]),
};

pub(super) const TITLE: Example = Example {
    files: &[(ONE, "## Base\n\n- [ ] Ask who owns the cluster\n")],
    mended: Some(&[(ONE, "# Phase 1: Base\n\n- [ ] Ask who owns the cluster\n")]),
};

pub(super) const NUMBER: Example = Example {
    files: &[(TWO, "# Phase 3: Apps\n\n- [ ] Ask for the names\n")],
    mended: Some(&[(TWO, "# Phase 2: Apps\n\n- [ ] Ask for the names\n")]),
};

pub(super) const BOX: Example = Example {
    files: &[(
        ONE,
        "# Phase 1: Base\n\n- [ ] Ask who owns the cluster\n- [х] Tell the team\n- [x]Book an \
         evening\n",
    )],
    mended: None,
};

pub(super) const ID: Example = Example {
    files: &[(
        ONE,
        "# Phase 1: Base\n\n## 1.1 Before\n\n- [ ] Ask who owns the cluster\n\n## 1.1 After\n\n\
         - [ ] Tell the team\n",
    )],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n## 1.1 Before\n\n- [ ] Ask who owns the cluster\n\n## 1.2 After\n\n\
         - [ ] Tell the team\n",
    )]),
};

pub(super) const LABEL: Example = Example {
    files: &[(
        ONE,
        "# Phase 1: Base\n\n**Strated:** -\n\n- [ ] Ask who owns the cluster\n",
    )],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n**Started:** -\n\n- [ ] Ask who owns the cluster\n",
    )]),
};

pub(super) const STATUS: Example = Example {
    files: &[(
        ONE,
        "# Phase 1: Base\n\n## Status\n\n- [x] Not started\n- [x] In progress\n- [ ] Completed\n\n\
         ## 1.1 Before\n\n- [x] Ask who owns the cluster\n- [ ] Tell the team\n",
    )],
    mended: None,
};

pub(super) const UNFINISHED: Example = Example {
    files: &[(
        ONE,
        "# Phase 1: Base\n\n## Status\n\n- [ ] Not started\n- [ ] In progress\n- [x] Completed\n\n\
         ## 1.1 Before\n\n- [x] Ask who owns the cluster\n- [ ] Tell the team\n",
    )],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n## Status\n\n- [ ] Not started\n- [ ] In progress\n- [x] Completed\n\n\
         ## 1.1 Before\n\n- [x] Ask who owns the cluster\n- [ ] Tell the team \
         <!-- orch: skip -->\n",
    )]),
};

pub(super) const DATE: Example = Example {
    files: &[(
        ONE,
        "# Phase 1: Base\n\n**Started:** 2026-1-5\n**Completed:** -\n\n- [ ] Ask who owns the \
         cluster\n",
    )],
    mended: None,
};

pub(super) const DIRECTIVE: Example = Example {
    files: &[(
        ONE,
        "# Phase 1: Base\n\n- [ ] Warm up <!-- orch: rum=\"./warm.sh\" -->\n",
    )],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n- [ ] Warm up <!-- orch: run=\"./warm.sh\" -->\n",
    )]),
};

pub(super) const AFTER: Example = Example {
    files: &[(
        ONE,
        "# Phase 1: Base\n\n## 1.1 Before\n\n- [ ] Ask who owns the cluster\n- [ ] Tell the team \
         <!-- orch: after=1.1.7 -->\n",
    )],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n## 1.1 Before\n\n- [ ] Ask who owns the cluster\n- [ ] Tell the team \
         <!-- orch: after=1.1.1 -->\n",
    )]),
};

pub(super) const CYCLE: Example = Example {
    files: &[(
        ONE,
        "# Phase 1: Base\n\n## 1.1 Before\n\n- [ ] Ask <!-- orch: after=1.1.2 -->\n- [ ] Tell the \
         team <!-- orch: after=1.1.1 -->\n",
    )],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n## 1.1 Before\n\n- [ ] Ask\n- [ ] Tell the team \
         <!-- orch: after=1.1.1 -->\n",
    )]),
};

pub(super) const SETTING: Example = Example {
    files: &[("orch.toml", "extars = \"report\"\n")],
    mended: Some(&[("orch.toml", "extras = \"report\"\n")]),
};

pub(super) const STRAY: Example = Example {
    files: &[
        (ONE, "# Phase 1: Base\n\n- [ ] Ask who owns the cluster\n"),
        ("phases/01-basis.toml", "namespace = \"shop\"\n"),
    ],
    mended: Some(&[
        ("phases/01-basis.toml", ""),
        ("phases/01-base.toml", "namespace = \"shop\"\n"),
    ]),
};

pub(super) const SET: Example = Example {
    files: &[
        (ONE, "# Phase 1: Base\n\n- [ ] Ask who owns the cluster\n"),
        (
            "checklists/move/phase-01-plan.md",
            "# Phase 1: Plan\n\n- [ ] Choose an evening\n",
        ),
    ],
    mended: Some(&[("orch.toml", "set = \"shop\"\n")]),
};

pub(super) const NAME: Example = Example {
    files: &[
        COMPOSE,
        (
            ONE,
            "# Phase 1: Base\n\n- [ ] `k8s/admin-api/deployment.yml`: the admin API\n",
        ),
        ("phases/01-base.toml", "[aliases]\nadmin-api = \"apii\"\n"),
    ],
    mended: Some(&[("phases/01-base.toml", "[aliases]\nadmin-api = \"api\"\n")]),
};

pub(super) const PATH: Example = Example {
    files: &[
        (
            "k8s/namespace.yml",
            "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n",
        ),
        (
            ONE,
            "# Phase 1: Base\n\n- [ ] Bring it <!-- orch: apply=k8s/namepace.yml -->\n",
        ),
    ],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n- [ ] Bring it <!-- orch: apply=k8s/namespace.yml -->\n",
    )]),
};

pub(super) const OBJECT: Example = Example {
    files: &[
        (
            "one.yml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: hours }\ndata: { open: \"8\" }\n",
        ),
        (
            "two.yml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: hours }\ndata: { open: \"9\" }\n",
        ),
        (
            ONE,
            "# Phase 1: Base\n\n- [ ] Bring it <!-- orch: apply=one.yml -->\n- [ ] Bring it again \
             <!-- orch: apply=two.yml -->\n",
        ),
    ],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n- [ ] Bring it <!-- orch: apply=one.yml -->\n",
    )]),
};

pub(super) const APPLICATION: Example = Example {
    files: &[
        ("docker-compose.yml", "services:\n  api: [\n"),
        (ONE, "# Phase 1: Base\n\n- [ ] Ask who owns the cluster\n"),
    ],
    mended: Some(&[COMPOSE]),
};

pub(super) const READING: Example = Example {
    files: &[
        COMPOSE,
        (
            ONE,
            "# Phase 1: Base\n\n- [ ] Which services are needed: api, search\n",
        ),
    ],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n- [ ] Which services are needed: api\n",
    )]),
};

pub(super) const SECRET: Example = Example {
    files: &[(
        ONE,
        "# Phase 1: Base\n\n- [ ] Warm the cache <!-- orch: run=\"CACHE_PASSWORD=hunter2 ./warm.sh\" \
         -->\n",
    )],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n- [ ] Warm the cache <!-- orch: run=\"./warm.sh\" -->\n",
    )]),
};

pub(super) const UNREAD: Example = Example {
    files: &[
        COMPOSE,
        (
            ONE,
            "# Phase 1: Base\n\n- [ ] `k8s/api/deployment.yml`: the API\n  - Replicas: 2\n  \
             - Mind the phase of the moon\n",
        ),
    ],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n- [ ] `k8s/api/deployment.yml`: the API\n  - Replicas: 2\n",
    )]),
};

pub(super) const JOURNAL: Example = Example {
    files: &[
        (ONE, "# Phase 1: Base\n\n- [ ] Ask who owns the cluster\n"),
        (".orch/shop/phase-01.jsonl", "{\"v\":1,\"seq\":7}\n"),
    ],
    mended: Some(&[(".orch/shop/phase-01.jsonl", "")]),
};

pub(super) const RECORD: Example = Example {
    files: &[
        (
            ONE,
            "# Phase 1: Base\n\n- [x] Ask who owns the cluster\n- [ ] Tell the team\n",
        ),
        (
            ".orch/shop/phase-01.jsonl",
            "{\"v\":1,\"seq\":1,\"prev\":\"0000000000000000000000000000000000000000000000000000\
             000000000000\",\"at\":\"2026-01-05T10:00:00Z\",\"event\":\"run-started\",\"run\":\
             \"00000000000000aa\",\"checklist\":\"\",\"plan\":\"\",\"orch\":\"0.1.0\",\"target\":\
             \"rehearsal\",\"cluster\":\"\",\"namespace\":\"shop\"}\n",
        ),
    ],
    mended: Some(&[(
        ONE,
        "# Phase 1: Base\n\n- [ ] Ask who owns the cluster\n- [ ] Tell the team\n",
    )]),
};
