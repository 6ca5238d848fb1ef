//! Where settings come from: a file, then the environment, then the command line, each over the one before.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Config;

/// The sources of a configuration, the weakest first.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// A TOML file.
    pub file: Option<PathBuf>,
    /// Pairs like `GC__SERVER__LISTEN` and a value; other names are skipped.
    pub environment: Vec<(String, String)>,
    /// Pairs like `server.listen=127.0.0.1:9000`.
    pub overrides: Vec<String>,
}

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// The file is no TOML, or holds a setting that does not exist or has the wrong form.
    #[error("{path}: line {line}, column {column}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong, without the line itself: it may hold a secret.
        reason: String,
    },
    /// An override names nothing that can be set, or has a value of the wrong form.
    #[error("{source_name}: {reason}")]
    Override {
        /// The variable or the argument.
        source_name: String,
        /// What is wrong.
        reason: String,
    },
}

impl Sources {
    /// Reads all sources.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let mut table = match &self.file {
            Some(path) => read_file(path)?,
            None => Table::new(),
        };
        for (name, value) in &self.environment {
            if let Some(key) = key_of_variable(name) {
                apply(&mut table, name, &key, value)?;
            }
        }
        for text in &self.overrides {
            let (key, value) = split_override(text)?;
            apply(&mut table, text, &key, value)?;
        }
        Value::Table(table)
            .try_into()
            .map_err(|reason: toml::de::Error| ConfigError::Override {
                source_name: "settings".to_owned(),
                reason: message(&reason),
            })
    }
}

fn read_file(path: &Path) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|reason| ConfigError::Unreadable {
        path: path.to_owned(),
        reason,
    })?;
    let wrong = |error: toml::de::Error| {
        let (line, column) = position(&text, error.span().map_or(0, |span| span.start));
        ConfigError::File {
            path: path.to_owned(),
            line,
            column,
            reason: message(&error),
        }
    };
    // Read as the settings first: this is the reading that can name line and column.
    toml::from_str::<Config>(&text).map_err(wrong)?;
    toml::from_str(&text).map_err(wrong)
}

/// Line and column of a byte.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// What is wrong, without the text that was found: a secret in the wrong place is still one.
fn message(error: &toml::de::Error) -> String {
    let message = error.message();
    match message.split_once("string \"") {
        Some((before, quoted)) => {
            let after = quoted.rsplit_once('"').map_or("", |(_, after)| after);
            format!("{before}string{after}")
        }
        None => message.to_owned(),
    }
}

fn key_of_variable(name: &str) -> Option<Vec<String>> {
    let key = name.strip_prefix("GC__")?;
    Some(key.split("__").map(str::to_ascii_lowercase).collect())
}

fn split_override(text: &str) -> Result<(Vec<String>, &str), ConfigError> {
    let (key, value) = text.split_once('=').ok_or_else(|| ConfigError::Override {
        source_name: "an override without `=`".to_owned(),
        reason: "write section.key=value".to_owned(),
    })?;
    Ok((key.trim().split('.').map(str::to_owned).collect(), value))
}

/// Sets one key and checks at once that the settings can still be read, so that the error names its source.
fn apply(table: &mut Table, source: &str, key: &[String], value: &str) -> Result<(), ConfigError> {
    let wrong = |reason: String| ConfigError::Override {
        source_name: source.split('=').next().unwrap_or(source).to_owned(),
        reason,
    };
    let mut first_error = None;
    for candidate in readings(value) {
        let mut changed = table.clone();
        set(&mut changed, key, candidate).map_err(wrong)?;
        match Value::Table(changed.clone()).try_into::<Config>() {
            Ok(_) => {
                *table = changed;
                return Ok(());
            }
            Err(error) => {
                first_error.get_or_insert(message(&error));
            }
        }
    }
    Err(wrong(first_error.unwrap_or_default()))
}

/// A value may be TOML (`8`, `["a"]`) or bare text (`info`, `127.0.0.1:8112`).
fn readings(value: &str) -> Vec<Value> {
    let bare = Value::String(value.to_owned());
    match format!("value = {value}").parse::<Table>() {
        Ok(mut table) => table.remove("value").into_iter().chain([bare]).collect(),
        Err(_) => vec![bare],
    }
}

fn set(table: &mut Table, key: &[String], value: Value) -> Result<(), String> {
    match key {
        [] => Err("names no setting".to_owned()),
        [last] => {
            table.insert(last.clone(), value);
            Ok(())
        }
        [first, rest @ ..] => {
            let inner = table
                .entry(first.clone())
                .or_insert_with(|| Value::Table(Table::new()));
            set_within(inner, rest, value)
        }
    }
}

fn set_within(inner: &mut Value, key: &[String], value: Value) -> Result<(), String> {
    match inner {
        Value::Table(table) => set(table, key, value),
        Value::Array(items) => {
            let (index, rest) = key.split_first().ok_or("names no setting")?;
            let item = index
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get_mut(index))
                .ok_or_else(|| format!("there is no item `{index}`"))?;
            set_within(item, rest, value)
        }
        Value::String(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_) => Err("is a value, not a section".to_owned()),
    }
}
