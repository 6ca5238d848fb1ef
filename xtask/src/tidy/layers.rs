//! Who may depend on whom (ARCHITECTURE.md, invariants).

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata, Package};

/// What a crate must not depend on.
struct Rule {
    package: &'static str,
    forbidden: Forbidden,
    instead: &'static str,
}

enum Forbidden {
    /// Any crate of ours but these.
    OursBut(&'static [&'static str]),
    /// Crates of ours whose names start so.
    OursStarting(&'static str),
    /// These crates.
    Crates(&'static [&'static str]),
}

const RUNTIME: &[&str] = &["tokio", "hyper", "hyper-util", "axum", "mio"];

const RULES: &[Rule] = &[
    Rule {
        package: "gc-protocol",
        forbidden: Forbidden::OursBut(&[]),
        instead: "keep the wire types usable alone",
    },
    Rule {
        package: "gc-protocol",
        forbidden: Forbidden::Crates(RUNTIME),
        instead: "do the I/O in gc-server",
    },
    Rule {
        package: "finesse-protocol",
        forbidden: Forbidden::OursBut(&[]),
        instead: "keep Finesse's types usable alone",
    },
    Rule {
        package: "finesse-protocol",
        forbidden: Forbidden::Crates(RUNTIME),
        instead: "do the I/O in finesse-client",
    },
    Rule {
        package: "gc-core",
        forbidden: Forbidden::OursBut(&["gc-protocol", "finesse-protocol"]),
        instead: "say what is needed as an Output and let the driver do it",
    },
    Rule {
        package: "gc-core",
        forbidden: Forbidden::Crates(&[
            "tokio",
            "hyper",
            "hyper-util",
            "axum",
            "mio",
            "rand",
            "getrandom",
            "uuid",
            "quick-xml",
        ]),
        instead: "take time, replies and random seeds as inputs",
    },
    Rule {
        package: "finesse-client",
        forbidden: Forbidden::OursStarting("gc-"),
        instead: "translate in gc-core",
    },
    Rule {
        package: "gc-server",
        forbidden: Forbidden::Crates(&["quick-xml", "minidom", "roxmltree"]),
        instead: "read XML in finesse-protocol or finesse-client",
    },
    Rule {
        package: "finesse-sim",
        forbidden: Forbidden::OursBut(&[]),
        instead: "answer from the simulator's own model: a wrong type of ours must not agree with itself",
    },
    Rule {
        package: "stomp-client",
        forbidden: Forbidden::OursBut(&[]),
        instead: "keep it a STOMP library; what is ours belongs into gc-server",
    },
];

const XMPP: &[&str] = &["tokio-xmpp", "xmpp-parsers"];
const XMPP_USERS: &[&str] = &["finesse-client", "finesse-sim"];

/// Breaches of the layer rules.
pub(crate) fn check(metadata: &Metadata) -> Vec<String> {
    let packages = metadata.workspace_packages();
    let ours: BTreeSet<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut breaches = Vec::new();
    for package in &packages {
        breaches.extend(forbidden_dependencies(package, &ours));
        breaches.extend(stray_xmpp(package));
        breaches.extend(stray_anyhow(package));
        breaches.extend(dependencies_on_programs(package, &packages));
    }
    breaches.extend(component_feature(metadata));
    breaches
}

fn forbidden_dependencies(package: &Package, ours: &BTreeSet<&str>) -> Vec<String> {
    let rules = RULES
        .iter()
        .filter(|rule| rule.package == package.name.as_str());
    rules
        .flat_map(|rule| {
            shipped(package)
                .filter(|name| rule.forbidden.covers(name, ours))
                .map(|name| {
                    format!(
                        "{} must not depend on {name}: {}",
                        package.name, rule.instead
                    )
                })
        })
        .collect()
}

impl Forbidden {
    fn covers(&self, name: &str, ours: &BTreeSet<&str>) -> bool {
        match self {
            Self::OursBut(allowed) => ours.contains(name) && !allowed.contains(&name),
            Self::OursStarting(prefix) => ours.contains(name) && name.starts_with(prefix),
            Self::Crates(names) => names.contains(&name),
        }
    }
}

/// Dependencies that users of the crate get; tests may use more.
fn shipped(package: &Package) -> impl Iterator<Item = &str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development)
        .map(|dependency| dependency.name.as_str())
}

fn stray_xmpp(package: &Package) -> Vec<String> {
    if XMPP_USERS.contains(&package.name.as_str()) {
        return Vec::new();
    }
    shipped(package)
        .filter(|name| XMPP.contains(name))
        .map(|name| {
            format!(
                "{} must not depend on {name}: only finesse-client and finesse-sim speak XMPP",
                package.name
            )
        })
        .collect()
}

fn stray_anyhow(package: &Package) -> Option<String> {
    let library = is_library_crate(package) && package.name.as_str() != "gc-testkit";
    (library && shipped(package).any(|name| name == "anyhow")).then(|| {
        format!(
            "{} must not depend on anyhow: give its errors a type",
            package.name
        )
    })
}

fn is_library_crate(package: &Package) -> bool {
    package
        .manifest_path
        .components()
        .any(|part| part.as_str() == "crates")
}

fn dependencies_on_programs(package: &Package, packages: &[&Package]) -> Vec<String> {
    let programs: BTreeSet<&str> = packages
        .iter()
        .filter(|candidate| !candidate.targets.iter().any(|target| target.is_lib()))
        .map(|candidate| candidate.name.as_str())
        .collect();
    package
        .dependencies
        .iter()
        .filter(|dependency| programs.contains(dependency.name.as_str()))
        .map(|dependency| {
            format!(
                "{} must not depend on the program {}: move what it needs into a library",
                package.name, dependency.name
            )
        })
        .collect()
}

/// `component` switches the namespace of every client stanza in the whole build.
fn component_feature(metadata: &Metadata) -> Vec<String> {
    let Some(resolve) = &metadata.resolve else {
        return vec!["cargo metadata has no resolved graph: run it without --no-deps".to_owned()];
    };
    resolve
        .nodes
        .iter()
        .filter(|node| XMPP.contains(&metadata[&node.id].name.as_str()))
        .filter(|node| node.features.iter().any(|feature| feature.as_str() == "component"))
        .map(|node| {
            let name = &metadata[&node.id].name;
            format!(
                "the feature `component` of {name} is on: find who asks for it with `cargo tree -e features -i {name}` and turn it off"
            )
        })
        .collect()
}
