//! What no gateway can do without: decrypting the stanza, reading it, writing the event.

use std::hint::black_box;
use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use anyhow::{Context, Result};
use finesse_protocol::Update;
use gc_core::Config;
use gc_core::replay::Replay;
use gc_protocol::{AgentId, Event, Printer, Style};
use quick_xml::escape::unescape;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

use crate::documents::{self, Side};
use crate::pure::average;

/// µs for one event, each part measured alone and added up.
pub(crate) fn micros(bytes: usize) -> Result<f64> {
    let xml = documents::dialog("6127", 1, Side::Active, 1, bytes);
    let escaped = escape(&xml);
    let event = event(&xml)?;
    let printer = Printer::new(&Style::default())?;
    let read = average(|| match unescape(black_box(&escaped)) {
        Ok(text) => black_box(Update::parse(&text)).is_ok(),
        Err(_) => false,
    });
    let write = average(|| !black_box(printer.print(black_box(&event))).is_empty());
    Ok(decrypt(&stanza(&escaped))? + read + write)
}

fn escape(update: &str) -> String {
    update
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn stanza(escaped: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='pubsub.fin-a.acme.test' to='41027@fin-a.acme.test' id='9sKq2LdB'>\
         <event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/41027/Dialogs'>\
         <item id='1'><notification xmlns='http://jabber.org/protocol/pubsub'>{escaped}</notification></item>\
         </items></event></message>"
    )
}

fn event(xml: &str) -> Result<Event> {
    let extension = Some("6127".to_owned());
    let mut replay = Replay::new(AgentId::from("41027"), extension, Config::default());
    replay
        .apply(Update::parse(xml)?)
        .pop()
        .context("the notification gave no event")
}

/// µs to decrypt the text, in batches that were encrypted before the clock ran.
fn decrypt(text: &str) -> Result<f64> {
    let (mut client, mut server) = handshaken()?;
    let mut plain = vec![0; text.len()];
    let (mut spent, mut runs) = (std::time::Duration::ZERO, 0_u32);
    while spent.as_secs_f64() < 0.5 {
        server.writer().write_all(text.as_bytes())?;
        let mut wire = Vec::with_capacity(text.len() + 256);
        while server.wants_write() {
            server.write_tls(&mut wire)?;
        }
        let began = std::time::Instant::now();
        let mut unread = Cursor::new(&wire);
        while (unread.position() as usize) < wire.len() {
            client.read_tls(&mut unread)?;
            client.process_new_packets()?;
        }
        client.reader().read_exact(&mut plain)?;
        spent += began.elapsed();
        runs += 1;
    }
    Ok(spent.as_secs_f64() * 1e6 / f64::from(runs))
}

fn handshaken() -> Result<(ClientConnection, ServerConnection)> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone())?;
    let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    let mut client = ClientConnection::new(Arc::new(client), ServerName::try_from("localhost")?)?;
    let mut server = ServerConnection::new(Arc::new(server))?;
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire)?;
        server.read_tls(&mut Cursor::new(wire))?;
        server.process_new_packets()?;
        let mut wire = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut wire)?;
        }
        let mut unread = Cursor::new(&wire);
        while (unread.position() as usize) < wire.len() {
            client.read_tls(&mut unread)?;
            client.process_new_packets()?;
        }
    }
    Ok((client, server))
}
