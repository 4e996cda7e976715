//! What a word of a task can mean: one row a meaning, with its name in `orch.toml`.

macro_rules! meanings {
    ($($meaning:ident $name:literal $about:literal;)*) => {
        /// What a word of a task tells.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Word {
            $(#[doc = $about] $meaning,)*
        }

        impl Word {
            /// Every meaning.
            pub const ALL: &[Self] = &[$(Self::$meaning,)*];

            /// Returns the meaning's name in `[words]` of `orch.toml`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$meaning => $name,)*
                }
            }

            /// Returns what the words of this meaning say.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$meaning => $about,)*
                }
            }
        }
    };
}

meanings! {
    // Verbs that a task begins with.
    Study "study" "verbs of looking: what is found is recorded";
    Create "create" "verbs of making a file";
    Add "add" "verbs of adding: a file, or something to a file";
    SetUp "set-up" "verbs of bringing something up: deploy, roll out, configure";
    Make "make" "verbs of making what source has: implement, introduce, define";
    Fulfil "fulfil" "verbs of making what an interface promises: implement";
    Put "put" "verbs of putting something into a file: insert, append";
    Register "register" "verbs of making something known where it is used: register, include";
    Change "change" "verbs of changing what is there: update, fix, refactor";
    Remove "remove" "verbs of removing: delete, drop";
    Other "other-work" "verbs of what a person does: review, discuss, delete, move, document";
    Past "past" "verbs of what was done already";
    Opening "opening" "words that may stand before the verb: please, then, need to";
    // What makes a task a person's.
    Negation "negation" "not, don't, never";
    Condition "condition" "if, optional, when there is time";
    ByHand "by-hand" "by hand, manually";
    Doubt "doubt" "whether, decide: an open question";
    Must "must" "must, is, has: what is said of a file, not the file";
    Environments "environment" "names of environments: production, staging";
    Machines "machines" "machines that something is to be done on: all servers, every host";
    // What may stand between a verb and its path.
    Object "object" "nouns of what is written or studied, and words around them: a, the, file, manifest";
    In "in" "in, within: where a file's content is";
    Purpose "purpose" "for, of, to: what comes behind is something else's";
    Reference "reference" "from, see, like: what comes behind is only referred to";
    And "and" "and, then: what joins clauses";
    Around "around" "words around what every manifest must have: each, all, pod";
    Count "count" "numbers in words: one, two, twice";
    // Around a person's work and the traces that it leaves.
    Work "work" "verbs of work that leaves no trace of its own: test, run, send";
    Judge "judgement" "what asks for a person's judgement: agree, approve, review";
    Uncertain "uncertain" "what leaves open what a person's work is to leave: or, if, without";
    Due "due" "words that may stand before a verb of making: please, must, need to";
    Into "into" "to, in: where something goes";
    From "from" "from: where something comes from";
    With "with" "with: what belongs to something";
    About "about" "for, via, like: what comes behind is only referred to";
    Where "where" "via, over, behind: how or where something works, which its being there doesn't tell";
    Place "place" "на: where something is, of files as well";
    Here "here" "the project, the repository: where everything is that is looked for";
    Elsewhere "elsewhere" "environments: production, staging";
    Numbered "numbered" "what a number behind it only names: RFC, step";
    Refers "referring" "what stands before words of place and makes them only refer: similar to, link to";
    It "pronoun" "it, them: what was named before";
    Fresh "fresh" "words before a noun that say that it isn't there yet: new";
    Inspection "inspection" "nouns of headings below which things are only looked at: audit, acceptance, legacy";
    Article "article" "words before a noun that say nothing of it: a, the, new";
    Quality "quality" "what something is to be, which its being there doesn't tell: symlink, executable";
    PathNoun "path-noun" "what a path leads to: file, script, module";
    FolderNoun "folder-noun" "a folder";
    PartNoun "part-noun" "what a file of source may be: component, service";
    MigrationNoun "migration-noun" "a migration";
    DerivedNoun "derived-noun" "what is derived from a framework's own class, where classes make it: form, serializer";
    TypeNoun "type-noun" "what a type or an object like one is: model, schema";
    AnyTypeNoun "any-type-noun" "a type, whichever";
    ClassNoun "class-noun" "a class";
    StructureNoun "structure-noun" "a structure";
    InterfaceNoun "interface-noun" "an interface";
    TraitNoun "trait-noun" "a trait";
    EnumerationNoun "enumeration-noun" "an enumeration";
    ExceptionNoun "exception-noun" "an exception";
    CallNoun "callable-noun" "what can be called, a function or not: handler, middleware, hook";
    AnswerNoun "answering-noun" "what answers an endpoint: handler, controller";
    FunctionNoun "function-noun" "a function";
    MethodNoun "method-noun" "a function of a type";
    FieldNoun "field-noun" "a field of a type: field, property";
    ValueNoun "constant-noun" "a constant";
    TableNoun "table-noun" "a table";
    SettingNoun "setting-noun" "what a setting with a value is called: limit, timeout, size";
    DependencyNoun "dependency-noun" "a dependency: library, package";
    Assign "assign" "verbs of giving a setting a value: set, raise, lower";
    Usual "default" "default: the value of a setting that nobody gives";
    EndpointNoun "endpoint-noun" "an endpoint, a route";
    VariableNoun "variable-noun" "a variable of the environment";
    ThingNoun "other-noun" "things of which no trace is looked for: branch, bucket, user";
    Tests "tests" "tests";
    Docs "documents" "documentation";
    // Behind the path of a file that orch writes.
    Plain "plain" "words that only name a file or what it holds: manifest, settings, the, of";
    Part "part" "what a workload may be called: server, handler, gateway";
    Blank "blank" "what is said of a template's values: placeholders, not real";
    Guide "guide" "what a README is called: instructions, how to roll out";
    Demand "demand" "what asks for something, even as a purpose: GPU, nodes, availability";
    Entry "entry" "an Ingress";
    Called "called" "what a name stands behind: name, called";
    Above "above" "what was named before: above, listed";
    Manifest "manifest" "what a file for Kubernetes is called: manifest";
    Deployed "deployment" "a Deployment";
    Cluster "cluster" "what sections about Kubernetes are called: Kubernetes, cluster, manifests";
    // Inventories.
    Which "which" "which, what";
    Outcome "outcome" "what is made of what was looked at: a list, a diagram, notes";
    Needed "needed" "needed, required";
    Question "question" "who, how many, why: what a list of names doesn't answer";
    Trouble "trouble" "why something is wrong: leaks, failures; reading a file alone doesn't tell";
    Services "services" "services";
    Volumes "volumes" "volumes";
    Secrets "secrets" "secrets";
    ConfigMaps "configmaps" "ConfigMaps, configuration";
    // What is required of every manifest, and what bullets are about.
    Namespace "namespace" "a namespace";
    Resources "resources" "resources";
    Requests "requests" "what a pod asks for at least";
    Limits "limits" "what a pod gets at most";
    Cpu "cpu" "CPU";
    Memory "memory" "memory";
    Probes "probes" "probes of any kind";
    Liveness "liveness" "the liveness probe";
    Readiness "readiness" "the readiness probe";
    Startup "startup" "the startup probe";
    Period "period" "how often: every, period";
    Timeout "timeout" "how long an answer may take";
    Delay "delay" "how long before the first one";
    Failures "failures" "how many failures count";
    AntiAffinity "anti-affinity" "pods on different nodes";
    Disruption "disruption" "a disruption budget";
    Available "available" "how many pods stay, as Kubernetes calls it";
    Unavailable "unavailable" "how many pods may be missing";
    Surge "surge" "how many pods may be more";
    Rolling "rolling" "pods are replaced one by one";
    Strategy "strategy" "how pods are replaced";
    Recreate "recreate" "pods go before new ones come";
    Replicas "replicas" "replicas";
    Autoscaler "autoscaler" "an autoscaler";
    Behaviour "behaviour" "how fast an autoscaler acts";
    Scale "scale" "verbs of changing how many pods run: scale, increase";
    ScaleUp "scale-up" "more pods";
    ScaleDown "scale-down" "fewer pods";
    Stable "stable" "how long a number is kept";
    Minimum "minimum" "at least";
    Maximum "maximum" "at most";
    Exactly "exactly" "exactly, only";
    Ports "ports" "ports";
    Headless "headless" "a Service without an address of its own";
    Internal "internal" "words beside a Service's type that name no port";
    Within "within" "within the cluster's network only, beside a load balancer: internal";
    Claim "claim" "a volume claim, a disk";
    ReadWriteOnce "read-write-once" "of a claim: for one node at a time";
    Environment "variables" "environment variables";
    Init "init" "scripts that set a data base up";
    Image "image" "an image";
    Schedule "schedule" "a Job's schedule";
    Zone "time-zone" "a schedule's time zone";
    Overlap "overlap" "runs that overlap";
    Retries "retries" "how often a Job is tried again";
    Attempts "attempts" "how often a Job is tried in all";
    Deadline "deadline" "how long a Job may take";
    Grace "grace" "how long a pod may take to end";
    Drain "drain" "how long it serves on before";
    Program "program" "what a pod may run before it ends: a script, a command";
    Security "security" "a security context";
    ServiceAccount "service-account" "a service account";
    NetworkPolicy "network-policy" "a network policy";
    Idle "idle" "words of a bullet that ask for nothing of their own: the, and, for, pod, service";
    Off "off" "off, disabled, except, later: a bullet with it doesn't ask for what it names";
    // Monitoring.
    Retention "retention" "how long samples are kept";
    Alerts "alerts" "alert rules";
    ServiceMonitor "service-monitor" "a ServiceMonitor";
    Provisioning "provisioning" "dashboards and data sources";
    // The way in.
    Hosts "hosts" "host names";
    Paths "paths" "paths, routes";
    Target "target" "words between an arrow and the service that a path leads to";
    Tls "tls" "TLS";
    Annotations "annotations" "annotations";
    RateLimit "rate-limit" "how many requests a client may send";
    Burst "burst" "how many more at once";
    BasicAuth "basic-auth" "users with passwords";
    ForwardAuth "forward-auth" "a service that is asked who may come in";
    Rewrite "rewrite" "prefixes taken away or replaced";
    IdleTimeout "idle-timeout" "how long a connection may be silent";
    BodySize "body-size" "what a request may carry";
    Cors "cors" "whose scripts may call";
    HttpsRedirect "https-redirect" "plain HTTP is sent on";
    AllowList "allow-list" "whose addresses may come in";
    Restricted "restricted" "words of which some may keep people out, where nothing reads them";
    StickySessions "sticky-sessions" "a client meets the same pod again";
    // Names in lists.
    Application "application" "what the application's own service is called";
    Worker "worker" "a worker";
    Postgres "postgres" "PostgreSQL";
    Database "database" "a data base, whichever";
    Keys "keys" "keys";
    Generic "generic" "words that say what kind of thing is listed, not which";
    Signing "signing" "what a key is for that signs";
    Administrator "administrator" "who may do everything: admin, administrator";
    User "user" "a user, beside a password";
    Role "role" "what a product is used as: cache, broker, server";
    Everything "everything" "that nothing is left out: everything, всё, усі";
    // Units.
    Until "until" "what stands between the two numbers of a range";
    At "at" "on: the port that something is asked on";
    Each "each" "what a unit without a number stands behind: per, a, в, за";
    Percent "percent" "percent";
    Pods "pods" "pods, as a unit";
    Seconds "seconds" "seconds";
    Minutes "minutes" "minutes";
    Hours "hours" "hours";
    Days "days" "days";
    Weeks "weeks" "weeks";
    Years "years" "years";
    Kilobytes "kilobytes" "kilobytes";
    Megabytes "megabytes" "megabytes";
    Gigabytes "gigabytes" "gigabytes";
    Terabytes "terabytes" "terabytes";
}

/// Words around what is asked for. They share words with what they stand around.
const FILLERS: &[Word] = &[
    Word::Restricted,
    Word::Until,
    Word::Opening,
    Word::Object,
    Word::In,
    Word::Purpose,
    Word::Reference,
    Word::And,
    Word::Around,
    Word::Count,
    Word::Internal,
    Word::Target,
    Word::Generic,
];

/// Units, which stand right behind a number.
pub(crate) const UNITS: &[Word] = &[
    Word::Percent,
    Word::Pods,
    Word::Seconds,
    Word::Minutes,
    Word::Hours,
    Word::Days,
    Word::Weeks,
    Word::Years,
    Word::Kilobytes,
    Word::Megabytes,
    Word::Gigabytes,
    Word::Terabytes,
];

/// Verbs, which stand at a line's or a clause's beginning.
const VERBS: &[Word] = &[
    Word::Study,
    Word::Create,
    Word::Add,
    Word::SetUp,
    Word::Make,
    Word::Fulfil,
    Word::Put,
    Word::Register,
    Word::Change,
    Word::Remove,
    Word::Other,
    Word::Past,
];

/// Words around a person's work, which one rule alone asks for: they share words with all but the
/// verbs that others make files by.
const TRACES: &[Word] = &[
    Word::Machines,
    Word::Work,
    Word::Judge,
    Word::Uncertain,
    Word::Due,
    Word::Into,
    Word::From,
    Word::With,
    Word::About,
    Word::Where,
    Word::Place,
    Word::Here,
    Word::Elsewhere,
    Word::Numbered,
    Word::Refers,
    Word::It,
    Word::Fresh,
    Word::Inspection,
    Word::Article,
    Word::Quality,
    Word::PathNoun,
    Word::FolderNoun,
    Word::PartNoun,
    Word::MigrationNoun,
    Word::DerivedNoun,
    Word::TypeNoun,
    Word::AnyTypeNoun,
    Word::ClassNoun,
    Word::StructureNoun,
    Word::InterfaceNoun,
    Word::TraitNoun,
    Word::EnumerationNoun,
    Word::ExceptionNoun,
    Word::CallNoun,
    Word::AnswerNoun,
    Word::FunctionNoun,
    Word::MethodNoun,
    Word::FieldNoun,
    Word::ValueNoun,
    Word::TableNoun,
    Word::EndpointNoun,
    Word::VariableNoun,
    Word::ThingNoun,
    Word::Tests,
    Word::Docs,
];

/// Words behind the path of a file that is written, which are asked for there alone.
const DESCRIBING: &[Word] = &[
    Word::Plain,
    Word::Part,
    Word::Blank,
    Word::Guide,
    Word::Demand,
    Word::Entry,
    Word::Called,
    Word::Above,
    Word::Manifest,
    Word::Deployed,
    Word::Cluster,
];

/// Words that only bullets and lists are asked for, which other rules don't read.
const BULLETS: &[Word] = &[
    Word::Idle,
    Word::Off,
    Word::Question,
    Word::Trouble,
    Word::Outcome,
    Word::Within,
    Word::Program,
    Word::Signing,
    Word::Administrator,
    Word::User,
    Word::Role,
    Word::Everything,
    Word::At,
    Word::Each,
];

/// Words that only lines which change a number, or list dependencies, are asked for.
const ENTRIES: &[Word] = &[
    Word::Scale,
    Word::SettingNoun,
    Word::DependencyNoun,
    Word::Assign,
    Word::Usual,
];

/// Verbs by which lines are told to be somebody's work.
const MAKING: &[Word] = &[
    Word::Study,
    Word::Create,
    Word::Add,
    Word::SetUp,
    Word::Make,
    Word::Put,
    Word::Register,
    Word::Change,
    Word::Remove,
];

/// Other meanings that share words, with the reason why nothing is misread by it.
const SHARED: &[(Word, &[Word], &str)] = &[
    (
        Word::Past,
        &[Word::Study, Word::Create, Word::Add, Word::SetUp],
        "what was done is a form of the verb, and asked for first",
    ),
    (
        Word::Other,
        &[
            Word::Object,
            Word::Around,
            Word::Image,
            Word::Schedule,
            Word::Drain,
            Word::Rewrite,
        ],
        "nouns and wishes that are verbs where a clause begins with them",
    ),
    (
        Word::Other,
        &[
            Word::Make,
            Word::Put,
            Word::Register,
            Word::Change,
            Word::Remove,
        ],
        "a person's work, of which some leaves traces: other rules do none of it",
    ),
    (
        Word::Fulfil,
        &[Word::Make],
        "a verb of making, of which one rule asks more",
    ),
    (
        Word::Change,
        &[Word::Rewrite, Word::Around],
        "a verb that a line begins with; a wish, or a noun within another line",
    ),
    (
        Word::Other,
        &[Word::Doubt],
        "to decide is a person's work, and leaves the rest of the line open",
    ),
    (
        Word::Work,
        &[Word::SetUp, Word::Study],
        "where a person's work leaves a trace, only verbs of making source count",
    ),
    (
        Word::PathNoun,
        &[Word::SetUp],
        "`config` is a noun beside a path, and `configure` a verb before one",
    ),
    (Word::Must, &[Word::Needed], "asked for in different rules"),
    (
        Word::Claim,
        &[Word::Volumes],
        "an inventory's volumes, a bullet's claim",
    ),
    (
        Word::Timeout,
        &[Word::Deadline, Word::IdleTimeout],
        "a probe's, a Job's, a connection's: told by what the bullet stands below",
    ),
    (
        Word::Deadline,
        &[Word::IdleTimeout],
        "a Job's, a connection's: told by what the bullet stands below",
    ),
    (
        Word::Failures,
        &[Word::Retries, Word::Attempts],
        "a probe's, a Job's: told by what the bullet stands below",
    ),
    (
        Word::Limits,
        &[Word::RateLimit],
        "a rate is asked for below an Ingress only",
    ),
    (Word::Minimum, &[Word::Available], "a field that names both"),
    (
        Word::Maximum,
        &[Word::Unavailable],
        "a field that names both",
    ),
    (
        Word::Services,
        &[Word::ServiceAccount, Word::ServiceMonitor],
        "an inventory's services, a bullet's objects",
    ),
    (
        Word::Tls,
        &[Word::HttpsRedirect],
        "where a redirect is told, TLS isn't asked for beside it",
    ),
    (
        Word::Hours,
        &[Word::Years],
        "`год` is an hour in Ukrainian and a year in Russian: rates are never by the year, \
         samples never kept by the hour",
    ),
];

impl Word {
    /// Returns the meaning's place in [`Self::ALL`].
    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// Returns whether one word may tell both: they are asked for in different places.
    pub(super) fn may_share(self, other: Self) -> bool {
        let shares = |one: Self, two: Self| {
            let mut rows = SHARED.iter();
            rows.any(|(word, others, _)| *word == one && others.contains(&two))
        };
        let filler = |one: Self, two: Self| FILLERS.contains(&one) && !VERBS.contains(&two);
        let unit = |one: Self, two: Self| UNITS.contains(&one) && !UNITS.contains(&two);
        let trace = |one: Self, two: Self| TRACES.contains(&one) && !MAKING.contains(&two);
        let describes = |one: Self, _: Self| DESCRIBING.contains(&one);
        let bullet = |one: Self, _: Self| BULLETS.contains(&one);
        let entry = |one: Self, _: Self| ENTRIES.contains(&one);
        let either = |rule: &dyn Fn(Self, Self) -> bool| rule(self, other) || rule(other, self);
        let grouped = either(&filler) || either(&unit) || either(&trace);
        let grouped = grouped || either(&describes) || either(&bullet) || either(&entry);
        self == other || either(&shares) || grouped
    }
}
