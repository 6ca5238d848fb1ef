//! The packages of `clients/`: what they need, and from where.

use serde_json::Value;

use super::sources::File;

/// Licences that tools may have; what is shipped needs nothing of others.
const LICENCES: &[&str] = &["Apache-2.0", "MIT", "PSF-2.0", "Python-2.0"];

/// Breaches in the packages' manifests and lock files.
pub(crate) fn check(files: &[File]) -> Vec<String> {
    let files = files.iter();
    files
        .filter(|file| file.path.starts_with("clients/"))
        .flat_map(|file| match file.path.rsplit('/').next() {
            Some("package.json") => manifest(file),
            Some("package-lock.json") => lock(file),
            _ => Vec::new(),
        })
        .collect()
}

/// Names of the scripts of all packages.
pub(crate) fn scripts(files: &[File]) -> impl Iterator<Item = String> {
    files
        .iter()
        .filter(|file| file.path.starts_with("clients/") && file.path.ends_with("/package.json"))
        .flat_map(|file| members(&json(file)["scripts"]))
        .map(|(name, _)| name)
}

fn manifest(file: &File) -> Vec<String> {
    let needed = members(&json(file)["dependencies"]);
    let breach = |(name, _)| {
        format!(
            "{}: a client must not need {name} at run time: write it, or make it a setting",
            file.path
        )
    };
    needed.into_iter().map(breach).collect()
}

fn lock(file: &File) -> Vec<String> {
    let packages = members(&json(file)["packages"]).into_iter();
    packages
        .filter(|(name, _)| !name.is_empty())
        .flat_map(|(name, package)| {
            let place = (!package["resolved"].is_null()).then(|| {
                "names a registry: npm install --omit-lockfile-registry-resolved".to_owned()
            });
            let licence = package["license"].as_str().unwrap_or("none");
            let licence = (!LICENCES.contains(&licence))
                .then(|| format!("has the licence {licence}: take another package"));
            let breaches = [place, licence].into_iter().flatten();
            breaches.map(move |what| format!("{name} {what}"))
        })
        .map(|what| format!("{}: {what}", file.path))
        .collect()
}

fn json(file: &File) -> Value {
    // What is no JSON is found by npm.
    serde_json::from_str(&file.text).unwrap_or_default()
}

fn members(value: &Value) -> Vec<(String, Value)> {
    let members = value.as_object().into_iter().flatten();
    members
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_one(path: &str, text: &str) -> Vec<String> {
        check(&[File {
            path: path.to_owned(),
            text: text.to_owned(),
        }])
    }

    #[test]
    fn a_client_that_needs_a_package_at_run_time_is_reported() {
        let text = r#"{"dependencies":{"ws":"8"},"devDependencies":{"typescript":"7"}}"#;
        assert_eq!(
            check_one("clients/typescript/package.json", text),
            [
                "clients/typescript/package.json: a client must not need ws at run time: write it, or make it a setting"
            ]
        );
    }

    #[test]
    fn a_lock_that_names_a_registry_or_a_strange_licence_is_reported() {
        let text = r#"{"packages":{"":{},"node_modules/a":{"license":"MIT"},
            "node_modules/b":{"license":"MIT","resolved":"https://registry.example/b.tgz"},"node_modules/c":{}}}"#;
        assert_eq!(
            check_one("clients/typescript/package-lock.json", text),
            [
                "clients/typescript/package-lock.json: node_modules/b names a registry: npm install --omit-lockfile-registry-resolved",
                "clients/typescript/package-lock.json: node_modules/c has the licence none: take another package"
            ]
        );
    }
}
