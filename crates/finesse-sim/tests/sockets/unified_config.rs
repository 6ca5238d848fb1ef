//! The configuration API of Unified CCE.

use finesse_sim::{Product, Profile, Release, SimConfig, Simulator};
use pretty_assertions::assert_eq;

use crate::desk::{Desk, text_of};

const ADMINISTRATOR: &str = "administrator@acme.test";
const NADIA: &str = "nsethi@acme.test";

async fn simulator() -> Simulator {
    let mut config = SimConfig::test();
    config.site = config.site.with_skill_groups(61);
    Simulator::start(config).await.unwrap()
}

async fn ask(desk: &Desk, query: &str) -> (u16, String) {
    let answer = desk
        .get_outside(&format!("/unifiedconfig/config/{query}"))
        .await;
    (answer.status.as_u16(), answer.body)
}

/// The texts of all elements of this name.
fn all<'x>(xml: &'x str, name: &str) -> Vec<&'x str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(&open).skip(1);
    parts
        .map(|part| part.split(&close).next().unwrap())
        .collect()
}

#[tokio::test]
async fn a_skill_group_has_its_agents_unless_a_summary_is_asked_for() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, ADMINISTRATOR);
    let (status, full) = ask(&desk, "skillgroup/5241").await;
    assert_eq!(status, 200);
    assert_eq!(
        full,
        "\
<skillGroup>
  <refURL>/unifiedconfig/config/skillgroup/5241</refURL>
  <changeStamp>0</changeStamp>
  <agentCount>3</agentCount>
  <agents>
    <agent>
      <refURL>/unifiedconfig/config/agent/10001</refURL>
      <agentId>41027</agentId>
      <firstName>Layla</firstName>
      <lastName>Haddad</lastName>
      <userName>lhaddad@acme.test</userName>
    </agent>
    <agent>
      <refURL>/unifiedconfig/config/agent/10002</refURL>
      <agentId>41033</agentId>
      <firstName>Omar</firstName>
      <lastName>Riaz</lastName>
      <userName>oriaz@acme.test</userName>
    </agent>
    <agent>
      <refURL>/unifiedconfig/config/agent/10003</refURL>
      <agentId>41900</agentId>
      <firstName>Nadia</firstName>
      <lastName>Sethi</lastName>
      <userName>nsethi@acme.test</userName>
    </agent>
  </agents>
  <description>Returns &amp; refunds</description>
  <mediaRoutingDomain>
    <refURL>/unifiedconfig/config/mediaroutingdomain/1</refURL>
    <name>Cisco_Voice</name>
  </mediaRoutingDomain>
  <name>Retail_Returns</name>
  <peripheralNumber>1241</peripheralNumber>
  <serviceLevelThreshold>20</serviceLevelThreshold>
  <serviceLevelType>1</serviceLevelType>
</skillGroup>"
    );
    let (_, summary) = ask(&desk, "skillgroup?summary=true&q=returns").await;
    assert!(summary.contains("<agentCount>3</agentCount>"), "{summary}");
    assert!(!summary.contains("<agents>"), "{summary}");
}

#[tokio::test]
async fn a_page_tells_where_it_lies_and_where_the_others_are() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, ADMINISTRATOR);
    let (_, page) = ask(
        &desk,
        "skillgroup?startIndex=25&resultsPerPage=20&summary=true&q=skill",
    )
    .await;
    let port = simulator.nodes()[0].https.port();
    let link = |start: &str| {
        format!(
            "https://127.0.0.1:{port}/unifiedconfig/config/skillgroup?{start}\
             resultsPerPage=20&amp;summary=true&amp;q=skill"
        )
    };
    assert_eq!(
        all(&page, "pageInfo"),
        [format!(
            "
    <resultsPerPage>20</resultsPerPage>
    <startIndex>25</startIndex>
    <totalResults>57</totalResults>
    <firstPage>{}</firstPage>
    <lastPage>{}</lastPage>
    <prevPage>{}</prevPage>
    <nextPage>{}</nextPage>
    <searchTerm>skill</searchTerm>
  ",
            link(""),
            link("startIndex=40&amp;"),
            link("startIndex=5&amp;"),
            link("startIndex=45&amp;"),
        )]
    );
    let names = all(&page, "name");
    let names: Vec<&&str> = names
        .iter()
        .filter(|name| **name != "Cisco_Voice")
        .collect();
    assert_eq!(names.len(), 20);
    assert_eq!((*names[0], *names[19]), ("Skill_030", "Skill_049"));
}

#[tokio::test]
async fn all_pages_together_are_the_whole_list() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, ADMINISTRATOR);
    let mut names = Vec::new();
    for (start, count) in [(0, 25), (25, 25), (50, 11)] {
        let (_, page) = ask(
            &desk,
            &format!("skillgroup?startIndex={start}&summary=true"),
        )
        .await;
        assert_eq!(text_of(&page, "totalResults"), "61");
        assert_eq!(page.contains("<nextPage>"), start < 50);
        assert_eq!(page.contains("<prevPage>"), start > 0);
        let found = all(&page, "name").into_iter().map(str::to_owned);
        let found: Vec<String> = found.filter(|name| name != "Cisco_Voice").collect();
        assert_eq!(found.len(), count);
        names.extend(found);
    }
    names.dedup();
    assert_eq!(names.len(), 61);
    assert!(names.is_sorted());
}

#[tokio::test]
async fn a_page_that_reaches_the_end_has_no_next_one_wherever_it_starts() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, ADMINISTRATOR);
    for (start, more) in [(40, true), (41, false), (60, false)] {
        let query = format!("skillgroup?startIndex={start}&resultsPerPage=20&summary=true");
        let (_, page) = ask(&desk, &query).await;
        assert_eq!(page.contains("<nextPage>"), more, "{start}");
    }
}

#[tokio::test]
async fn a_start_past_the_end_gives_the_last_page() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, ADMINISTRATOR);
    let (status, page) = ask(&desk, "skillgroup?startIndex=1000&summary=true").await;
    assert_eq!(status, 200);
    assert_eq!(text_of(&page, "startIndex"), "50");
    let (_, none) = ask(&desk, "skillgroup?q=nobody&startIndex=3").await;
    assert_eq!(text_of(&none, "totalResults"), "0");
    assert_eq!(text_of(&none, "startIndex"), "0");
    assert!(none.contains("<skillGroups></skillGroups>"), "{none}");
}

#[tokio::test]
async fn supervisors_are_found_by_their_flag() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, ADMINISTRATOR);
    let (_, found) = ask(&desk, "agent?q=supervisor:true").await;
    assert_eq!(
        all(&found, "agents"),
        ["
    <agent>
      <refURL>/unifiedconfig/config/agent/10003</refURL>
      <changeStamp>0</changeStamp>
      <agentId>41900</agentId>
      <agentStateTrace>false</agentStateTrace>
      <agentTeam>
        <refURL>/unifiedconfig/config/agentteam/5107</refURL>
        <name>Retail_Blue</name>
      </agentTeam>
      <description></description>
      <person>
        <firstName>Nadia</firstName>
        <lastName>Sethi</lastName>
        <loginEnabled>true</loginEnabled>
        <ssoEnabled>false</ssoEnabled>
        <userName>nsethi@acme.test</userName>
      </person>
      <skillGroups>
        <skillGroup>
          <refURL>/unifiedconfig/config/skillgroup/5240</refURL>
          <name>Retail_Voice</name>
        </skillGroup>
        <skillGroup>
          <refURL>/unifiedconfig/config/skillgroup/5241</refURL>
          <name>Retail_Returns</name>
        </skillGroup>
        <skillGroup>
          <refURL>/unifiedconfig/config/skillgroup/5242</refURL>
          <name>Retail_Urdu</name>
        </skillGroup>
        <skillGroup>
          <refURL>/unifiedconfig/config/skillgroup/5243</refURL>
          <name>Outbound_Preview</name>
        </skillGroup>
      </skillGroups>
      <supervisor>true</supervisor>
      <supervisorTeams>
        <supervisorTeam>
          <refURL>/unifiedconfig/config/agentteam/5107</refURL>
          <name>Retail_Blue</name>
        </supervisorTeam>
      </supervisorTeams>
    </agent>
  "]
    );
}

#[tokio::test]
async fn agents_are_searched_and_sorted() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, ADMINISTRATOR);
    for (query, expected) in [
        ("summary=true", &["41027", "41033", "41900"][..]),
        ("sort=agentId%20desc", &["41900", "41033", "41027"]),
        ("sort=person.lastName", &["41027", "41033", "41900"]),
        ("sort=person.firstName desc", &["41033", "41900", "41027"]),
        ("q=RIAZ", &["41033"]),
        ("q=acme.test supervisor:false", &["41027", "41033"]),
        ("q=team:(Retail_Green|retail_blue) 419", &["41900"]),
        ("q=skillgroups:Retail_Urdu&startIndex=2", &["41900"]),
    ] {
        let query = format!("agent?{}", query.replace(' ', "%20"));
        let (status, page) = ask(&desk, &query).await;
        assert_eq!(status, 200, "{query}");
        assert_eq!(all(&page, "agentId"), expected, "{query}");
    }
}

#[tokio::test]
async fn administrators_and_supervisors_get_in_and_nobody_else() {
    let simulator = simulator().await;
    let cases = [
        (ADMINISTRATOR, "demo", 200),
        (NADIA, "demo", 200),
        ("nsethi@ACME.test", "demo", 200),
        ("nsethi", "demo", 401),
        ("administrator", "demo", 401),
        ("41900@acme.test", "demo", 401),
        ("nsethi@other.test", "demo", 401),
        ("lhaddad@acme.test", "demo", 401),
        (NADIA, "wrong", 401),
    ];
    for (user, password, expected) in cases {
        let desk = Desk::at(&simulator, user, password, 0);
        let (status, body) = ask(&desk, "agent").await;
        assert_eq!(status, expected, "{user}");
        assert_eq!(body.starts_with("<apiErrors>"), expected == 401, "{body}");
    }
    assert_eq!(simulator.counters().sign_ins["41900"].refused, 1);
}

#[tokio::test]
async fn a_supervisor_sees_the_agents_of_the_own_teams() {
    let mut config = SimConfig::test();
    config.site.agents[1].team = "5108".to_owned();
    let simulator = Simulator::start(config).await.unwrap();
    let (_, page) = ask(&Desk::new(&simulator, NADIA), "agent").await;
    assert_eq!(all(&page, "agentId"), ["41027", "41900"]);
    assert_eq!(text_of(&page, "role"), "Supervisor");
    let (status, _) = ask(&Desk::new(&simulator, NADIA), "agent/10002").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn bad_parameters_are_explained() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, ADMINISTRATOR);
    let (status, body) = ask(&desk, "agent?resultsPerPage=101").await;
    assert_eq!(status, 400);
    assert_eq!(
        body,
        "\
<apiErrors>
  <apiError>
    <errorData>resultsPerPage</errorData>
    <errorDetail>
      <min>1</min>
      <max>100</max>
    </errorDetail>
    <errorMessage>This field must contain a value from 1 to 100</errorMessage>
    <errorType>invalidInput.outOfRange</errorType>
  </apiError>
</apiErrors>"
    );
    for (query, expected) in [
        ("agent?resultsPerPage=0", "invalidInput.outOfRange"),
        ("agent?startIndex=-1", "invalidInput.outOfRange"),
        ("agent?startIndex=", "invalidInput.fieldRequired"),
        ("agent?sort=name", "invalidInput.invalidValue"),
        ("skillgroup?sort=name%20up", "invalidInput.invalidValue"),
        ("skillgroup?summary=maybe", "invalidInput.invalidValue"),
    ] {
        let (status, body) = ask(&desk, query).await;
        assert_eq!(
            (status, text_of(&body, "errorType")),
            (400, expected),
            "{query}"
        );
    }
    for unknown in ["skillgroup/1", "agent/41027", "calltype"] {
        let (status, body) = ask(&desk, unknown).await;
        assert_eq!(status, 404, "{unknown}");
        assert_eq!(text_of(&body, "errorType"), "notFound.dbData");
    }
}

#[tokio::test]
async fn the_other_product_has_no_such_api() {
    let config = SimConfig::test().profile(Profile::new(Product::Uccx, Release::V12_6));
    let simulator = Simulator::start(config).await.unwrap();
    let answer = ask(&Desk::new(&simulator, ADMINISTRATOR), "skillgroup").await;
    assert_eq!(answer, (404, String::new()));
}
