//! The software that we did not write, installed where the machine allows it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{Places, activemq};
use crate::process::{find_program, run_quiet};

const PACKAGES: [&str; 5] = [
    "slixmpp==1.17.0",
    "stomp.py==9.0.0",
    "websockets==17.4",
    "openapi-spec-validator==0.9.0",
    "schemathesis==4.32.5",
];

/// A tool, or why there is none.
pub(super) enum Tool {
    Here(PathBuf),
    Missing(String),
}

/// Prosody, from Debian's packages.
pub(super) fn prosody() -> Result<Tool> {
    debian("prosody", "prosody")
}

/// OpenSSL's command line, from Debian's packages.
pub(super) fn openssl() -> Result<Tool> {
    debian("openssl", "openssl")
}

/// curl, from Debian's packages.
pub(super) fn curl() -> Result<Tool> {
    debian("curl", "curl")
}

/// ActiveMQ, from Debian's packages; what is here is its folder.
pub(super) fn activemq() -> Result<Tool> {
    let home = PathBuf::from(activemq::HOME);
    for package in ["activemq", "libactivemq-java"] {
        if !home.join("lib/activemq-stomp.jar").exists() {
            install(package)?;
        }
    }
    Ok(if home.join("lib/activemq-stomp.jar").exists() {
        Tool::Here(home)
    } else {
        Tool::Missing("ActiveMQ is not here: apt-get install activemq, as root".to_owned())
    })
}

/// A Java that compiles, from Debian's packages.
pub(super) fn java() -> Result<Tool> {
    match debian("javac", "openjdk-17-jdk-headless")? {
        Tool::Here(_) => debian("java", "openjdk-17-jdk-headless"),
        missing @ Tool::Missing(_) => Ok(missing),
    }
}

/// A Python with these packages, in an environment of its own below `target`.
pub(super) fn python(places: &Places) -> Result<Tool> {
    let python = places.work.join("venv/bin/python");
    if has_packages(&python) {
        return Ok(Tool::Here(python));
    }
    let Some(system) = find_program("python3") else {
        return Ok(Tool::Missing("there is no python3".to_owned()));
    };
    std::fs::create_dir_all(&places.work)?;
    make_environment(&system, &places.work.join("venv"))?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet"]);
    install.args(PACKAGES);
    let installed = python.is_file() && run_quiet(&mut install)?.success;
    if installed && has_packages(&python) {
        return Ok(Tool::Here(python));
    }
    Ok(Tool::Missing(format!(
        "{} cannot be installed here with pip",
        PACKAGES.join(", ")
    )))
}

fn has_packages(python: &Path) -> bool {
    let mut import = Command::new(python);
    import.args([
        "-c",
        "import slixmpp, stomp, websockets, openapi_spec_validator, schemathesis",
    ]);
    run_quiet(&mut import).is_ok_and(|finished| finished.success)
}

/// Debian's Python may come without `ensurepip`; its package is installed then.
fn make_environment(python: &Path, folder: &Path) -> Result<()> {
    for attempt in 0..2 {
        let mut make = Command::new(python);
        make.args(["-m", "venv", "--clear"]).arg(folder);
        if run_quiet(&mut make)?.success {
            return Ok(());
        }
        if attempt == 0 {
            install("python3-venv")?;
        }
    }
    Ok(())
}

/// A Node with the packages of `xtask/interop/package.json`, in the folder that it names.
pub(super) fn node(places: &Places) -> Result<Tool> {
    let (Some(node), Some(npm)) = (find_program("node"), find_program("npm")) else {
        return Ok(Tool::Missing("there is no node with npm".to_owned()));
    };
    let folder = places.pages();
    let wanted = std::fs::read(places.root.join("xtask/interop/package.json"))?;
    let installed = folder.join("installed.json");
    if std::fs::read(&installed).is_ok_and(|found| found == wanted) {
        return Ok(Tool::Here(node));
    }
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("package.json"), &wanted)?;
    let mut install = Command::new(npm);
    install.current_dir(&folder).args([
        "install",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "--ignore-scripts",
    ]);
    let finished = run_quiet(&mut install)?;
    if !finished.success {
        let reason = finished
            .output
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        return Ok(Tool::Missing(format!(
            "npm cannot install the packages here: {reason}"
        )));
    }
    std::fs::write(installed, wanted)?;
    Ok(Tool::Here(node))
}

/// An npm, with Node beside it and the packages installed that the lock file of a folder names.
pub(super) fn npm_ci(folder: &Path) -> Result<Tool> {
    let (Some(_), Some(npm)) = (find_program("node"), find_program("npm")) else {
        return Ok(Tool::Missing("there is no node with npm".to_owned()));
    };
    let lock = std::fs::read(folder.join("package-lock.json"))?;
    let installed = folder.join("node_modules/.installed");
    if std::fs::read(&installed).is_ok_and(|found| found == lock) {
        return Ok(Tool::Here(npm));
    }
    let finished = run_quiet(Command::new(&npm).current_dir(folder).arg("ci"))?;
    if !finished.success {
        return Ok(Tool::Missing(format!("npm ci: {}", finished.output)));
    }
    std::fs::write(installed, lock)?;
    Ok(Tool::Here(npm))
}

fn debian(program: &str, package: &str) -> Result<Tool> {
    if let Some(path) = find_program(program) {
        return Ok(Tool::Here(path));
    }
    install(package)?;
    Ok(match find_program(program) {
        Some(path) => Tool::Here(path),
        None => Tool::Missing(format!(
            "{program} is not here: apt-get install {package}, as root"
        )),
    })
}

/// Tries; whether it worked is seen by looking for the program.
fn install(package: &str) -> Result<()> {
    if find_program("apt-get").is_none() {
        return Ok(());
    }
    for arguments in [
        &["update", "-q"][..],
        &["install", "-y", "-q", "--no-install-recommends", package],
    ] {
        let mut command = Command::new("apt-get");
        command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        run_quiet(&mut command).context("apt-get")?;
    }
    Ok(())
}
