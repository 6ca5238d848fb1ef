//! The lines that gc-testkit wrote, by world: all that happened around one gateway in one test.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::rows::Product;

/// What happened around one gateway in one test, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scene {
    pub(super) test: String,
    pub(super) product: Option<Product>,
    pub(super) facts: Vec<Fact>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fact {
    Sent {
        client: u64,
        command: String,
    },
    Ended {
        client: u64,
        command: String,
        outcome: String,
    },
    Compared {
        client: u64,
        event: String,
        error_type: Option<String>,
        mode: Option<String>,
    },
    Refused {
        client: u64,
        error_type: String,
    },
    Campaign {
        mode: String,
    },
    Reached {
        error_type: String,
    },
}

/// Everything in a folder, sorted by test.
pub(super) fn read(folder: &Path) -> Result<Vec<Scene>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("nothing is recorded in {}", folder.display()))?;
    let mut scenes = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        scenes.extend(scenes_of(&text).with_context(|| path.display().to_string())?);
    }
    scenes.sort_by(|one, other| one.test.cmp(&other.test));
    Ok(scenes)
}

/// The lines of one process.
fn scenes_of(text: &str) -> Result<Vec<Scene>> {
    let mut scenes: BTreeMap<u64, Scene> = BTreeMap::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).context("a line is no JSON")?;
        let world = line["world"].as_u64().context("a line names no world")?;
        let product = match line["product"].as_str() {
            Some(word) => Some(Product::from_word(word).with_context(|| word.to_owned())?),
            None => None,
        };
        let scene = scenes.entry(world).or_insert_with(|| Scene {
            test: text_of(&line, "test"),
            product,
            facts: Vec::new(),
        });
        scene.facts.push(fact(&line)?);
    }
    Ok(scenes.into_values().collect())
}

fn fact(line: &Value) -> Result<Fact> {
    let text = |key| text_of(line, key);
    let optional = |key: &str| line[key].as_str().map(str::to_owned);
    let client = line["client"].as_u64().unwrap_or_default();
    Ok(match text("fact").as_str() {
        "sent" => Fact::Sent {
            client,
            command: text("command"),
        },
        "ended" => Fact::Ended {
            client,
            command: text("command"),
            outcome: text("outcome"),
        },
        "compared" => Fact::Compared {
            client,
            event: text("event"),
            error_type: optional("errorType"),
            mode: optional("mode"),
        },
        "refused" => Fact::Refused {
            client,
            error_type: text("errorType"),
        },
        "campaign" => Fact::Campaign { mode: text("mode") },
        "reached" => Fact::Reached {
            error_type: text("errorType"),
        },
        other => bail!("a line tells of `{other}`, which nobody knows"),
    })
}

fn text_of(line: &Value, key: &str) -> String {
    line[key].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    // As gc-testkit has a test of writing them.
    const LINES: &str = r#"{"client":3,"command":"HoldCall","fact":"sent","product":"UCCX","test":"flows::hold","world":4}
{"client":3,"command":"HoldCall","fact":"ended","outcome":"done","product":"UCCX","test":"flows::hold","world":4}
{"client":3,"errorType":"DOWN","event":"Error","fact":"compared","mode":null,"product":"UCCX","test":"flows::hold","world":4}
{"client":3,"errorType":null,"event":"OutboundCall","fact":"compared","mode":"predictive","product":"UCCX","test":"flows::hold","world":4}
{"errorType":"DOWN","fact":"reached","product":null,"test":"errors","world":5}
{"client":3,"errorType":"PLEASE_RETRY","fact":"refused","product":"UCCX","test":"flows::hold","world":4}
{"fact":"campaign","mode":"progressive","product":"UCCX","test":"flows::hold","world":4}
"#;

    #[test]
    fn lines_are_told_apart_by_world() {
        let scenes = scenes_of(LINES).unwrap();
        assert_eq!(scenes.len(), 2);
        assert_eq!(scenes[0].test, "flows::hold");
        assert_eq!(scenes[0].product, Some(Product::Uccx));
        assert_eq!(
            scenes[0].facts,
            [
                Fact::Sent {
                    client: 3,
                    command: "HoldCall".to_owned()
                },
                Fact::Ended {
                    client: 3,
                    command: "HoldCall".to_owned(),
                    outcome: "done".to_owned()
                },
                Fact::Compared {
                    client: 3,
                    event: "Error".to_owned(),
                    error_type: Some("DOWN".to_owned()),
                    mode: None
                },
                Fact::Compared {
                    client: 3,
                    event: "OutboundCall".to_owned(),
                    error_type: None,
                    mode: Some("predictive".to_owned())
                },
                Fact::Refused {
                    client: 3,
                    error_type: "PLEASE_RETRY".to_owned()
                },
                Fact::Campaign {
                    mode: "progressive".to_owned()
                },
            ]
        );
        assert_eq!(
            scenes[1].facts,
            [Fact::Reached {
                error_type: "DOWN".to_owned()
            }]
        );
    }

    #[test]
    fn a_line_that_nobody_knows_is_an_error() {
        assert!(scenes_of("{\"world\":1,\"fact\":\"guessed\"}").is_err());
        assert!(scenes_of("{\"fact\":\"sent\"}").is_err());
        assert!(scenes_of("nonsense").is_err());
    }
}
