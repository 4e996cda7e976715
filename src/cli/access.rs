//! `orch access`: what a run needs to be allowed, as roles, or checked against a target.

use std::fmt::Write as _;

use clap::Args;

use super::exit::{Code, Result};
use super::load::{self, Loaded, Phase};
use super::mine::Mine;
use super::target::{self, Target, TargetArgs};
use super::{Session, Stop};
use crate::cluster::{Account, Asks, Cluster, Missing, asks, roles};
use crate::manifest::Object;
use crate::terminal::{err, out};

/// Arguments of `access`.
#[derive(Debug, Args)]
pub(super) struct AccessArgs {
    /// Of that phase only
    #[arg(long, value_name = "N")]
    phase: Option<u32>,
    /// Print roles that allow it, for `kubectl apply -f -`; no cluster is asked
    #[arg(long)]
    print: bool,
    /// Print them for that service account; `orch` in the phase's namespace by default
    #[arg(long, value_name = "[NAMESPACE/]NAME", requires = "print")]
    service_account: Option<String>,
    /// Print what --prune, --recreate and undo need too: to delete
    #[arg(long, requires = "print")]
    removal: bool,
    #[command(flatten)]
    on: TargetArgs,
}

/// What phases ask for.
struct Asked {
    asks: Asks,
    namespace: String,
}

pub(super) fn run(session: &Session, args: &AccessArgs) -> Result {
    let loaded = load::workspace(session)?;
    let numbers = match args.phase {
        Some(number) => vec![number],
        None => loaded.phase_numbers(session),
    };
    let mut phases = Vec::new();
    for number in numbers {
        phases.push(loaded.phase(session, number)?);
    }
    if phases.is_empty() {
        return Err(Stop::input("no phase was found").help("name one: --phase N"));
    }
    if !args.print {
        return target::runtime()?.block_on(check(session, &loaded, &phases, args));
    }
    let mut whole = Asks::new();
    let mut home = None;
    for phase in &phases {
        let target = Target::choose(&args.on, &loaded, phase)?;
        // Whether its definition is there is asked of a cluster; that it may be costs nothing.
        let asked = asked(&loaded, phase, &target, true)?;
        home.get_or_insert(asked.namespace);
        for (ask, need) in asked.asks {
            let entry = whole.entry(ask).or_insert(need);
            *entry = need.min(*entry);
        }
    }
    let home = home.unwrap_or_default();
    let account = Account::parse(args.service_account.as_deref(), &home).ok_or_else(|| {
        Stop::input("that is no service account's name").help("write NAME or NAMESPACE/NAME")
    })?;
    out(&roles(&whole, &account, args.removal))?;
    Ok(Code::Done)
}

async fn check(session: &Session, loaded: &Loaded, phases: &[Phase], args: &AccessArgs) -> Result {
    for phase in phases {
        let number = phase.checklist.number;
        let target = Target::choose(&args.on, loaded, phase)?;
        if target == Target::Rehearsal {
            return Err(Stop::input(format!(
                "phase {number} has no target: the rehearsal allows everything"
            ))
            .help("name a target (--target, --context), or print the roles: --print"));
        }
        let cluster = target.connect(session, phase).await?;
        let monitors = target.service_monitors(&cluster).await?;
        let asked = asked(loaded, phase, &target, monitors)?;
        refuse(&cluster, &asked.asks, &asked.namespace, number).await?;
        out(&format!(
            "phase {number} may run on {}: all {} permissions are there\n",
            target.called(),
            asked.asks.len()
        ))?;
    }
    Ok(Code::Done)
}

fn asked(loaded: &Loaded, phase: &Phase, target: &Target, monitors: bool) -> Result<Asked> {
    let meaning = loaded.meaning_on(phase, monitors, (target, Mine::Merge))?;
    let plan = meaning.plan(target.name())?;
    let namespace = meaning.resolved.application.namespace.clone();
    let objects: Vec<&Object> = plan.objects().collect();
    Ok(Asked {
        asks: asks(&objects, &namespace),
        namespace,
    })
}

/// Refuses a target that doesn't allow what a run asks of it; says what a failure's report will
/// lack.
pub(super) async fn refuse(
    cluster: &Cluster,
    asks: &Asks,
    namespace: &str,
    phase: u32,
) -> Result<()> {
    let missing = cluster.missing(asks, namespace).await?;
    if missing.needed.is_empty() {
        if !missing.useful.is_empty() {
            err(&format!("note: {}\n", less(&missing)))?;
        }
        return Ok(());
    }
    let who = missing.user.as_deref().unwrap_or("this user");
    let mut text = format!("{who} may not do all that this run asks of the target; missing are");
    for (at, line) in missing.needed.iter().enumerate() {
        let _ = write!(text, "{} {line}", if at == 0 { ":" } else { ";" });
    }
    Err(Stop::target(text).help(format!(
        "`orch access --phase {phase} --print` writes the roles that a run needs"
    )))
}

fn less(missing: &Missing) -> String {
    format!(
        "a failure will be told with less of its reason, because this user may not {}",
        missing.useful.join("; ")
    )
}
