//! A server that answers as another cluster would when it is asked who it is, and knows no kind.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};

/// The uid of the namespace `kube-system` by which it is known.
pub(crate) const UID: &str = "another-cluster";

/// Returns a kubeconfig whose cluster is the impostor, which listens until the process ends.
pub(crate) fn behind(kubeconfig: &str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    kubeconfig
        .lines()
        .map(|line| match line.split_once("server:") {
            Some((indent, _)) => format!("{indent}server: http://{address}\n"),
            None => format!("{line}\n"),
        })
        .collect()
}

/// Answers the requests of one connection until it is closed.
fn serve(stream: TcpStream) {
    let Ok(mut answers) = stream.try_clone() else {
        return;
    };
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    while let Some(request) = lines.next() {
        if lines.by_ref().all(|line| !line.is_empty()) {
            return;
        }
        let path = request.split_whitespace().nth(1).unwrap_or_default();
        let (code, body) = answer(path);
        let head = format!(
            "HTTP/1.1 {code}\r\ncontent-type: {}\r\ncontent-length: {}\r\n\r\n",
            if body.starts_with('{') {
                "application/json"
            } else {
                "text/plain"
            },
            body.len()
        );
        if answers.write_all((head + &body).as_bytes()).is_err() {
            return;
        }
    }
}

fn answer(path: &str) -> (&'static str, String) {
    let body = match path {
        "/version" => {
            r#"{"major":"1","minor":"36","gitVersion":"v1.36.3","gitCommit":"","gitTreeState":"",
                "buildDate":"","goVersion":"","compiler":"","platform":""}"#
                .to_owned()
        }
        "/api/v1/namespaces/kube-system" => format!(
            r#"{{"apiVersion":"v1","kind":"Namespace",
                 "metadata":{{"name":"kube-system","uid":"{UID}"}}}}"#
        ),
        _ => return ("404 Not Found", "404 page not found\n".to_owned()),
    };
    ("200 OK", body)
}
