//! The init container that waits for what a workload can't start without (`service_healthy`).
//!
//! It runs the workload's own image, so that no other has to be trusted, pulled and kept up to
//! date. A Service takes connections once a ready pod is behind it, so a connection is all there
//! is to ask for. What an image can wait with is `resolve`'s to tell.

use std::fmt::Write;

use k8s_openapi::api::core::v1::{Container, ResourceRequirements, VolumeMount};

use super::container;
use super::mounts::Mounted;
use super::quantity::quantity;
use crate::resolve::{Wait, WaitProgram, Workload};

/// Its name.
const NAME: &str = "wait-for-services";

/// Returns the init container of a workload, if it waits for anything.
pub(super) fn build(workload: &Workload, mounts: &[Mounted]) -> Option<Container> {
    let wait = workload
        .wait
        .as_ref()
        .filter(|it| !it.services.is_empty())?;
    Some(Container {
        name: NAME.to_owned(),
        image: Some(workload.image.clone()),
        image_pull_policy: Some("Always".to_owned()),
        command: Some(command(wait)),
        resources: Some(resources()),
        security_context: Some(container::security_context(workload)),
        volume_mounts: container::some(scratch(mounts)),
        ..Container::default()
    })
}

/// It writes nothing, but a runtime may want its `/tmp`.
fn scratch(mounts: &[Mounted]) -> Vec<VolumeMount> {
    let mounts = mounts.iter().map(|mounted| &mounted.mount);
    mounts
        .filter(|mount| mount.mount_path == "/tmp")
        .cloned()
        .collect()
}

/// It is over before the pod's own container starts, which asks for more.
fn resources() -> ResourceRequirements {
    let list = |cpu: &str, memory: &str, storage: &str| {
        [
            ("cpu", cpu),
            ("memory", memory),
            ("ephemeral-storage", storage),
        ]
        .map(|(name, amount)| (name.to_owned(), quantity(amount)))
        .into()
    };
    ResourceRequirements {
        requests: Some(list("10m", "32Mi", "16Mi")),
        limits: Some(list("100m", "128Mi", "64Mi")),
        claims: None,
    }
}

fn command(wait: &Wait) -> Vec<String> {
    let (program, flag, script) = match wait.program {
        WaitProgram::Busybox => ("/bin/sh", "-c", shell(wait, BUSYBOX)),
        WaitProgram::Bash => ("/bin/bash", "-c", shell(wait, BASH)),
        WaitProgram::Python => ("python", "-c", PYTHON.replace("SERVICES", &pairs(wait))),
        WaitProgram::Node => ("node", "-e", NODE.replace("SERVICES", &pairs(wait))),
        WaitProgram::Ruby => ("ruby", "-e", RUBY.replace("SERVICES", &pairs(wait))),
        WaitProgram::Php => ("php", "-r", PHP.replace("SERVICES", &pairs(wait))),
    };
    vec![program.to_owned(), flag.to_owned(), script]
}

const BUSYBOX: &str = r#"nc -z -w 2 "${service%:*}" "${service#*:}""#;
const BASH: &str = r#"(exec 3<>"/dev/tcp/${service%:*}/${service#*:}") 2>/dev/null"#;

fn shell(wait: &Wait, connects: &str) -> String {
    let mut names = String::new();
    for (host, port) in &wait.services {
        // Writing to a `String` can't fail.
        let _ = write!(names, " {host}:{port}");
    }
    format!(
        "for service in{names}; do\n  until {connects}; do\n    echo \"waiting for $service\"\n    \
         sleep 2\n  done\ndone\n"
    )
}

/// Returns the services as a list of pairs, which all of these languages write alike.
fn pairs(wait: &Wait) -> String {
    let pairs = wait.services.iter();
    let pairs: Vec<String> = pairs
        .map(|(host, port)| format!("[\"{host}\", {port}]"))
        .collect();
    pairs.join(", ")
}

const PYTHON: &str = r#"import socket, time
for host, port in [SERVICES]:
    while True:
        try:
            socket.create_connection((host, port), 2).close()
            break
        except OSError:
            print(f"waiting for {host}:{port}", flush=True)
            time.sleep(2)
"#;

const NODE: &str = r#"const net = require("net");
const reach = ([host, port], done) => {
  const socket = net.connect({ host, port });
  socket.setTimeout(2000, () => socket.destroy(new Error("no answer")));
  socket.on("connect", () => { socket.destroy(); done(); });
  socket.on("error", () => {
    console.log(`waiting for ${host}:${port}`);
    setTimeout(reach, 2000, [host, port], done);
  });
};
const next = ([service, ...rest]) => service && reach(service, () => next(rest));
next([SERVICES]);
"#;

const RUBY: &str = r#"require "socket"
$stdout.sync = true
[SERVICES].each do |host, port|
  Socket.tcp(host, port, connect_timeout: 2).close
rescue SystemCallError, SocketError
  puts "waiting for #{host}:#{port}"
  sleep 2
  retry
end
"#;

const PHP: &str = r#"foreach ([SERVICES] as [$host, $port]) {
    while (!($socket = @fsockopen($host, $port, $code, $why, 2))) {
        echo "waiting for $host:$port\n";
        sleep(2);
    }
    fclose($socket);
}
"#;

#[cfg(test)]
mod tests {
    use super::{build, command};
    use crate::manifest::sample;
    use crate::resolve::{Wait, WaitProgram};

    fn wait(program: WaitProgram) -> Wait {
        Wait {
            program,
            services: vec![("postgresql".to_owned(), 5432), ("redis".to_owned(), 6379)],
        }
    }

    #[track_caller]
    fn check(program: WaitProgram, first: &str, line: &str) {
        let command = command(&wait(program));
        assert_eq!(command[0], first);
        assert!(command[2].lines().any(|it| it == line), "{}", command[2]);
    }

    #[test]
    fn every_program_waits_for_all_services() {
        let shell = "for service in postgresql:5432 redis:6379; do";
        check(WaitProgram::Busybox, "/bin/sh", shell);
        check(WaitProgram::Bash, "/bin/bash", shell);
        let each = r#"for host, port in [["postgresql", 5432], ["redis", 6379]]:"#;
        check(WaitProgram::Python, "python", each);
        let each = r#"next([["postgresql", 5432], ["redis", 6379]]);"#;
        check(WaitProgram::Node, "node", each);
        let each = r#"[["postgresql", 5432], ["redis", 6379]].each do |host, port|"#;
        check(WaitProgram::Ruby, "ruby", each);
        let each = r#"foreach ([["postgresql", 5432], ["redis", 6379]] as [$host, $port]) {"#;
        check(WaitProgram::Php, "php", each);
    }

    #[test]
    fn kubernetes_finds_nothing_to_fill_in() {
        for program in [
            WaitProgram::Busybox,
            WaitProgram::Bash,
            WaitProgram::Python,
            WaitProgram::Node,
            WaitProgram::Ruby,
            WaitProgram::Php,
        ] {
            assert!(!command(&wait(program))[2].contains("$("));
        }
    }

    #[test]
    fn nothing_to_wait_for_is_no_container() {
        let mut workload = sample::workload("web");
        assert!(build(&workload, &[]).is_none());
        workload.wait = Some(wait(WaitProgram::Python));
        let container = build(&workload, &[]).expect("a container");
        assert_eq!(container.image.as_deref(), Some(workload.image.as_str()));
        assert!(container.security_context.is_some());
    }
}
