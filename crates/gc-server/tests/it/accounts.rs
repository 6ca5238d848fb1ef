//! Accounts of the gateway's own, as the settings describe them.

use std::io::Write;

use finesse_protocol::{Product, Release};
use gc_protocol::Secret;
use gc_server::config::{self, Config};
use pretty_assertions::assert_eq;

fn secret_file(text: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text).unwrap();
    file
}

fn path(file: &tempfile::NamedTempFile) -> String {
    file.path().to_str().unwrap().into()
}

#[test]
fn what_is_not_configured_is_none() {
    let config = Config::default();
    assert!(config.sites()[0].administrator().unwrap().is_none());
    assert!(config.sites()[0].config_api().unwrap().is_none());
    assert!(config.agent_extensions.is_empty());
    assert_eq!(config.finesse.product.chosen(), None);
    assert_eq!(config.finesse.release.chosen(), None);
}

#[test]
fn what_is_configured_is_there_and_prints_no_secret() {
    let mut config = Config::default();
    config.finesse.administrator.name = "administrator".into();
    config.finesse.administrator.password = Secret::new("c4nary");
    config.ucce_config.host = "aw-a.example.org".into();
    config.ucce_config.user = "gateway@example.org".into();
    config.ucce_config.password = Secret::new("c4nary");
    config.recorder.secret = Secret::new("c4nary");
    let account = config.sites()[0].administrator().unwrap().unwrap();
    let api = config.sites()[0].config_api().unwrap().unwrap();
    let printed = format!("{account:?} {api:?} {config:?}");
    assert!(printed.contains("administrator") && printed.contains("aw-a.example.org"));
    assert!(!printed.contains("c4nary"));
}

#[test]
fn a_password_may_lie_in_a_file() {
    for text in [&b"c4nary"[..], b"c4nary\n", b"c4nary\r\n"] {
        let file = secret_file(text);
        let mut config = Config::default();
        config.finesse.administrator.password_file = path(&file);
        config.ucce_config.password_file = path(&file);
        let administrator = config.finesse.administrator.password().unwrap();
        assert_eq!(administrator.expose(), "c4nary");
        assert_eq!(config.ucce_config.password().unwrap().expose(), "c4nary");
    }
    let spaced = secret_file(b" c4nary c4nary \n");
    let administrator = config::Administrator {
        password_file: path(&spaced),
        ..config::Administrator::default()
    };
    assert_eq!(
        administrator.password().unwrap().expose(),
        " c4nary c4nary "
    );
}

#[test]
fn a_file_without_a_password_is_refused_with_the_setting_and_not_its_text() {
    let (empty, binary, large) = (
        secret_file(b"\n"),
        secret_file(b"c4nary\xff"),
        secret_file("c4nary ".repeat(5_000).as_bytes()),
    );
    for file in [
        path(&empty),
        path(&binary),
        path(&large),
        "/nonexistent".into(),
    ] {
        let mut config = Config::default();
        config.finesse.administrator.name = "administrator".into();
        config.finesse.administrator.password_file = file.clone();
        config.ucce_config.host = "aw-a.example.org".into();
        config.ucce_config.password_file = file.clone();
        let administrator = config.sites()[0].administrator().unwrap_err();
        let api = config.sites()[0].config_api().unwrap_err();
        for (error, setting) in [
            (administrator, "finesse.administrator.password_file"),
            (api, "ucce_config.password_file"),
        ] {
            let text = format!("{error} {error:?}");
            assert!(text.contains(setting) && text.contains(&file), "{text}");
            assert!(!text.contains("c4nary"), "{text}");
        }
    }
}

#[test]
fn a_product_and_a_release_can_be_chosen() {
    for (word, product) in [("ucce", Product::Ucce), ("uccx", Product::Uccx)] {
        let config = toml(&format!("product = \"{word}\""));
        assert_eq!(config.finesse.product.chosen(), Some(product));
    }
    for (word, release) in [
        ("11.6", Release::V11_6),
        ("12.5", Release::V12_5),
        ("12.6", Release::V12_6),
        ("15.0", Release::V15_0),
    ] {
        let config = toml(&format!("release = \"{word}\""));
        assert_eq!(config.finesse.release.chosen(), Some(release));
        assert_eq!(release.as_str(), word);
    }
}

fn toml(setting: &str) -> Config {
    let file = secret_file(format!("[finesse]\n{setting}\n").as_bytes());
    let sources = config::Sources {
        file: Some(file.path().to_owned()),
        ..config::Sources::default()
    };
    sources.load().unwrap()
}
