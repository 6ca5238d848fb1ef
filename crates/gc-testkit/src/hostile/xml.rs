//! XML that means harm.

/// Documents that blow up, reach out, or go on without an end; each with a name.
pub fn bombs() -> Vec<(&'static str, String)> {
    let laughs: String = (1..10)
        .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
        .collect();
    let attributes: String = (0..100_000).map(|n| format!(" a{n}='x'")).collect();
    let participants = "<Participant><mediaAddress>1</mediaAddress></Participant>".repeat(100_000);
    vec![
        ("a billion laughs", format!("<!DOCTYPE l [<!ENTITY l0 \"l\">{laughs}]><User><state>&l9;</state></User>")),
        ("quadratic growth", format!("<!DOCTYPE l [<!ENTITY l \"{}\">]><User>{}</User>", "x".repeat(50_000), "&l;".repeat(5_000))),
        ("a file", "<!DOCTYPE l [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><User><state>&x;</state></User>".to_owned()),
        ("an address", "<!DOCTYPE l SYSTEM \"http://127.0.0.1:1/l.dtd\"><User><state>READY</state></User>".to_owned()),
        ("a parameter entity", "<!DOCTYPE l [<!ENTITY % x SYSTEM \"http://127.0.0.1:1/\"> %x;]><User/>".to_owned()),
        ("an unknown entity", "<User><state>&nobody;</state></User>".to_owned()),
        ("depth", "<a>".repeat(1_000_000)),
        ("depth with an end", format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000))),
        ("attributes", format!("<User{attributes}><state>READY</state></User>")),
        ("a long attribute", format!("<User a='{}'/>", "x".repeat(1_000_000))),
        ("a long name", format!("<{}/>", "x".repeat(1_000_000))),
        ("participants", format!("<Dialog><participants>{participants}</participants></Dialog>")),
        ("a long call variable", format!("<Dialog><mediaProperties><callvariables><CallVariable><name>callVariable1</name><value>{}</value></CallVariable></callvariables></mediaProperties></Dialog>", "x".repeat(1_000_000))),
        ("a character that is none", "<User><state>&#0;</state></User>".to_owned()),
        ("a character beyond all", "<User><state>&#x110000;</state></User>".to_owned()),
        ("a surrogate", "<User><state>&#xD800;</state></User>".to_owned()),
        ("an instruction", "<?php system('id') ?><User><state>READY</state></User>".to_owned()),
        ("an attribute twice", "<User a='1' a='2'><state>READY</state></User>".to_owned()),
        ("two roots", "<User><state>READY</state></User><User><state>LOGOUT</state></User>".to_owned()),
        ("crossed ends", "<User><state>READY</User></state>".to_owned()),
        ("nothing", String::new()),
        ("blanks", " \r\n\t ".repeat(10_000)),
        ("a bare text", "READY".to_owned()),
        ("a NUL", "<User><state>READY\0</state></User>".to_owned()),
    ]
}

/// Good documents to be damaged.
pub const GOOD: &[&str] = &[
    "<Update><data><user><dialogs>/finesse/api/User/41027/Dialogs</dialogs><extension>6127</extension><loginId>41027</loginId><state>READY</state><stateChangeTime>2036-01-01T09:00:00.000Z</stateChangeTime></user></data><event>PUT</event><requestId>r-1</requestId><source>/finesse/api/User/41027</source></Update>",
    "<Update><data><dialogs><Dialog><associatedDialogUri/><fromAddress>03005550142</fromAddress><id>207</id><mediaProperties><callType>PREROUTE_ACD_IN</callType><callvariables><CallVariable><name>callVariable1</name><value>gold &amp; blue</value></CallVariable></callvariables><DNIS>7800</DNIS></mediaProperties><participants><Participant><actions><action>ANSWER</action></actions><mediaAddress>6127</mediaAddress><state>ALERTING</state></Participant></participants><state>ALERTING</state><toAddress>7800</toAddress></Dialog></dialogs></data><event>POST</event><requestId></requestId><source>/finesse/api/User/41027/Dialogs</source></Update>",
    "<Update><data><apiErrors><apiError><errorData>12005</errorData><errorMessage>CF_INVALID_AGENT</errorMessage><errorType>Generic Error</errorType></apiError></apiErrors></data><event>PUT</event><requestId>r-2</requestId><source>/finesse/api/User/41027</source></Update>",
    "<User><loginId>41027</loginId><state>READY</state><roles><role>Agent</role></roles><teams><Team><id>5107</id></Team></teams></User>",
    "<ApiErrors><ApiError><ErrorType>Invalid Input</ErrorType><ErrorData>state</ErrorData><ErrorMessage>HTTP Status code: 400</ErrorMessage></ApiError></ApiErrors>",
    "<SystemInfo><deploymentType>UCCE</deploymentType><primaryNode><host>a</host></primaryNode><status>IN_SERVICE</status></SystemInfo>",
];
