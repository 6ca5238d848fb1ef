//! The gateway that a test's clients talk to: which test, which product, which style of events.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use gc_protocol::Style;
use gc_protocol::schema::Service;
use serde_json::{Value, json};

use super::journal::Journal;
use super::{Fact, Product};
use crate::answers::{Answered, Answers, Asked};
use crate::log_guard::LogGuard;
use crate::schemas::Schemas;

/// Whose evidence is recorded; clones are the same.
#[derive(Debug, Clone)]
pub struct Scene(Arc<Circumstances>);

#[derive(Debug)]
struct Circumstances {
    test: String,
    product: Option<Product>,
    // What happens in one world proves nothing about another one of the same test.
    world: u64,
    schemas: Arc<Schemas>,
    answers: Option<Arc<Answers>>,
    misfits: Mutex<Vec<String>>,
}

static WORLDS: AtomicU64 = AtomicU64::new(0);
static SCENES: Mutex<BTreeMap<SocketAddr, Scene>> = Mutex::new(BTreeMap::new());

impl Scene {
    /// What happens at a gateway belongs to the running test, until [`Scene::end`].
    pub fn begin(gateway: SocketAddr, product: Product, service: &Service) -> Self {
        let answers = Some(Answers::of(service));
        let scene = Self(Arc::new(Circumstances {
            answers,
            ..Circumstances::new(running_test(), Some(product), next_world(), &service.style)
        }));
        scenes().insert(gateway, scene.clone());
        scene
    }

    /// The scene of a gateway; a gateway that no world started belongs to nobody's product.
    pub fn of(gateway: SocketAddr) -> Self {
        scenes().get(&gateway).cloned().unwrap_or_else(Self::alone)
    }

    /// A test without a gateway.
    pub fn alone() -> Self {
        Self::new(running_test(), None, next_world(), &Style::default())
    }

    /// The gateway is gone.
    pub fn end(gateway: SocketAddr) {
        scenes().remove(&gateway);
    }

    /// Writes a line, if evidence is wanted.
    pub fn record(&self, fact: Fact<'_>) {
        if let Some(journal) = Journal::global() {
            journal.add(&self.line(fact));
        }
    }

    /// Holds a frame or the body of a callback against the schema of its event, and looks for secrets in it.
    pub fn check(&self, received: &Value) {
        LogGuard::global().inspect("an event", &received.to_string());
        if let Err(misfit) = self.0.schemas.check(received) {
            self.misfit_list().push(misfit);
        }
    }

    /// Holds an answer over HTTP against the gateway's OpenAPI document.
    pub fn check_answer(&self, asked: Asked<'_>, answered: Answered<'_>) {
        let answers = self.0.answers.as_ref();
        if let Some(Err(misfit)) = answers.map(|answers| answers.check(asked, answered)) {
            self.misfit_list().push(misfit);
        }
    }

    /// What came and does not fit its schema.
    pub fn misfits(&self) -> Vec<String> {
        self.misfit_list().clone()
    }

    fn misfit_list(&self) -> MutexGuard<'_, Vec<String>> {
        self.0
            .misfits
            .lock()
            .unwrap_or_else(|held| held.into_inner())
    }

    fn new(test: String, product: Option<Product>, world: u64, style: &Style) -> Self {
        Self(Arc::new(Circumstances::new(test, product, world, style)))
    }

    fn line(&self, fact: Fact<'_>) -> String {
        let mut line = fact.json();
        line["test"] = json!(self.0.test);
        line["world"] = json!(self.0.world);
        line["product"] = json!(self.0.product.map(Product::as_str));
        line.to_string()
    }
}

impl Circumstances {
    fn new(test: String, product: Option<Product>, world: u64, style: &Style) -> Self {
        Self {
            test,
            product,
            world,
            schemas: Schemas::of(style),
            answers: None,
            misfits: Mutex::default(),
        }
    }
}

fn next_world() -> u64 {
    WORLDS.fetch_add(1, Ordering::Relaxed)
}

fn scenes() -> MutexGuard<'static, BTreeMap<SocketAddr, Scene>> {
    SCENES.lock().unwrap_or_else(|held| held.into_inner())
}

/// The test harness names the thread of a test after it.
fn running_test() -> String {
    let thread = std::thread::current();
    thread
        .name()
        .unwrap_or("a thread without a name")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene() -> Scene {
        Scene::new(
            "flows::hold".to_owned(),
            Some(Product::Uccx),
            4,
            &Style::default(),
        )
    }

    // `cargo xtask coverage` has a test that reads these very lines.
    #[test]
    fn each_fact_is_one_line() {
        let facts = [
            (
                Fact::Sent {
                    client: 3,
                    command: "HoldCall",
                },
                r#"{"client":3,"command":"HoldCall","fact":"sent","product":"UCCX","test":"flows::hold","world":4}"#,
            ),
            (
                Fact::Ended {
                    client: 3,
                    command: "HoldCall",
                    outcome: "done",
                },
                r#"{"client":3,"command":"HoldCall","fact":"ended","outcome":"done","product":"UCCX","test":"flows::hold","world":4}"#,
            ),
            (
                Fact::Compared {
                    client: 3,
                    event: "Error",
                    error_type: Some("DOWN"),
                    mode: None,
                },
                r#"{"client":3,"errorType":"DOWN","event":"Error","fact":"compared","mode":null,"product":"UCCX","test":"flows::hold","world":4}"#,
            ),
            (
                Fact::Compared {
                    client: 3,
                    event: "OutboundCall",
                    error_type: None,
                    mode: Some("predictive"),
                },
                r#"{"client":3,"errorType":null,"event":"OutboundCall","fact":"compared","mode":"predictive","product":"UCCX","test":"flows::hold","world":4}"#,
            ),
            (
                Fact::Refused {
                    client: 3,
                    error_type: "PLEASE_RETRY",
                },
                r#"{"client":3,"errorType":"PLEASE_RETRY","fact":"refused","product":"UCCX","test":"flows::hold","world":4}"#,
            ),
            (
                Fact::Campaign {
                    mode: "progressive",
                },
                r#"{"fact":"campaign","mode":"progressive","product":"UCCX","test":"flows::hold","world":4}"#,
            ),
        ];
        for (fact, line) in facts {
            assert_eq!(scene().line(fact), line);
        }
        assert_eq!(
            Scene::new("errors".to_owned(), None, 5, &Style::default())
                .line(Fact::Reached { error_type: "DOWN" }),
            r#"{"errorType":"DOWN","fact":"reached","product":null,"test":"errors","world":5}"#
        );
    }

    #[test]
    fn a_scene_is_found_by_its_gateway_until_it_ends() {
        let gateway = SocketAddr::from(([127, 0, 0, 1], 1));
        Scene::begin(gateway, Product::Ucce, &Service::default());
        let found = Scene::of(gateway).line(Fact::Campaign { mode: "x" });
        assert!(found.contains(r#""product":"UCCE""#), "{found}");
        assert!(
            found.contains("a_scene_is_found_by_its_gateway_until_it_ends"),
            "{found}"
        );
        Scene::end(gateway);
        let lost = Scene::of(gateway).line(Fact::Campaign { mode: "x" });
        assert!(lost.contains(r#""product":null"#), "{lost}");
    }

    #[test]
    fn what_does_not_fit_its_schema_is_kept_for_the_world_to_fail_on() {
        let scene = scene();
        scene.check(&json!({"type": "System", "status": "IN_SERVICE"}));
        assert_eq!(scene.misfits(), Vec::<String>::new());
        scene.check(&json!({"type": "System", "status": "ASLEEP"}));
        assert_eq!(scene.misfits().len(), 1);
    }

    #[test]
    fn lines_of_one_process_stand_in_one_file() {
        let folder = tempfile::tempdir().unwrap();
        for line in ["{\"a\":1}", "{\"a\":2}"] {
            Journal::open(folder.path()).unwrap().add(line);
        }
        let file = folder.path().join(format!("{}.jsonl", std::process::id()));
        assert_eq!(
            std::fs::read_to_string(file).unwrap(),
            "{\"a\":1}\n{\"a\":2}\n"
        );
    }
}
