//! The notifications in a file.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use finesse_protocol::{Data, Document, Source, Update, UpdateEvent, read_document};

/// Reads a file; a message may hold several notifications, and a broken one costs only itself.
pub(crate) fn read(path: &Path) -> Vec<Result<Update>> {
    match document(path) {
        Ok(document) => updates(document),
        Err(error) => vec![Err(error)],
    }
}

fn document(path: &Path) -> Result<Document> {
    let text = std::fs::read_to_string(path).context("cannot be read")?;
    Ok(read_document(text.trim_start_matches('\u{feff}'))?)
}

fn updates(document: Document) -> Vec<Result<Update>> {
    match document {
        Document::Update(update) => vec![Ok(update)],
        Document::Stanza(stanza) if stanza.updates.is_empty() => {
            vec![Err(anyhow!("a message without a notification"))]
        }
        Document::Stanza(stanza) => stanza
            .updates
            .into_iter()
            .map(|update| update.map_err(anyhow::Error::from))
            .collect(),
        Document::Dialog(dialog) => {
            let source = Source::Dialog(dialog.id.clone());
            vec![Ok(changed(source, Data::Dialog(dialog)))]
        }
        Document::User(user) => {
            let source = Source::User(user.login_id.clone());
            vec![Ok(changed(source, Data::User(user)))]
        }
        other => vec![Err(anyhow!("no notification: {other:?}"))],
    }
}

/// A document by itself says what an object is now, as a PUT does.
fn changed(source: Source, data: Data) -> Update {
    Update {
        event: UpdateEvent::Put,
        request_id: String::new(),
        source,
        data,
    }
}
