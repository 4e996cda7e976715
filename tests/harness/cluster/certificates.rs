//! Certificates of clients, made by `openssl`: Debian's list of authorities, without which nothing
//! is downloaded, brings it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Makes the authority that signs clients' certificates: `clients.pem` and its key.
pub(crate) fn authority(folder: &Path) -> io::Result<()> {
    openssl(
        folder,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
         -subj /CN=orch-test-clients -keyout clients.key -out clients.pem",
    )
}

/// Makes a user's certificate and key and returns their files.
pub(crate) fn client(folder: &Path, user: &str) -> io::Result<(PathBuf, PathBuf)> {
    openssl(
        folder,
        &format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
             -subj /CN={user} -CA clients.pem -CAkey clients.key \
             -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=clientAuth \
             -keyout {user}.key -out {user}.pem"
        ),
    )?;
    let file = |extension: &str| folder.join(user).with_extension(extension);
    Ok((file("pem"), file("key")))
}

fn openssl(folder: &Path, arguments: &str) -> io::Result<()> {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(io::Error::other(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ))
    }
}
