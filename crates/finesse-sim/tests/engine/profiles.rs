//! What differs between products and releases.

use finesse_sim::profile::{MessageId, Product, Profile, Release, Spelling, WrapUpData};
use finesse_sim::{CampaignMode, Settings};
use pretty_assertions::assert_eq;

use crate::site::{LAYLA, Site};

fn each() -> impl Iterator<Item = Profile> {
    Product::ALL.into_iter().flat_map(|product| {
        let releases = Release::ALL.into_iter();
        releases.map(move |release| Profile::new(product, release))
    })
}

fn sign(yes: bool) -> &'static str {
    if yes { "x" } else { "." }
}

#[test]
fn each_release_has_its_fields_transports_and_limits() {
    let line = |profile: Profile| {
        let marks = [
            profile.names_queue(),
            profile.has_call_key(),
            profile.has_peripheral_errors(),
            profile.tells_maintenance_mode(),
            profile.tells_ports(),
            profile.has_team_resources(),
            profile.requires_range(),
            profile.calls_from_ready(),
            profile.plain_xmpp(),
            profile.tls_xmpp(),
            profile.websocket_on_https(),
            profile.websocket_on_legacy_port(),
            profile.bosh_on_legacy_port(),
            profile.bosh_is_deprecated(),
        ];
        let marks: String = marks.into_iter().map(sign).collect();
        let id = match profile.message_id() {
            MessageId::Addressed => "addressed",
            MessageId::Random => "random",
        };
        let (range, cti) = (profile.max_range(), profile.cti_version());
        let namespace = profile.notification_namespace();
        format!("{profile} {marks} {range} cti {cti} {id} {namespace}")
    };
    let lines: Vec<String> = each().map(line).collect();
    #[rustfmt::skip]
    let expected = [
        //        queue, key, peripheral, maintenance, ports, TeamResource, Range, call from READY,
        //        5222, 5223, wss 8445, wss 7443, BOSH, deprecated
        "UCCE 11.6 ......x..x..x. 1500 cti 20 addressed http://jabber.org/protocol/pubsub",
        "UCCE 12.5 xxx..xxx.x.xx. 6000 cti 23 random urn:xmpp:push:0",
        "UCCE 12.6 xxxx.x.x.xx.xx 6000 cti 24 random http://jabber.org/protocol/pubsub",
        "UCCE 15.0 xxxxxx.x.xx.xx 6000 cti 24 random http://jabber.org/protocol/pubsub",
        "UCCX 11.6 ......x..x..x. 1500 cti 20 addressed http://jabber.org/protocol/pubsub",
        "UCCX 12.5 x.x..xx..x.xx. 6000 cti 23 random urn:xmpp:push:0",
        "UCCX 12.6 x.xx.x...xx.xx 6000 cti 24 random http://jabber.org/protocol/pubsub",
        "UCCX 15.0 x.xxxx...xx.xx 6000 cti 24 random http://jabber.org/protocol/pubsub",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn each_product_has_its_states_calls_and_lists() {
    let line = |product: Product| {
        let profile = Profile::new(product, Release::V12_6);
        let marks = [
            profile.id_is_login_name(),
            profile.talks_on_any_call(),
            profile.has_hold_state(),
            profile.has_work_ready(),
            profile.has_pending_ready(),
            profile.logs_out_from_ready(),
            profile.makes_calls_with_variables(),
            profile.lists_empty_variables(),
            profile.has_ascii_data_only(),
            profile.has_mobile_agents(),
            profile.has_e164_extensions(),
            profile.has_dtmf_letters(),
            profile.takes_over_extension(),
            profile.signs_out_disconnected(),
            profile.forgets_call_type(),
            profile.has_media_state(),
            profile.has_queue_statistics(),
            profile.has_unified_config(),
            profile.drops_participants(),
            profile.records(),
            profile.dials(CampaignMode::DirectPreview),
            profile.dials(CampaignMode::Preview),
            profile.dials(CampaignMode::PersonalCallback),
            profile.dials(CampaignMode::Progressive),
            profile.dials(CampaignMode::Predictive),
            profile.leaves_reserved_outbound(),
            profile.tells_campaign_mode(),
            profile.monitors_direct_calls(),
        ];
        let marks: String = marks.into_iter().map(sign).collect();
        let wrap_up = match profile.wrap_up_data() {
            WrapUpData::Reason => "wrapUpReason",
            WrapUpData::Items => "wrapUpItems",
        };
        let calls = [profile.routed_call(), profile.single_step_call()].map(|call| call.as_str());
        let errors = (
            profile.monitor_error_code(),
            profile.signed_out_not_ready_error().0,
        );
        let name = product.as_str();
        format!("{name} {marks} {wrap_up} {calls:?} {errors:?}")
    };
    assert_eq!(
        Product::ALL.map(line),
        [
            "UCCE .xxxx.xxxx.x....xxx.xxxxxxx. wrapUpReason [\"PREROUTE_ACD_IN\", \"TRANSFER\"] \
             (\"13145\", 257)",
            "UCCX x....x....x.xxxx...xx..xx..x wrapUpItems [\"ACD_IN\", \"OFFERED\"] (\"88049\", 1010)",
        ]
    );
}

#[test]
fn words_name_a_profile_and_others_are_told_what_is_expected() {
    assert_eq!("ucce".parse(), Ok(Product::Ucce));
    assert_eq!("15.0".parse(), Ok(Release::V15_0));
    assert_eq!(
        "13".parse::<Release>().unwrap_err().to_string(),
        "expected 11.6, 12.5, 12.6 or 15.0, not 13"
    );
    assert_eq!(
        "PCCE".parse::<Product>().unwrap_err().to_string(),
        "expected UCCE or UCCX, not PCCE"
    );
}

/// The elements of an offered call that releases have or lack.
#[test]
fn an_offered_call_names_its_queue_and_key_where_the_release_does() {
    let names = ["queueNumber", "queueName", "callKeyCallId", "callKeyPrefix"];
    let line = |profile: Profile| {
        let mut site = Site::at(profile).with_ready(&[LAYLA]);
        site.customer_calls("7800");
        site.settle();
        let mut published = site.published.iter().map(|publication| publication.xml());
        let xml = published.rfind(|xml| xml.contains("<dialogs>\n")).unwrap();
        let found = names
            .iter()
            .filter(|name| xml.contains(&format!("<{name}>")));
        let found: Vec<&str> = found.copied().collect();
        format!("{profile} {}", found.join(" "))
    };
    let lines: Vec<String> = each().map(line).collect();
    assert_eq!(
        lines,
        [
            "UCCE 11.6 ",
            "UCCE 12.5 queueNumber queueName callKeyCallId callKeyPrefix",
            "UCCE 12.6 queueNumber queueName callKeyCallId callKeyPrefix",
            "UCCE 15.0 queueNumber queueName callKeyCallId callKeyPrefix",
            "UCCX 11.6 ",
            "UCCX 12.5 queueNumber queueName",
            "UCCX 12.6 queueNumber queueName",
            "UCCX 15.0 queueNumber queueName",
        ]
    );
}

#[test]
fn an_old_release_says_nothing_of_the_peripheral() {
    let error = |release| {
        let mut site = Site::at(Profile::new(Product::Ucce, release));
        site.put_user(LAYLA, LAYLA, "LOGIN", Some("6999"), None)
            .unwrap();
        site.settle();
        site.published[0].xml()
    };
    assert!(error(Release::V12_5).contains("<peripheralErrorCode>10125</peripheralErrorCode>"));
    assert!(!error(Release::V11_6).contains("peripheral"));
    assert!(error(Release::V11_6).contains("<errorData>260</errorData>"));
}

#[test]
fn an_old_release_does_not_call_from_ready() {
    let mut site = Site::at(Profile::new(Product::Ucce, Release::V11_6)).with_ready(&[LAYLA]);
    site.dial(LAYLA, "6133");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        ["E Invalid State 22 CF_INVALID_OBJECT_STATE #r-1"]
    );
}

#[test]
fn documented_spelling_is_the_guides() {
    let mut site = Site::with(Settings::default()).with_ready(&[LAYLA]);
    site.put_user(LAYLA, LAYLA, "NOT_READY", None, Some("9"))
        .unwrap();
    site.customer_calls("6127");
    site.settle();
    let with = |part: &str| {
        let own = site
            .published
            .iter()
            .filter(|p| p.topic.owner() == Some(LAYLA));
        let mut found = own.filter(|publication| publication.xml().contains(part));
        found.next().unwrap()
    };
    let (user, dialogs) = (with("<user>"), with("<dialogs>\n"));
    for (captured, documented) in [
        ("<user>", "<User>"),
        ("<reasonCode>", "<ReasonCode>"),
        ("<event>PUT</event>", "<event>put</event>"),
    ] {
        assert!(user.xml().contains(captured), "{captured}");
        let xml = user.xml_as(Spelling::Documented);
        assert!(xml.contains(documented), "{documented} in {xml}");
        assert!(!xml.contains(captured), "{captured} in {xml}");
    }
    let xml = dialogs.xml_as(Spelling::Documented);
    assert!(xml.contains("<Dialogs>"), "{xml}");
    assert!(xml.contains("<event>post</event>"), "{xml}");
}
