//! Whether what a text asks for is in what is written.
//!
//! A task's words are read before the facts are looked at, and what is asked for may still be
//! overruled: by settings, by another task, or because an object of the file's kind takes no such
//! thing. A bullet that isn't kept is a person's.

use crate::facts::image;

use super::application::{
    Application, Exposure, FileSpec, Hpa, ManifestItem, Pdb, Probe, ProbeAction, Role, Rollout,
    Scaling, ServicePort, VolumeKind, Workload, WorkloadKind,
};
use super::ingress::{IngressPath, IngressSpec, PathKind, PathWish};
use super::slug::slug;
use super::spec::{
    Amounts, Check, EdgeSpec, ExposureSpec, HpaSpec, JobWish, MonitoringSpec, PortSpec, ProbeSpec,
    ScalingSpec, Spec,
};
use super::target::{FileKind, Target};
use super::{checks, exposure_words, ports, steady};
use crate::vocabulary::Word;

/// What is written.
pub(super) struct Written<'a> {
    pub(super) application: &'a Application,
    pub(super) files: &'a [FileSpec],
    /// Whether it is another environment's: a task's figures are those of the base.
    pub(super) overlaid: bool,
}

impl Written<'_> {
    /// Returns in what the file of a task, or another one, isn't as it is asked to be.
    pub(super) fn differs(&self, asks: &Spec, target: &Target) -> Vec<&'static str> {
        if self.overlaid {
            return Vec::new();
        }
        let name = target.name.as_deref();
        let workload = name.and_then(|name| self.application.workload(name));
        let theirs = Theirs {
            written: self,
            target,
            workload,
        };
        theirs.differ(asks)
    }

    fn has(&self, item: &ManifestItem) -> bool {
        self.files.iter().any(|file| file.holds(item))
    }
}

/// What is written of a task's objects.
struct Theirs<'a> {
    written: &'a Written<'a>,
    target: &'a Target,
    workload: Option<&'a Workload>,
}

impl Theirs<'_> {
    fn differ(&self, asks: &Spec) -> Vec<&'static str> {
        let Spec {
            replicas,
            requests,
            limits,
            liveness,
            readiness,
            startup,
            ports,
            claim,
            hpa,
            pdb,
            rollout,
            job,
            grace,
            ends_within,
            drain,
            exposures,
            // Answered from the mounts.
            init_scripts: _,
            tls,
            controllers,
            edge,
            monitoring,
            image,
            version,
            always,
        } = asks;
        let edge = (*tls, !controllers.is_empty(), edge);
        let ends = (grace.as_ref(), drain.as_ref(), ends_within.as_ref());
        let probes = [liveness, readiness, startup].map(Option::as_ref);
        let guarded = self.beside(pdb.as_ref(), ManifestItem::Pdb, guards);
        let scaled = self.beside(hpa.as_ref(), ManifestItem::Hpa, scales_out);
        let kept = [
            ("the way in", self.leads_in(edge)),
            (
                "replicas",
                self.runs(replicas.as_ref(), |it, asked| replicates(it, *asked)),
            ),
            ("claims", self.runs(claim.as_ref(), claims)),
            ("how pods end", self.ends(ends)),
            ("the image", self.is_of(image.as_ref(), version.as_ref())),
            ("requests", self.runs(some(requests), requested)),
            ("limits", self.runs(some(limits), limited)),
            ("probes", self.is_probed(probes)),
            ("the rollout", self.runs(some(rollout), rolls_out)),
            ("how a Job ends", self.runs(some(job), ends_so)),
            ("monitoring", self.runs(some(monitoring), monitors)),
            ("ports", self.serves(ports, exposures)),
            ("the autoscaler", scaled),
            ("the disruption budget", guarded),
            (
                "what belongs to it",
                always.iter().all(|it| self.has_always(*it)),
            ),
        ];
        let differ = kept.into_iter().filter(|(_, kept)| !kept);
        differ.map(|(what, _)| what).collect()
    }

    /// Returns whether pods end as asked: their grace, how long they are drained, and both together.
    fn ends(&self, (grace, drain, within): (Option<&i64>, Option<&i64>, Option<&i64>)) -> bool {
        self.runs(grace, |it, asked| it.grace_seconds == Some(*asked))
            && self.runs(drain, |it, asked| it.drain_seconds.unwrap_or(0) == *asked)
            && self.runs(within, |it, asked| gone_within(it) == *asked)
    }

    /// Returns whether pods are of that image, and of that version.
    fn is_of(&self, image: Option<&String>, version: Option<&String>) -> bool {
        self.runs(image, |it, asked| it.image == *asked)
            && self.runs(version, |it, asked| is_version(&it.image, asked))
    }

    /// Returns whether liveness, readiness and startup are probed as asked.
    fn is_probed(&self, [liveness, readiness, startup]: [Option<&ProbeSpec>; 3]) -> bool {
        self.runs(liveness, |it, asked| {
            probes(it.liveness.as_ref(), it, asked)
        }) && self.runs(readiness, |it, asked| {
            probes(it.readiness.as_ref(), it, asked)
        }) && self.runs(startup, |it, asked| probes(it.startup.as_ref(), it, asked))
    }

    /// Returns whether ports are there and reached as asked.
    fn serves(&self, ports: &Vec<PortSpec>, exposures: &Vec<ExposureSpec>) -> bool {
        self.reached(some(ports), listens)
            && self.reached(some(exposures), exposed)
            && self.serves_only(exposures)
    }

    /// Returns whether a workload that is written is as asked.
    fn runs<T>(&self, asked: Option<&T>, is: impl Fn(&Workload, &T) -> bool) -> bool {
        self.beside(asked, ManifestItem::Workload, is)
    }

    /// Returns whether each that is asked for is one of a workload's whose pods or Service are
    /// written.
    fn reached<T>(&self, asked: Option<&Vec<T>>, is: impl Fn(&Workload, &T) -> bool) -> bool {
        let all = |it: &Workload, asked: &Vec<T>| asked.iter().all(|one| is(it, one));
        self.beside(asked, ManifestItem::Services, all)
            || self.beside(asked, ManifestItem::Workload, all)
    }

    /// Returns whether the Service has those ports alone that its own file's task names.
    fn serves_only(&self, asked: &[ExposureSpec]) -> bool {
        let only = exposure_words::only(asked);
        let whole = self.target.kind != FileKind::Service || only.is_empty();
        whole
            || self.workload.is_some_and(|it| {
                let mut ports = it.inner_ports();
                ports.all(|port| only.contains(&port.number()))
            })
    }

    /// Returns whether an object of a workload is written, and as asked; also where nothing is.
    fn beside<T>(
        &self,
        asked: Option<&T>,
        item: fn(String) -> ManifestItem,
        is: impl Fn(&Workload, &T) -> bool,
    ) -> bool {
        asked.is_none_or(|asked| {
            self.workload
                .is_some_and(|it| self.written.has(&item(it.name.clone())) && is(it, asked))
        })
    }

    /// Returns whether the way in is as asked; wishes that the controller lacks are told apart
    /// (`unmet`).
    fn leads_in(&self, (tls, annotated, edge): (bool, bool, &EdgeSpec)) -> bool {
        let asked = tls || annotated || *edge != EdgeSpec::default();
        if !asked {
            return true;
        }
        let ingress = self.written.application.ingress.as_ref();
        let ingress = ingress.filter(|_| self.target.kind == FileKind::Ingress);
        ingress.is_some_and(|ingress| {
            let host = |host: &String| {
                ingress.hosts.contains(host) || ingress.paths().any(|path| path.host == *host)
            };
            let routed = |wish: &PathWish| self.routes(ingress, wish);
            (!tls || ingress.tls_secret.is_some())
                && edge.hosts.iter().all(host)
                && edge.paths.iter().all(routed)
        })
    }

    /// Returns whether requests for a path go where they are asked to, if that is known.
    fn routes(&self, ingress: &IngressSpec, wish: &PathWish) -> bool {
        let to = wish.to.as_deref().and_then(|to| {
            let name = to.split(':').next().unwrap_or(to);
            let mut workloads = self.written.application.workloads.iter();
            let called =
                |it: &&Workload| it.name == slug(name) || it.service.as_deref() == Some(name);
            workloads.find(called)
        });
        let host = |path: &IngressPath| wish.host.as_ref().is_none_or(|host| path.host == *host);
        // A rewritten prefix is a pattern that begins with it.
        let same = |path: &IngressPath| {
            path.path == wish.path || path.rewrite.is_some() && path.path.starts_with(&wish.path)
        };
        let mut paths = ingress.paths();
        wish.kind == PathKind::Regex
            || paths.any(|path| {
                host(path) && same(path) && to.is_none_or(|it| it.name == path.workload)
            })
    }

    /// Returns whether what manifests have without being asked is in this one.
    fn has_always(&self, word: Word) -> bool {
        let of = |item: fn(String) -> ManifestItem| {
            self.workload
                .is_some_and(|it| self.written.has(&item(it.name.clone())))
        };
        let runs = of(ManifestItem::Workload);
        let is = |kind: fn(&Workload) -> bool| self.workload.is_some_and(kind);
        let about_all = self.target.kind == FileKind::Namespace;
        let told = [
            (Word::ServiceAccount, of(ManifestItem::ServiceAccount)),
            (
                Word::NetworkPolicy,
                of(ManifestItem::NetworkPolicy) || about_all,
            ),
            (Word::AntiAffinity, runs && is(|it| it.kind.scales())),
            (
                Word::Headless,
                is(|it| it.kind == WorkloadKind::StatefulSet),
            ),
            (Word::ReadWriteOnce, is(is_claimed_once)),
            // Without the CRD, the scrape configuration does what a ServiceMonitor would.
            (
                Word::ServiceMonitor,
                runs && is(|it| it.role == Role::Prometheus || it.metrics.is_some()),
            ),
            (
                Word::Provisioning,
                runs && is(|it| it.role == Role::Grafana),
            ),
        ];
        let told = told.into_iter().find(|(told, _)| *told == word);
        told.map_or(runs, |(_, kept)| kept)
    }
}

/// Returns what is asked for, unless nothing is.
fn some<T: Default + PartialEq>(asked: &T) -> Option<&T> {
    (*asked != T::default()).then_some(asked)
}

/// Returns whether nothing is asked for, or just what there is.
fn fits<T: PartialEq>(asked: Option<&T>, found: Option<&T>) -> bool {
    asked.is_none() || asked == found
}

/// Returns how many pods there are at least, where that number can be changed.
fn fewest(workload: &Workload) -> Option<u32> {
    let fewest = || workload.hpa.as_ref().map_or(workload.replicas, |it| it.min);
    workload.kind.scales().then(fewest)
}

/// Returns whether there are as many pods as asked; several of a store are several stores.
fn replicates(workload: &Workload, asked: u32) -> bool {
    let lone = asked > 1 && steady::is_lone(workload);
    fewest(workload) == Some(asked) && !lone
}

fn scales_out(workload: &Workload, asked: &HpaSpec) -> bool {
    let hpa = workload.hpa.as_ref();
    !steady::is_lone(workload) && hpa.is_some_and(|hpa| scales(hpa, asked))
}

fn gone_within(workload: &Workload) -> i64 {
    workload.grace_seconds.unwrap_or(0) + workload.drain_seconds.unwrap_or(0)
}

fn listens(workload: &Workload, asked: &PortSpec) -> bool {
    let is = |port: &ServicePort| {
        // A word that names no port says something of this one.
        let mut label = asked.label.iter();
        let number = match asked.service {
            Some(service) => port.port == asked.number && port.number() == service,
            None => [port.port, port.number()].contains(&asked.number),
        };
        number
            && asked.protocol.is_none_or(|it| it == port.protocol)
            && label.all(|it| ports::is_name(it) || ports::port_name(it) == port.name)
    };
    workload.ports.iter().any(is)
}

/// Returns whether a workload has claims, and pods on several nodes share none of them.
fn is_claimed_once(workload: &Workload) -> bool {
    let mut shared = workload.volumes.iter().filter_map(|it| match &it.kind {
        VolumeKind::Claim(_) => Some(false),
        VolumeKind::Shared(claim) => Some(claim.many),
        VolumeKind::Scratch(_)
        | VolumeKind::Memory(_)
        | VolumeKind::ConfigMap(_)
        | VolumeKind::Secret(_) => None,
    });
    shared.next() == Some(false) && !shared.any(|many| many)
}

fn claims(workload: &Workload, size: &String) -> bool {
    workload.volumes.iter().any(|it| match &it.kind {
        VolumeKind::Claim(own) => own == size,
        VolumeKind::Shared(claim) => claim.size == *size,
        VolumeKind::Scratch(_)
        | VolumeKind::Memory(_)
        | VolumeKind::ConfigMap(_)
        | VolumeKind::Secret(_) => false,
    })
}

/// Returns whether an image is of that version by its tag; one whose tag tells none isn't.
fn is_version(reference: &str, asked: &str) -> bool {
    let tag = image::parse(reference).and_then(|it| it.tag);
    let tag = tag.as_deref().unwrap_or_default();
    image::is_of(tag.strip_prefix('v').unwrap_or(tag), asked)
}

fn requested(workload: &Workload, asked: &Amounts) -> bool {
    let found = &workload.resources;
    fits(asked.cpu.as_ref(), Some(&found.cpu_request))
        && fits(asked.memory.as_ref(), Some(&found.memory_request))
}

fn limited(workload: &Workload, asked: &Amounts) -> bool {
    let found = &workload.resources;
    fits(asked.cpu.as_ref(), Some(&found.cpu_limit))
        && fits(asked.memory.as_ref(), Some(&found.memory_limit))
}

fn probes(found: Option<&Probe>, workload: &Workload, asked: &ProbeSpec) -> bool {
    let Some(found) = found else { return false };
    let at = |name: &str, number: Option<u16>| {
        let named = |port: &&ServicePort| port.name == name;
        let port = workload.ports.iter().find(named);
        number.is_none_or(|number| port.is_some_and(|port| port.port == number))
    };
    let action = match (&asked.check, &found.action) {
        // A prefix that the program serves below comes before it.
        (Check::Http(asked, number), ProbeAction::Http { path, port }) => {
            path.ends_with(asked.as_str()) && at(port, *number)
        }
        (Check::Tcp(number), ProbeAction::Tcp { port }) => at(port, *number),
        (Check::Command(asked), ProbeAction::Exec(found)) => {
            checks::has_all(&found.join(" "), asked)
        }
        (Check::Http(..) | Check::Tcp(_) | Check::Command(_), _) => false,
    };
    action
        && fits(asked.period.as_ref(), found.period.as_ref())
        && fits(asked.timeout.as_ref(), found.timeout.as_ref())
        && fits(asked.failures.as_ref(), found.failures.as_ref())
        && fits(asked.delay.as_ref(), found.initial_delay.as_ref())
}

fn rolls_out(workload: &Workload, asked: &Rollout) -> bool {
    let (kind, found) = (workload.kind, &workload.rollout);
    let figures = asked.max_unavailable.is_some() || asked.max_surge.is_some();
    let takes = match kind {
        WorkloadKind::Deployment => true,
        WorkloadKind::DaemonSet => !asked.recreate && asked.progress_deadline.is_none(),
        WorkloadKind::StatefulSet => {
            !asked.recreate && !figures && asked.progress_deadline.is_none()
        }
        WorkloadKind::Job | WorkloadKind::CronJob => false,
    };
    // Kubernetes refuses a rollout that may neither take a pod away nor add one.
    let none = |amount: &Option<String>| {
        let amount = amount.as_deref();
        amount.is_some_and(|it| it.trim_end_matches('%') == "0")
    };
    let stuck = figures && none(&found.max_unavailable) && none(&found.max_surge);
    takes
        && !stuck
        && asked.recreate == found.recreate
        && fits(
            asked.max_unavailable.as_ref(),
            found.max_unavailable.as_ref(),
        )
        && fits(asked.max_surge.as_ref(), found.max_surge.as_ref())
        && fits(
            asked.min_ready_seconds.as_ref(),
            found.min_ready_seconds.as_ref(),
        )
        && fits(
            asked.progress_deadline.as_ref(),
            found.progress_deadline.as_ref(),
        )
        && fits(asked.history.as_ref(), found.history.as_ref())
}

fn ends_so(workload: &Workload, asked: &JobWish) -> bool {
    let Some(found) = &workload.job else {
        return false;
    };
    let schedule = found.schedule.as_ref();
    let zone = schedule.and_then(|it| it.time_zone.as_ref());
    fits(
        asked.schedule.as_ref(),
        schedule.and_then(|it| it.cron.as_ref()),
    ) && fits(asked.time_zone.as_ref(), zone)
        && fits(asked.overlap.as_ref(), schedule.map(|it| &it.overlap))
        && fits(asked.retries.as_ref(), Some(&found.retries))
        && fits(asked.deadline.as_ref(), found.deadline.as_ref())
}

fn monitors(workload: &Workload, asked: &MonitoringSpec) -> bool {
    let kept = asked.retention.as_ref().is_none_or(|time| {
        let flag = format!("--storage.tsdb.retention.time={time}");
        workload.args.iter().flatten().any(|arg| *arg == flag)
    });
    workload.role == Role::Prometheus && kept
}

fn exposed(workload: &Workload, asked: &ExposureSpec) -> bool {
    let node_port = |port: &ServicePort| fits(asked.node_port.as_ref(), port.node_port.as_ref());
    let inside = asked.alternatives == [Exposure::Cluster];
    let meant = |port: &ServicePort| {
        let mut word = asked
            .port
            .iter()
            .filter(|it| !(inside && exposure_words::is_word(it)));
        word.all(|word| ports::is_called(port, word))
    };
    let as_asked = |port: &ServicePort| asked.alternatives.contains(&port.exposure);
    let mut ports = workload.ports.iter();
    ports.any(|port| meant(port) && as_asked(port) && node_port(port))
}

fn scales(found: &Hpa, asked: &HpaSpec) -> bool {
    let HpaSpec {
        min,
        max,
        cpu,
        memory,
        up,
        down,
    } = asked;
    fits(min.as_ref(), Some(&found.min))
        && fits(max.as_ref(), Some(&found.max))
        && fits(cpu.as_ref(), found.cpu.as_ref())
        && fits(memory.as_ref(), found.memory.as_ref())
        && speeds(up.as_ref(), found.up)
        && speeds(down.as_ref(), found.down)
}

fn speeds(asked: Option<&ScalingSpec>, found: Scaling) -> bool {
    asked.is_none_or(|asked| {
        fits(asked.percent.as_ref(), found.percent.as_ref())
            && fits(asked.pods.as_ref(), found.pods.as_ref())
            && fits(asked.period.as_ref(), Some(&found.period))
            && fits(asked.window.as_ref(), Some(&found.window))
    })
}

/// Returns whether a budget is the one that is asked for; any is where no figures are given.
fn guards(workload: &Workload, asked: &Pdb) -> bool {
    let found = workload.pdb.as_ref();
    found.is_some_and(|found| *asked == Pdb::default() || found == asked)
}
