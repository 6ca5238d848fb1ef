//! An authority and a server certificate for one run, by OpenSSL.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::DOMAIN;
use crate::process::run_quiet;

/// Files in PEM.
pub(super) struct Certificates {
    /// The authority's certificate.
    pub(super) authority: PathBuf,
    /// The server's certificate.
    pub(super) certificate: PathBuf,
    /// The server's key.
    pub(super) key: PathBuf,
}

/// Makes them in the folder.
pub(super) fn make(openssl: &Path, folder: &Path) -> Result<Certificates> {
    std::fs::write(folder.join("openssl.cnf"), settings())?;
    for arguments in COMMANDS {
        let mut command = Command::new(openssl);
        command
            .current_dir(folder)
            .args(arguments.split_whitespace());
        let finished = run_quiet(&mut command)?;
        ensure!(finished.success, "openssl {arguments}: {}", finished.output);
    }
    Ok(Certificates {
        authority: folder.join("ca.pem"),
        certificate: folder.join("server.pem"),
        key: folder.join("server.key"),
    })
}

const COMMANDS: [&str; 3] = [
    "req -x509 -config openssl.cnf -extensions authority -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Interop-authority",
    "req -config openssl.cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj /CN=Interop-server",
    "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile openssl.cnf -extensions server",
];

fn settings() -> String {
    format!(
        "[req]\ndistinguished_name = name\n[name]\n\
         [authority]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\n\
         subjectKeyIdentifier = hash\n\
         [server]\nbasicConstraints = critical,CA:FALSE\nkeyUsage = critical,digitalSignature\n\
         extendedKeyUsage = serverAuth\n\
         subjectAltName = DNS:{DOMAIN},DNS:pubsub.{DOMAIN},DNS:localhost,IP:127.0.0.1\n"
    )
}
