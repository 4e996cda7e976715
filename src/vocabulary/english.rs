//! English.

use crate::checklist::StatusKind;

use super::{Label, Row, Word};

pub(super) const LABELS: &[Row<Label>] = &[
    (Label::Phase, "phase"),
    (Label::Status, "status"),
    (Label::StatusBox(StatusKind::NotStarted), "not started"),
    (Label::StatusBox(StatusKind::InProgress), "in progress"),
    (
        Label::StatusBox(StatusKind::Completed),
        "completed, complete, done",
    ),
    (Label::Started, "started"),
    (Label::Completed, "completed"),
    (Label::Files, "files"),
    (Label::Notes, "notes, notes for reuse"),
    (
        Label::Closing,
        "when the phase is done, when the phase is complete, on completion, on phase completion, \
         on completion of the phase, upon completion, when the phase is completed",
    ),
    (Label::CurrentPhase, "current phase, next phase"),
];

pub(super) const WORDS: &[Row<Word>] = &[
    (
        Word::Study,
        "study, studi, analy, examin, inspect, read$, look$, explor",
    ),
    (
        Word::Create,
        "create$, creates$, created$, creating$, write$, writing$, written$, prepare, make$, generate",
    ),
    (Word::Add, "add$, adds$, adding$, added$"),
    (
        Word::SetUp,
        "deploy$, deploys$, deployed$, deploying$, apply$, applied$, roll out, set up, setup$, configure, \
         bring up, install$",
    ),
    (
        Word::Make,
        "implement$, implementing$, introduce$, define$, declare$, provide$, expose$, \
         develop$, build$, builds$, writes$, makes$, produces$",
    ),
    (Word::Fulfil, "implement$, implementing$"),
    (Word::Put, "insert$, append$, put$"),
    (Word::Register, "register$, include$"),
    (
        Word::Change,
        "update$, updating$, change$, changing$, modify$, edit$, extend$, refactor, \
         rewrite$, fix$, fixing$, adjust$, adapt$, correct$, improve$, amend$, expand$, \
         simplify$, updates$, changes$, modifies$",
    ),
    (
        Word::Remove,
        "remove$, removing$, delete$, deleting$, drop$, erase$, removes$, deletes$, \
         drops$",
    ),
    (
        Word::Other,
        "review, check$, checks$, verify, validate, test$, tests$, confirm, ensure, approve, delete, \
         remove, drop$, move$, rename, migrate$, copy$, backup$, back$, restore, change$, update$, \
         edit$, fix$, refactor, revert, rewrite$, rollback$, roll back, document$, describe, discuss, agree, \
         decide, ask$, tell$, show$, present$, demo$, announce, share$, send$, notify, schedule$, plan$, \
         estimate, investigate, debug, research, find$, compare, measure, benchmark, monitor$, watch$, \
         commit$, push$, merge$, tag$, release$, publish, close$, open$, raise$, file$, talk$, train$, \
         clean$, cleanup$, disable, enable, turn$, switch$, replace, split$, extract, convert, upgrade, \
         bump$, pin$, rotate, revoke, grant$, scale$, restart, stop$, start$, kill$, cordon, drain$, \
         optimi, tune$, tidy$, lint$, format$, link$, mention$, list$, draw$, sketch",
    ),
    (
        Word::Past,
        "created$, added$, wrote$, made$, generated$, prepared$, deployed$, applied$, installed$, \
         configured$, studied$, examined$, analysed$, analyzed$, inspected$, explored$",
    ),
    (
        Word::Opening,
        "please$, then$, next$, now$, finally$, also$, first$, and$, need$, to$, we$, must$, should$, \
         let's$, todo$, step$, devops$, backend$, infra$, platform$, ops$, sre$, team$",
    ),
    (
        Word::Negation,
        "not$, don't, dont$, doesn't, do not, never$, no$, cannot, can't, won't, isn't, aren't, \
         shouldn't, mustn't, without$, avoid, instead$",
    ),
    (
        Word::Condition,
        "if$, optional, maybe$, perhaps$, unless$, later$, someday$, nice to have, nice-to-have, \
         in case, depending, when needed, as needed, where needed, when there, tbd$, eventually$, \
         possibly, might$, could$, after$, until$, before$, otherwise$, once it, once the, once we, \
         once they, once all, once approved, once ready, once done, once everything, if-needed, \
         deferred$, postponed$, cancelled$, canceled$, won't do, n/a$",
    ),
    (Word::ByHand, "by hand, manual, by-hand"),
    (
        Word::Doubt,
        "whether$, decide, clarify, undecided, should we, do we, can we, open question, to be decided",
    ),
    (
        Word::Must,
        "must$, should$, shall$, needs$, need$, has$, have$, is$, are$, was$, were$, be$, will$, do$, does$, \
         exists$, passes$, contains$, uses$, works$, lacks$, misses$, fails$, breaks$, \
         gets$, still$, already$, wrong$, broken$, outdated$, obsolete$, deprecated$",
    ),
    (
        Word::Environments,
        "prod$, production$, staging$, stage$, dev$, qa$, uat$, preprod$, pre-prod$",
    ),
    (
        Word::Object,
        "a$, an$, the$, our$, its$, new$, existing$, current$, all$, main$, base$, basic, following$, \
         file$, files$, manifest, template, definition, spec$, object, with$, w$, resource$, resources$, \
         source$, code$, module$, settings$, config$, configs$, configuration$, check$, checks$, \
         environment$, variables$, path$, url$, application$, app$, database$, cache$, backend$, \
         frontend$, workload, volume, claim$, budget$, network$, account$, through$, core$, shared$, \
         common$, raw$, plain$, placeholder, initial$, first$, whole$, entire$, full$",
    ),
    (Word::In, "in$, inside$, within$, at$, under$"),
    (Word::Purpose, "for$, of$"),
    (
        Word::Reference,
        "from$, see$, like$, per$, as$, via$, by$, using$, reference$, cf$, similar$, following$, uses$, \
         mounts$, reads$",
    ),
    (Word::And, "and$, then$, plus$, also$, as well as"),
    (
        Word::Count,
        "one$, once$, two$, twice$, three$, thrice$, four$, five$, both$, half$, couple$",
    ),
    (
        Word::Around,
        "several$, multiple$, many$, copy$, copies$, instance$, instances$, running$, run$, works$, times$, \
         for$, from$, every$, each$, all$, any$, whatever$, runs$, serves$, requests$, twice$, pod, container, workload, deployment, statefulset, service, in$, \
         on$, the$, and$, of$, with$, both$, ha$, high$, availability$, basis$, based$, rules$, rule$, set$, \
         are$, is$, ours$, our$, component, updates$, zero-downtime$, manifest, namespace, kubernetes$, \
         k8s$, application, app$, health$, health-check$, health-checks$, endpoint, check$, checks$, replica, two$, more$, than$, one$, once$, \
         serves$, serve$, that$, listens$, everything$, have$, has$, \
         must have, should have",
    ),
    (
        Word::Machines,
        "all servers, all the servers, every server, each server, all hosts, every host, each host, \
         all nodes, every node, each node, all machines, every machine, each machine, on servers, \
         on the server, on the servers",
    ),
    (
        Word::Work,
        "test$, check$, verify$, validate$, try$, run$, rerun$, start$, restart$, stop$, deploy$, \
         install$, upgrade$, migrate$, move$, rename$, replace$, convert$, copy$, commit$, push$, \
         pull$, merge$, publish$, release$, upload$, download$, send$, notify$, tell$, ask$, inform$, \
         announce$, document$, describe$, explain$, measure$, benchmark$, monitor$, configure$, \
         enable$, disable$, connect$, integrate$, apply$, execute$, switch$, translate$, cover$, \
         use$, call$, log$, backup$, restore$, rotate$, grant$, open$, close$, clean$, cleanup$, \
         lint$, format$, study$, read$, learn$, find$, investigate$, research$, compare$, wire$, \
         hook$, mount$, bump$, tag$, sign$, profile$, optimize$, optimise$, load$, schedule$, plan$, \
         design$, draw$, train$, ensure$, get$, set$, let$, keep$, invite$, assign$, track$, watch$",
    ),
    (
        Word::Judge,
        "ensure, confirm, discuss, decide, agree, approve, approval, review, consider, evaluate, \
         assess, sign-off, double-check, choose",
    ),
    (
        Word::Uncertain,
        "not$, no$, don't$, doesn't$, never$, without$, or$, either$, if$, unless$, when$, once$, \
         until$, after$, maybe$, perhaps$, possibly$, optional, alternatively$, else$, instead$, \
         e.g$, example$, should$, could$, might$, later$, etc$, cannot$, can't$, nor$, some$, each$, \
         every$, all$, blocked$, pending$, waiting$, awaiting$, waits$, idea$, ideas$, risk$, \
         alternative$, revert$, verified$, verify$, was$",
    ),
    (Word::Due, "please$, must$, need$, we$, to$, the$"),
    (Word::Into, "to$, into$, in$, inside$, within$, at$"),
    (Word::From, "from$, out$"),
    (Word::With, "with$, including$, containing$"),
    (Word::About, "for$, about$, of$, see$"),
    (
        Word::Where,
        "by$, like$, as$, per$, according$, uses$, using$, via$, through$, on$, over$, against$, around$, before$, under$, behind$, beside$, \
         beyond$, between$, than$, that$, which$, whose$",
    ),
    (Word::Place, "onto$, across$, throughout$"),
    (
        Word::Here,
        "project, repo$, repository, codebase, code$, source$, sources$, our$, own$, same$, root$",
    ),
    (
        Word::Elsewhere,
        "production, prod$, staging, bastion, preprod$, laptop, machine$, machines$",
    ),
    (
        Word::Numbered,
        "rfc$, iso$, adr$, pep$, cve$, pr$, mr$, issue$, ticket$, phase$, step$, stage$, section$, \
         chapter$, task$, sprint$, appendix$",
    ),
    (
        Word::PathNoun,
        "file, module, package, script, config, dockerfile, makefile, page, template",
    ),
    (
        Word::FolderNoun,
        "folder, directory, directories, dir$, dirs$",
    ),
    (Word::It, "it$, them$"),
    (Word::Fresh, "new$"),
    (
        Word::Inspection,
        "rollout, launch, go-live$, audit, acceptance, qa$, smoke, demo$, retro, legacy, deprecat, debt$, walkthrough, findings, \
         inventory, overview, status, finished$, done$, completed$, existing, context, background",
    ),
    (Word::Article, "a$, an$, the$, new$"),
    (
        Word::PartNoun,
        "component, controller, service$, services$, view$, views$, widget, layout$, store$, \
         fixture, client$, wrapper$, adapter, router$, factory, screen$, plugin, \
         worker, seed$, seeds$, playbook, notebook, workflow, stylesheet, manifest, changelog, readme, \
         validator, parser, provider, entrypoint, extension, mapper, loader$, guard$",
    ),
    (
        Word::Refers,
        "as$, next$, similar, link$, links$, linked$, reference, refers$, according, accordance$, identical, \
         equal$, close$, addition$, alternative, redirect, pointer, points$, pointing$, access$, \
         relative$, compared$, analogous, line$, import$, imports$",
    ),
    (
        Word::Quality,
        "symlink, symbolic, softlink, hardlink, soft-link, hard-link, executable, empty$, blank$, chmod, \
         permission, readonly, read-only, writable, writeable, encrypted$, signed$, compressed$, \
         gzipped$, zipped$, minified$, hidden$, ignored$, untracked$, submodule, async$, \
         asynchronous, abstract$, deprecated$, thread-safe, idempotent, working$, valid$, tested$, \
         documented$, typed$, private$, public$, protected$, authenticated$, default$, defaults$, \
         defaulting$, cached$, binary$, exported$, static$, staticmethod, classmethod, immutable, \
         frozen$, generic$, recursive, pure$, required$, mandatory, dataclass, pydantic, orm$, \
         websocket, singleton$, accepted$, approved$, signed-off$, unit-tested, well-tested, \
         covered$, translated$, bilingual, en$, ru$, uk$, ua$",
    ),
    (Word::MigrationNoun, "migration"),
    (Word::DerivedNoun, "form$, serializer"),
    (
        Word::TypeNoun,
        "model$, models$, schema$, protocol$, mixin, entity$, entities$",
    ),
    (Word::AnyTypeNoun, "type$, types$"),
    (Word::ClassNoun, "class$, classes$, record$, records$"),
    (Word::StructureNoun, "struct"),
    (Word::InterfaceNoun, "interface"),
    (Word::TraitNoun, "trait"),
    (Word::EnumerationNoun, "enum"),
    (Word::ExceptionNoun, "exception"),
    (
        Word::CallNoun,
        "helper, decorator, handler, hook$, middleware, dependency$",
    ),
    (Word::AnswerNoun, "handler, controller"),
    (Word::FunctionNoun, "function, func$, procedure, macro"),
    (Word::MethodNoun, "method"),
    (Word::FieldNoun, "field, property, properties, attribute"),
    (Word::ValueNoun, "constant, const$, consts$"),
    (Word::TableNoun, "table"),
    (
        Word::SettingNoun,
        "value$, limit$, timeout, size$, interval$, level$, threshold$, number$, count$, key$, option, property$",
    ),
    (
        Word::DependencyNoun,
        "dependency, dependencies$, library, libraries$, package$, packages$",
    ),
    (
        Word::Assign,
        "set$, sets$, setting$, increase$, raise$, lower$, reduce$, decrease$, bump$, change$, put$, switch$",
    ),
    (Word::Usual, "default$, defaults$"),
    (Word::EndpointNoun, "endpoint, route, path$, handler"),
    (
        Word::VariableNoun,
        "variable, env$, setting, environment, flag$, parameter",
    ),
    (
        Word::ThingNoun,
        "database$, db$, bucket, user$, users$, role$, roles$, branch, repo$, repository, queue, \
         topic, tag$, label, index$, secret, channel, account, domain, record, library, dependency, \
         dashboard, alert, metric, group, permission, image, container, cluster, namespace, volume, \
         job$, pipeline, workflow, stage$, key$, column, event, cookie, header",
    ),
    (Word::Tests, "test, spec$, specs$"),
    (Word::Docs, "doc$, docs$, documentation, runbook"),
    (Word::Which, "which$, what$"),
    (Word::Needed, "need, requir, necessary"),
    (
        Word::Question,
        "who$, whom$, whose$, how$, why$, when$, where$",
    ),
    (
        Word::Trouble,
        "why$, breaks$, break$, broken$, fails$, fail$, failing$, failure, leak, loses$, lost$, slow, wrong$, missing$, \
         bug$, bugs$, bottleneck, crash, hangs$, vulnerab, duplicat, outdated$, unused$",
    ),
    (
        Word::Outcome,
        "list$, lists$, diagram, notes$, report$, spreadsheet, summary$",
    ),
    (Word::Services, "service$, services$"),
    (Word::Volumes, "volume, storage, persist"),
    (Word::Secrets, "secret"),
    (Word::ConfigMaps, "configuration$, configs$"),
    (Word::Namespace, "name space"),
    (Word::Resources, "resource"),
    (Word::Requests, "request"),
    (Word::Limits, "limit"),
    (Word::Cpu, "processor$, core$, cores$"),
    (Word::Memory, "memory, mem$"),
    (Word::Probes, "probe"),
    (Word::Period, "period, every$, interval"),
    (Word::Timeout, "timeout"),
    (Word::Delay, "delay, initialdelay, initial delay"),
    (
        Word::Failures,
        "failure, failurethreshold, threshold, retries",
    ),
    (Word::Disruption, "disruption"),
    (Word::Available, "available$"),
    (Word::Unavailable, "unavailable"),
    (Word::Surge, "surge"),
    (Word::Rolling, "rolling"),
    (Word::Strategy, "strategy, rollout"),
    (Word::Replicas, "replica, instance$, instances$"),
    (
        Word::Scale,
        "scale$, scales$, scaling$, increase$, raise$, bump$, reduce$, decrease$",
    ),
    (Word::ScaleUp, "scale-up, scale up, scaling up, upscal"),
    (
        Word::ScaleDown,
        "scale-down, scale down, scaling down, downscal",
    ),
    (Word::Stable, "stabil"),
    (
        Word::Minimum,
        "minimum, at-least, at least, between$, no less than, not less than, no fewer than",
    ),
    (
        Word::Maximum,
        "maximum, up-to, up to, at most, no more than, not more than",
    ),
    (Word::Exactly, "exact, only$"),
    (Word::Ports, "port$, ports$"),
    (
        Word::Internal,
        "for$, the$, of$, and$, or$, type$, service$, services$, internal$, external$",
    ),
    (Word::Within, "internal"),
    (Word::Claim, "volume, storage, disk"),
    (Word::Environment, "environment, variable"),
    (Word::Init, "initialis, initializ"),
    (Word::Image, "image$, images$, tag$, version$, versions$"),
    (Word::Schedule, "schedule"),
    (Word::Zone, "time-zone, time zone"),
    (Word::Overlap, "concurrency"),
    (Word::Retries, "retries, retry"),
    (Word::Attempts, "attempts"),
    (Word::Deadline, "deadline, timeout"),
    (Word::Grace, "graceful, grace"),
    (Word::Drain, "drain"),
    (Word::Program, "script, exec, command"),
    (Word::Security, "non-root, nonroot, read-only"),
    (Word::ServiceAccount, "service account, service-account"),
    (Word::NetworkPolicy, "network polic"),
    (Word::ServiceMonitor, "service monitor"),
    (Word::Called, "name$, named$, names$, called$, titled$"),
    (Word::Above, "above$, aforementioned$, listed$, preceding$"),
    (Word::Provisioning, "dashboard, datasource, provision"),
    (
        Word::Idle,
        "a$, an$, the$, and$, with$, for$, of$, to$, in$, on$, at$, from$, via$, by$, per$, each$, every$, is$, are$, \
         be$, as$, its$, it$, our$, set$, use$, uses$, using$, all$, yes$, true$, enabled$, enable$, pod$, pods$, \
         container, service$, services$, workload, deployment, statefulset, manifest, application, app$, \
         cluster, target, average, utilization, utilisation, usage, value$, number$, count$, amount$, size$, \
         type$, kind$, data$, name$, check$, checks$, endpoint, health, get$, exec$, command$, script, \
         secret, config$, update$, updates$, zero-downtime$, zero downtime, no downtime, without downtime, \
         ha$, high$, availability$, available$, node$, nodes$, different$, window$, termination$, terminate$, \
         terminates$, terminated$, ends$, shutdown$, period$, budget$, policy$, policies$, rule$, rules$, \
         controller, traffic$, user$, users$, root$, filesystem$, client$, clients$, address, origin, rps$, \
         req$, r$, database$, horizontal$, autoscaling$, port$, ports$, \
         session$, sessions$",
    ),
    (
        Word::Off,
        "off$, disabled$, disable$, none$, except$, excluding$, besides$, false$, skip$, skipped$, nothing$, \
         later$, soon$, temporarily$, removed$, less$, fewer$, below$",
    ),
    (Word::Retention, "retention, retain, keep$"),
    (Word::Alerts, "alert"),
    (Word::Hosts, "host$, hosts$, hostname, domain, subdomain"),
    (Word::Paths, "path, routing, route, rule"),
    (Word::Target, "the$, service$, to$"),
    (Word::Tls, "certificate"),
    (Word::Annotations, "annotation"),
    (Word::RateLimit, "rate+limit, throttl, limit+request"),
    (Word::Burst, "burst"),
    (Word::ForwardAuth, "external+auth"),
    (
        Word::Rewrite,
        "strip+prefix, strip-prefix, rewrit, remove+prefix",
    ),
    (Word::IdleTimeout, "timeout, time-out"),
    (
        Word::BodySize,
        "body+size, upload+size, upload+limit, max+body, max+upload",
    ),
    (Word::Cors, "cross-origin"),
    (
        Word::HttpsRedirect,
        "redirect+https, force+https, https-only$, https+only$",
    ),
    (
        Word::AllowList,
        "allow+list, white+list, allowed+ip, restrict+ip, allow+ip$",
    ),
    (
        Word::Restricted,
        "only, internal, private, restrict, limited to, allow, den$, deny, denied, block, forbid, \
         protect, office, intranet, trusted, staff, employee, auth, authent, authori, log-in, login, \
         password, without$, no$, not$, except, unless",
    ),
    (
        Word::StickySessions,
        "session+affinity, session-affinity, cookie+affinity",
    ),
    (Word::Worker, "worker"),
    (Word::Application, "app$, application, backend, server$"),
    (Word::Database, "database$, databases$, database's$"),
    (Word::Keys, "keys$"),
    (
        Word::Generic,
        "data$, secret$, secrets$, key$, keys$, password$, passwords$, token$, tokens$, credentials$, \
         credential$, config$, configuration$, volume$, settings$, service$, provisioning$, files$, \
         dashboards$, dashboard$, volumes$, services$, passphrase$, pass$, account$, accounts$, map$, maps$",
    ),
    (Word::Signing, "signing$, signature$"),
    (
        Word::Administrator,
        "admin$, admins$, admin's$, administrator",
    ),
    (
        Word::User,
        "user$, users$, user's$, login$, logins$, username",
    ),
    (
        Word::Role,
        "cache$, broker$, server$, queue$, message$, messages$",
    ),
    (Word::Everything, "everything$, all$, every$"),
    (Word::At, "on$, at$"),
    (Word::Each, "per$, a$, each$, every$"),
    (Word::Percent, "percent"),
    (Word::Until, "to$"),
    (Word::Pods, "pod, replic"),
    (Word::Seconds, "sec"),
    (Word::Minutes, "minut, mins$"),
    (Word::Hours, "hour"),
    (Word::Days, "day"),
    (Word::Weeks, "week$, weeks$"),
    (Word::Years, "year"),
    (Word::Kilobytes, "kilobyte"),
    (Word::Megabytes, "megabyte"),
    (Word::Gigabytes, "gigabyte"),
    (Word::Terabytes, "terabyte"),
    (
        Word::Plain,
        "a$, an$, the$, its$, our$, their$, this$, these$, those$, that$, which$, it$, is$, are$, all$, \
         everything$, whole$, entire$, own$, main$, of$, over$, through$, in$, on$, at$, as$, to$, file, manifest, \
         template, definition, object$, objects$, resource$, resources$, settings$, setting$, config$, \
         configs$, configuration, workload, application, app$, apps$, target$, termination, page, \
         content$, one-off$, one-time$, itself$, component$, components$, runs$, serves$, stack$, \
         part$, parts$, built$, deployment$, statefulset$, utilisation, utilization, name$, called$, named$",
    ),
    (
        Word::Part,
        "server, service$, services$, worker, handler, processor, consumer, producer, listener, \
         scheduler, runner, gateway, proxy, router$, frontend, front-end, backend, back-end, website, \
         webserver, web-server, site$, shop$, store$, storefront, portal, panel, admin$, \
         administration, interface$, bot$, bots$, timer$, form$, form's$, log$, logs$, way$, daemon, agent$, exporter, collector, database$, db$, \
         cache, queue, broker, search, engine$, mailer, mail$, notification, billing, payment, account, \
         user$, users$, order$, orders$, catalog, inventory, chat, call$, calls$, migration, job$, \
         jobs$, script, task$, tasks$, program",
    ),
    (
        Word::Blank,
        "placeholder, value, no$, not$, aren't$, isn't$, only$, real$, without$, secret, dummy, example$, examples$, \
         empty$",
    ),
    (
        Word::Guide,
        "how$, instruct, guide$, doc$, docs$, documentation, roll$, out$, rollout, deploy, install, \
         run$, usage$, steps$",
    ),
    (
        Word::Demand,
        "only$, solely$, exclusively$, twice$, spare$, node$, nodes$, pool$, pools$, availab, zero-downtime, downtime, region, zone$, zones$, multi, \
         tenan, quota, label, every$, each$, several$, sidecar, spot$, encrypt, replica, copies$, \
         copy$, certificate, annotation, rate$, budget",
    ),
    (Word::Entry, "way$"),
    (Word::Manifest, "manifest$, manifests$"),
    (Word::Deployed, "deployment$"),
    (Word::Cluster, "cluster$, clusters$, manifests$"),
];
