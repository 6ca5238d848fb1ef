//! What is asked of others than the agent's Finesse: the recorder, the administrator, the configuration API; and what the
//! cluster's product does not have.

use gc_core::{Authority, Cluster, ClusterId, Config, Input, MobilePort, Product, Reply, Rights};

use crate::harness::Bench;

const NOTHING: [&str; 0] = [];

fn with_services() -> Bench {
    let port = MobilePort {
        port: "LCP_7".to_owned(),
        dial_number: "03215550100".to_owned(),
    };
    Bench::with(Config {
        recorder: true,
        clusters: vec![Cluster {
            config_api: true,
            administrator: Some("administrator".into()),
            ..Cluster::of_nodes(1)
        }],
        agent_extensions: [("F-17".to_owned(), port)].into(),
        ..Config::default()
    })
}

#[test]
fn a_recording_is_paused_and_resumed_in_order() {
    let mut bench = with_services();
    bench.talking("desk-1", "41027");
    let pause = bench.send("desk-1", "ZOOMPauseRecording#41027", "");
    let resume = bench.send("desk-1", "ZOOMResumeRecording#41027", "");
    let accepted = || Reply::Answer(finesse_protocol::Answer::Accepted);
    assert_eq!(bench.recorder(accepted()), "Pause 41027 6127 207");
    assert_eq!(bench.result(pause), "done");
    assert_eq!(bench.recorder(accepted()), "Resume 41027 6127 207");
    assert_eq!(bench.result(resume), "done");
    assert_eq!(bench.told("desk-1"), NOTHING);
}

#[test]
fn a_recorder_that_does_not_answer_leaves_the_outcome_unknown() {
    let mut bench = with_services();
    bench.talking("desk-1", "41027");
    let ticket = bench.send("desk-1", "ZOOMPauseRecording#41027", "");
    bench.recorder(Reply::Unknown {
        reason: "time-out".to_owned(),
    });
    assert_eq!(bench.result(ticket), "unknown NOT_REACHABLE");
    assert_eq!(
        bench.requests(),
        NOTHING,
        "Finesse has nothing to do with it"
    );
}

#[test]
fn a_recorder_that_cannot_be_reached_is_down() {
    let mut bench = with_services();
    bench.talking("desk-1", "41027");
    let ticket = bench.send("desk-1", "ZOOMResumeRecording#41027", "");
    bench.recorder(Reply::NotSent {
        reason: "refused".to_owned(),
    });
    assert_eq!(bench.result(ticket), "failed DOWN");
}

#[test]
fn what_is_not_configured_is_not_supported() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    for (command, body) in [
        ("ZOOMPauseRecording", ""),
        ("GETSKILLGROUP", "ALL,0,0"),
        ("GETSUPERVISOR", ""),
        ("GETAGENTEXTENSION", "F-17"),
    ] {
        let ticket = bench.send("desk-1", &format!("{command}#41027"), body);
        assert_eq!(bench.result(ticket), "failed NOT_SUPPORTED", "{command}");
    }
    assert_eq!(bench.requests(), NOTHING);
}

#[test]
fn an_extension_comes_from_the_table() {
    let mut bench = with_services();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GETAGENTEXTENSION #41027", "f-17");
    assert_eq!(bench.result(ticket), "done");
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["agentExtension"]["port"], "LCP_7");
    assert_eq!(told[0]["agentExtension"]["dialNumber"], "03215550100");
    let unknown = bench.send("desk-1", "GETAGENTEXTENSION #41027", "F-18");
    assert_eq!(bench.result(unknown), "failed NOT_FOUND");
}

fn skill_groups(start: u32, total: u32, names: std::ops::Range<u32>) -> String {
    let groups: String = names
        .map(|n| {
            format!("<skillGroup><refURL>/unifiedconfig/config/skillgroup/{n}</refURL><name>SG{n}</name></skillGroup>")
        })
        .collect();
    format!(
        "<results><pageInfo><resultsPerPage>100</resultsPerPage><startIndex>{start}</startIndex>\
         <totalResults>{total}</totalResults></pageInfo><skillGroups>{groups}</skillGroups></results>"
    )
}

fn skills(bench: &mut Bench) -> Vec<String> {
    let told = bench.told_json("desk-1");
    assert_eq!(told.len(), 1);
    let skills = told[0]["skills"].as_array().unwrap().iter();
    skills
        .map(|skill| {
            format!(
                "{} {}",
                skill["id"].as_str().unwrap(),
                skill["name"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn all_skill_groups_are_read_page_by_page() {
    let mut bench = with_services();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GETSKILLGROUP#41027", "<ALL>,<0>,<0>");
    let first = bench.expect_request();
    assert_eq!(first.authority, Authority::ConfigApi);
    assert!(
        first
            .request
            .path()
            .contains("startIndex=0&resultsPerPage=100")
    );
    bench.answer_xml(&first, &skill_groups(0, 102, 0..100));
    let second = bench.expect_request();
    assert!(second.request.path().contains("startIndex=100"));
    bench.answer_xml(&second, &skill_groups(100, 102, 100..102));
    assert_eq!(bench.result(ticket), "done");
    let skills = skills(&mut bench);
    assert_eq!(skills.len(), 102);
    assert_eq!((&*skills[0], &*skills[101]), ("0 SG0", "101 SG101"));
}

#[test]
fn a_page_of_skill_groups_counts_from_one() {
    let mut bench = with_services();
    bench.login("desk-1", "41027");
    bench.send("desk-1", "GETSKILLGROUP#41027", "INDEXING,26,2");
    let page = bench.expect_request();
    assert!(
        page.request
            .path()
            .contains("startIndex=25&resultsPerPage=2")
    );
    bench.answer_xml(&page, &skill_groups(25, 102, 25..27));
    assert_eq!(skills(&mut bench), ["25 SG25", "26 SG26"]);
}

#[test]
fn a_page_past_the_end_is_empty() {
    let mut bench = with_services();
    bench.login("desk-1", "41027");
    bench.send("desk-1", "GETSKILLGROUP#41027", "INDEXING,201,25");
    let page = bench.expect_request();
    // Past its end the API answers with its last page once more.
    bench.answer_xml(&page, &skill_groups(77, 102, 77..102));
    assert_eq!(skills(&mut bench), NOTHING);
}

#[test]
fn supervisors_are_listed_with_their_login_ids() {
    let mut bench = with_services();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GETSUPERVISOR#41027", "");
    let page = bench.expect_request();
    bench.answer_xml(
        &page,
        "<results><pageInfo><startIndex>0</startIndex><totalResults>1</totalResults></pageInfo><agents><agent>\
         <refURL>/unifiedconfig/config/agent/5003</refURL><agentId>41900</agentId><person><firstName>Nadia</firstName>\
         <lastName>Sethi</lastName></person><supervisor>true</supervisor></agent></agents></results>",
    );
    assert_eq!(bench.result(ticket), "done");
    let told = bench.told_json("desk-1");
    assert_eq!(
        told[0]["supervisors"],
        serde_json::json!([{"id": "5003", "name": "Nadia Sethi", "loginId": "41900"}])
    );
}

#[test]
fn an_account_that_is_refused_is_the_gateways_and_not_the_agents() {
    let mut bench = with_services();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GETSUPERVISOR#41027", "");
    let page = bench.expect_request();
    bench.fault(&page, 401);
    assert_eq!(bench.result(ticket), "failed AUTHORIZATION_FAILURE");
    bench.send("desk-1", "MakeReady#41027", "");
    bench.request("PUT /User/41027 READY");
}

#[test]
fn a_plain_agent_lists_all_agents_with_the_administrators_account() {
    let mut bench = with_services();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GetAllAgents#41027", "");
    let users = bench.request("GET /Users");
    assert_eq!(users.authority, Authority::Administrator);
    let (layla, omar) = (&bench.users["41027"], &bench.users["41033"]);
    let xml = format!(
        "<Users>{}{}</Users>",
        layla.element("User"),
        omar.element("User")
    );
    bench.answer_xml(&users, &xml);
    assert_eq!(bench.result(ticket), "done");
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["users"].as_array().unwrap().len(), 1);
    assert_eq!(told[0]["users"][0]["loginId"], "41027");
}

#[test]
fn the_administrators_lists_need_no_agent() {
    let mut bench = with_services();
    let ticket = bench.send("desk-1", "GetPhonebooks#administrator", "");
    let books = bench.request("GET /PhoneBooks");
    assert_eq!(books.authority, Authority::Administrator);
    bench.answer_xml(
        &books,
        "<PhoneBooks><PhoneBook><name>Branches</name><type>GLOBAL</type><uri>/finesse/api/PhoneBook/2</uri>\
         <contacts>/finesse/api/PhoneBook/2/Contacts</contacts></PhoneBook></PhoneBooks>",
    );
    assert_eq!(bench.result(ticket), "done");
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["agentId"], "administrator");
    assert_eq!(
        told[0]["phoneBooks"],
        serde_json::json!([{"name": "Branches", "type": "GLOBAL", "id": "2"}])
    );
    let contacts = bench.send("desk-1", "GetPhonebookContacts#administrator", "2");
    let read = bench.request("GET /PhoneBook/2/Contacts");
    bench.answer_xml(&read, "<Contacts/>");
    assert_eq!(bench.result(contacts), "done");
    assert_eq!(
        bench.told("desk-1"),
        ["callback callback scheduled (No data found)"]
    );
}

#[test]
fn the_administrator_is_no_agent() {
    let mut bench = with_services();
    let ticket = bench.send("desk-1", "MakeReady#administrator", "");
    assert_eq!(bench.result(ticket), "failed SUBSCRIPTION_FAILED");
}

#[test]
fn an_administrators_list_ends_at_its_deadline() {
    let mut bench = with_services();
    let ticket = bench.send("desk-1", "GetTeamPhonebooks#administrator", "5107");
    bench.request("GET /Team/5107/PhoneBooks");
    bench.pass_seconds(15);
    assert_eq!(bench.result(ticket), "failed NOT_REACHABLE");
    assert_eq!(bench.told("desk-1"), ["Error NOT_REACHABLE"]);
}

#[test]
fn commands_of_the_other_product_are_not_supported_and_not_sent() {
    let mut bench = with_services();
    bench.login("desk-1", "41027");
    bench.feed(Input::Site {
        cluster: ClusterId(0),
        product: Product::Uccx,
    });
    for (command, body) in [
        ("MakeWorkReady", ""),
        ("MakeWorkNotReady", ""),
        ("MobileAgentLogin", "demo,6127,0321,true"),
        ("GETSKILLGROUP", "ALL,0,0"),
        ("GETSUPERVISOR", ""),
        ("GETAGENTEXTENSION", "F-17"),
        ("dropparticipant", "6133,207"),
    ] {
        let ticket = bench.send("desk-1", &format!("{command}#41027"), body);
        assert_eq!(bench.result(ticket), "failed NOT_SUPPORTED", "{command}");
        assert_eq!(bench.told("desk-1"), ["Error NOT_SUPPORTED"]);
    }
    assert_eq!(bench.requests(), NOTHING);
    bench.feed(Input::Site {
        cluster: ClusterId(0),
        product: Product::Ucce,
    });
    bench.send("desk-1", "MakeWorkReady#41027", "");
    bench.request("PUT /User/41027 WORK_READY");
}

#[test]
fn a_mobile_agent_signs_in_with_phone_and_mode() {
    for (mode, expected) in [("true", "CallByCall"), ("false", "NailedConnection")] {
        let mut bench = Bench::new();
        bench.connect("desk-1", "41027");
        let ticket = bench.send(
            "desk-1",
            "MOBILEAGENTLOGIN#41027",
            &format!("demo,6127,03215550100,{mode}"),
        );
        let login = bench.request("PUT /User/41027 LOGIN 6127");
        let shown = format!("{:?}", login.request);
        assert!(
            shown.contains(&format!("Some(({expected}, \"03215550100\"))")),
            "{shown}"
        );
        bench.accept(&login);
        "6127".clone_into(&mut bench.users.get_mut("41027").unwrap().extension);
        bench.user_is("41027", "NOT_READY");
        bench.answer_reads();
        assert_eq!(bench.result(ticket), "done");
        assert_eq!(
            bench.told("desk-1"),
            ["State NOT_READY", "AgentInfo", "DialogState NOT_FOUND"]
        );
    }
}

#[test]
fn work_is_asked_for_during_a_call_and_comes_after_it() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.user_is("41027", "TALKING");
    bench.taken("desk-1");
    let ticket = bench.send("desk-1", "MakeWorkNotReady#41027", "");
    let request = bench.request("PUT /User/41027 WORK");
    bench.accept(&request);
    let layla = bench.users.get_mut("41027").unwrap();
    layla.pending = "WORK".to_owned();
    let update = layla.update(&request.header);
    bench.notify("41027", &update);
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.told("desk-1"), ["State TALKING then WORK"]);
}

#[test]
fn one_clients_lists_under_the_administrators_name_leave_room_for_others() {
    let mut bench = with_services();
    for _ in 0..4 {
        let ticket = bench.send("desk-1", "GetPhonebooks#administrator", "");
        assert_eq!(bench.result(ticket), "open");
    }
    let one_more = bench.send("desk-1", "GetPhonebooks#administrator", "");
    assert_eq!(bench.result(one_more), "failed CF_RESOURCE_BUSY");
    let other = bench.send("desk-2", "GetPhonebooks#administrator", "");
    assert_eq!(bench.result(other), "open");
}

#[test]
fn a_client_without_the_right_has_nothing_read_in_the_administrators_name() {
    let mut bench = with_services();
    bench.rights = Rights {
        administrator: false,
        members: true,
    };
    bench.login("desk-1", "41027");
    for command in ["GetPhonebooks#administrator", "GetAllAgents#41027"] {
        let ticket = bench.send("desk-1", command, "");
        assert_eq!(bench.result(ticket), "failed AUTHORIZATION_FAILURE");
    }
    assert!(bench.requests().is_empty());
}
