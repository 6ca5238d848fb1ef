//! The store on a disk.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use gc_core::ClientId;
use gc_protocol::{AgentId, Secret};
use tempfile::TempDir;

use super::*;

const CANARY: &str = "canary-7c1f";

fn key(letter: char) -> Secret {
    Secret::new(format!("gcs_{}", letter.to_string().repeat(43)))
}

struct Place {
    _folder: TempDir,
    settings: config::Store,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let settings = config::Store {
            path: path.to_str().unwrap().to_owned(),
            key: key('A'),
            ..config::Store::default()
        };
        Self {
            _folder: folder,
            settings,
        }
    }

    fn open(&self) -> Result<(Store, Keeper, Vec<Record>), StoreError> {
        open(&self.settings).map(Option::unwrap)
    }

    /// What is in it.
    fn records(&self) -> Vec<Record> {
        self.open().unwrap().2
    }

    /// Does something and waits until it is on the disk.
    async fn with(&self, act: impl FnOnce(&Store)) {
        let (store, keeper, _) = self.open().unwrap();
        act(&store);
        drop(store);
        keeper.run().await;
    }

    fn refusal(&self) -> String {
        self.open().err().unwrap().to_string()
    }

    /// Files with that ending.
    fn files(&self, ending: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.settings.path).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> = paths
            .filter(|path| path.extension().is_some_and(|found| found == ending))
            .filter(|path| path.file_stem().is_some_and(|name| name != "key"))
            .collect();
        files.sort();
        files
    }

    fn bytes(&self) -> Vec<u8> {
        let entries = fs::read_dir(&self.settings.path).unwrap();
        let files = entries.map(|entry| entry.unwrap().path());
        files.flat_map(|file| fs::read(file).unwrap()).collect()
    }
}

fn agent(id: &str, secret: &str) -> Record {
    Record::Agent(KeptAgent {
        agent: AgentId::from(id),
        client: ClientId::new("crm"),
        destination: "desk-17".into(),
        host: "finesse-a.example.org".to_owned(),
        secret: Secret::new(secret),
        kind: Kind::Password,
    })
}

fn about(id: &str) -> About {
    About::Agent(AgentId::from(id))
}

fn sorted(mut records: Vec<Record>) -> Vec<Record> {
    records.sort_by_key(Record::about);
    records
}

#[test]
fn without_a_path_there_is_no_store() {
    assert!(open(&config::Store::default()).unwrap().is_none());
}

#[tokio::test]
async fn what_is_saved_is_there_for_the_next_process_and_only_the_newest_of_it() {
    let place = Place::new();
    assert_eq!(place.records(), []);
    place
        .with(|store| {
            store.save(agent("41027", "old"));
            store.save(agent("41033", "demo"));
            store.save(agent("41027", "new"));
        })
        .await;
    let both = [agent("41027", "new"), agent("41033", "demo")];
    assert_eq!(sorted(place.records()), both);
    place
        .with(|store| store.save(agent("41027", "newer")))
        .await;
    place.with(|store| store.remove(about("41033"))).await;
    assert_eq!(place.records(), [agent("41027", "newer")]);
    assert_eq!(place.files("record").len(), 1);
}

#[tokio::test]
async fn no_file_shows_a_password_an_agent_or_a_destination_and_nobody_else_may_read_one() {
    let place = Place::new();
    place.with(|store| store.save(agent("41027", CANARY))).await;
    let bytes = place.bytes();
    for text in [CANARY, "41027", "desk-17", "crm"] {
        let shown = bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes());
        assert!(!shown, "{text}");
    }
    for entry in fs::read_dir(&place.settings.path).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(!entry.file_name().to_str().unwrap().contains("41027"));
    }
    let folder = fs::metadata(&place.settings.path).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn another_key_opens_nothing_and_changes_nothing() {
    let mut place = Place::new();
    place.with(|store| store.save(agent("41027", "demo"))).await;
    let before = place.bytes();
    place.settings.key = key('E');
    assert!(place.refusal().contains("was sealed with another key"));
    // Nor does it when the mark of the key is gone.
    let mark = Path::new(&place.settings.path).join("key.record");
    let marked = fs::read(&mark).unwrap();
    fs::remove_file(&mark).unwrap();
    assert!(place.refusal().contains("was sealed with another key"));
    fs::write(&mark, marked).unwrap();
    assert_eq!(place.bytes(), before);
    place.settings.key = key('A');
    assert_eq!(place.records(), [agent("41027", "demo")]);
}

#[tokio::test]
async fn an_empty_store_has_a_key_too() {
    let mut place = Place::new();
    assert_eq!(place.records(), []);
    place.settings.key = key('E');
    assert!(place.refusal().contains("was sealed with another key"));
}

#[tokio::test]
async fn a_key_is_replaced_by_naming_the_old_one_once() {
    let mut place = Place::new();
    place.with(|store| store.save(agent("41027", "demo"))).await;
    let old = Path::new(&place.settings.path).with_file_name("old-key");
    fs::write(&old, key('A').expose()).unwrap();
    fs::set_permissions(&old, Permissions::from_mode(0o600)).unwrap();
    place.settings.old_key_files = vec![old.to_str().unwrap().to_owned()];
    place.settings.key = key('E');
    assert_eq!(place.records(), [agent("41027", "demo")]);
    place.settings.old_key_files = Vec::new();
    assert_eq!(place.records(), [agent("41027", "demo")]);
    place.settings.key = key('A');
    assert!(place.refusal().contains("was sealed with another key"));
}

#[tokio::test]
async fn a_damaged_record_is_set_aside_and_the_others_are_read() {
    for damage in [
        |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2),
        |bytes: &mut Vec<u8>| bytes.clear(),
        |bytes: &mut Vec<u8>| bytes[60] ^= 1,
        |bytes: &mut Vec<u8>| bytes[6] ^= 1,
        |bytes: &mut Vec<u8>| bytes[0] ^= 1,
        |bytes: &mut Vec<u8>| bytes.resize(4 * 1024 * 1024, 0),
    ] {
        let place = Place::new();
        place
            .with(|store| {
                store.save(agent("41027", "demo"));
                store.save(agent("41033", "demo"));
            })
            .await;
        let file = &place.files("record")[0];
        let mut bytes = fs::read(file).unwrap();
        damage(&mut bytes);
        fs::write(file, bytes).unwrap();
        assert_eq!(place.records().len(), 1);
        assert_eq!(place.files("damaged").len(), 1);
        assert_eq!(place.records().len(), 1, "and not looked at again");
    }
}

#[tokio::test]
async fn records_that_were_swapped_are_damaged() {
    let place = Place::new();
    place
        .with(|store| {
            store.save(agent("41027", "demo"));
            store.save(agent("41033", "demo"));
        })
        .await;
    let files = place.files("record");
    let [one, other] = files.as_slice() else {
        unreachable!("two records");
    };
    let (first, second) = (fs::read(one).unwrap(), fs::read(other).unwrap());
    fs::write(one, second).unwrap();
    fs::write(other, first).unwrap();
    assert_eq!(place.records(), []);
    assert_eq!(place.files("damaged").len(), 2);
}

#[tokio::test]
async fn what_a_process_left_half_written_or_half_wiped_is_no_record() {
    let place = Place::new();
    place.with(|store| store.save(agent("41027", "demo"))).await;
    let file = &place.files("record")[0];
    let whole = fs::read(file).unwrap();
    fs::write(file.with_extension("new"), &whole[..40]).unwrap();
    fs::write(file.with_extension("old"), &whole).unwrap();
    assert_eq!(place.records(), [agent("41027", "demo")]);
    assert_eq!((place.files("new").len(), place.files("old").len()), (0, 0));
    assert_eq!(place.files("damaged").len(), 0);
}

#[test]
fn two_gateways_never_use_one_store() {
    let place = Place::new();
    let first = place.open().unwrap();
    assert!(place.refusal().ends_with("is used by another gateway"));
    drop(first);
    place.open().unwrap();
}

#[test]
fn a_folder_that_others_may_look_into_is_refused() {
    let place = Place::new();
    drop(place.open().unwrap());
    for mode in [0o750, 0o705, 0o711] {
        fs::set_permissions(&place.settings.path, Permissions::from_mode(mode)).unwrap();
        assert!(place.refusal().ends_with("chmod 700"), "{mode:o}");
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_written_when_it_can_be() {
    let place = Place::new();
    let (store, keeper, _) = place.open().unwrap();
    let away = Path::new(&place.settings.path).with_extension("away");
    fs::rename(&place.settings.path, &away).unwrap();
    let keeping = tokio::spawn(keeper.run());
    store.save(agent("41027", "old"));
    while !store.0.wishes().all.is_empty() {
        tokio::task::yield_now().await;
    }
    store.save(agent("41027", "new"));
    fs::rename(&away, &place.settings.path).unwrap();
    drop(store);
    keeping.await.unwrap();
    assert_eq!(place.records(), [agent("41027", "new")]);
}

fn begun(number: u8) -> Record {
    Record::Command(KeptCommand {
        mark: [number; 16],
        since: std::time::UNIX_EPOCH + Duration::from_secs(1_795_000_000),
    })
}

#[tokio::test]
async fn a_command_is_on_the_disk_when_the_store_is_settled_and_before_what_nobody_waits_for() {
    let place = Place::new();
    let (store, keeper, _) = place.open().unwrap();
    assert!(store.settled().is_none());
    for number in 0..200 {
        store.save(agent(&format!("{number}"), "demo"));
    }
    assert!(store.settled().is_none(), "nobody waits for sessions");
    store.save(begun(7));
    let settled = store.settled().unwrap();
    let keeping = tokio::spawn(keeper.run());
    settled.await;
    assert_eq!(place.files("record").len(), 1);
    assert!(store.settled().is_none());
    drop(store);
    keeping.await.unwrap();
    let records = sorted(place.records());
    assert_eq!(records.len(), 201);
    assert_eq!(records.last(), Some(&begun(7)));
}

#[tokio::test]
async fn a_store_that_cannot_be_written_settles_all_the_same() {
    let place = Place::new();
    let (store, keeper, _) = place.open().unwrap();
    let away = Path::new(&place.settings.path).with_extension("away");
    fs::rename(&place.settings.path, &away).unwrap();
    store.save(begun(7));
    let settled = store.settled().unwrap();
    let keeping = tokio::spawn(keeper.run());
    settled.await;
    fs::rename(&away, &place.settings.path).unwrap();
    drop(store);
    keeping.await.unwrap();
    assert_eq!(place.records(), [begun(7)]);
}
