//! `Custom::OamEcsDnsRecord`.

use std::collections::BTreeMap;
use std::time::Duration;

use oamecs_tests::stand_in::{Fault, Record, Refusal, Zone, key_of};
use serde_json::{Value, json};

use crate::world::{Resource, STACK, World};

const KIND: &str = "Custom::OamEcsDnsRecord";
pub(crate) const NAME: &str = "www.example.com.";
pub(crate) const BALANCER: &str = "shop-1.eu-west-1.elb.amazonaws.com";

/// `example.com` as a public zone, and others around it.
pub(crate) fn world() -> World {
    with_zones(World::new())
}

pub(crate) fn with_zones(world: World) -> World {
    let zone = |name: &str, vpcs: &[&str]| Zone {
        name: name.to_owned(),
        vpcs: vpcs.iter().map(|vpc| (*vpc).to_owned()).collect(),
        ..Zone::default()
    };
    for (id, known) in [
        ("ZPRIVATE", zone("example.com.", &["vpc-1"])),
        ("ZINNER", zone("www.example.com.", &["vpc-1"])),
        ("ZCOM", zone("com.", &["vpc-2"])),
        ("ZPUBLIC", zone("example.com.", &[])),
        ("ZDELEGATED", zone("team.example.com.", &[])),
        ("ZOTHER", zone("wexample.com.", &[])),
    ] {
        world.aws().zones.zones.insert(id.to_owned(), known);
    }
    world
}

pub(crate) fn put(world: &World, record: Record) {
    world.aws().zones.zones.get_mut("ZPUBLIC").unwrap().records.push(record);
}

pub(crate) fn records(world: &World) -> Vec<String> {
    world.aws().zones.records("ZPUBLIC")
}

pub(crate) fn remembered(world: &World) -> usize {
    world.aws().tables.items.keys().filter(|id| id.starts_with("resource/")).count()
}

/// One with a record of somebody else's, for random lives.
pub(crate) fn world_of_others() -> World {
    let world = world();
    put(&world, Record::new(NAME, "A", 60, "192.0.2.1"));
    world
}

/// What random lives ask for.
pub(crate) fn three_records() -> [Value; 3] {
    [alias(NAME, BALANCER), alias(NAME, "shop-2.eu-west-1.elb.amazonaws.com"), alias("b.example.com.", BALANCER)]
}

/// What must be true after any life.
pub(crate) fn is_given_back(world: &World) {
    assert_eq!(records(world), [format!("{NAME} A 192.0.2.1")]);
    assert_eq!(remembered(world), 0);
}

pub(crate) fn alias(name: &str, target: &str) -> Value {
    json!({
        "ServiceToken": "arn", "ServiceTimeout": 600, "Name": name, "Type": "A",
        "AliasTarget": {"DNSName": target, "HostedZoneId": "ZBALANCER", "EvaluateTargetHealth": false},
    })
}

fn values(name: &str, kind: &str, ttl: u32, values: &[&str]) -> Value {
    json!({
        "ServiceToken": "arn", "ServiceTimeout": 600, "Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": values,
    })
}

#[tokio::test(start_paused = true)]
async fn a_record_is_made_changed_and_deleted() {
    let world = world();
    let mut record = Resource::new(&world, KIND, "Record");
    let before = world.now();
    let answer = record.create(alias("WWW.example.com", "Shop-1.eu-west-1.elb.amazonaws.com")).await;
    assert_eq!(answer["PhysicalResourceId"], "ZPUBLIC|www.example.com.|A|", "{answer}");
    assert!(world.now().duration_since(before).unwrap() >= Duration::from_secs(30), "all servers have it");
    assert_eq!(records(&world), [format!("{NAME} A {BALANCER}.")]);
    let same = record.update(alias("www.example.com.", &format!("dualstack.{BALANCER}"))).await;
    assert_eq!(same["PhysicalResourceId"], answer["PhysicalResourceId"]);
    assert_eq!(world.aws().calls("route53", "ChangeResourceRecordSets"), 1, "it is the same load balancer");
    record.update(alias("www.example.com", "shop-2.elb.amazonaws.com")).await;
    assert_eq!(records(&world), [format!("{NAME} A shop-2.elb.amazonaws.com.")]);
    record.roll_back(alias("www.example.com", BALANCER)).await;
    assert_eq!(records(&world), [format!("{NAME} A {BALANCER}.")]);
    assert_eq!(record.delete().await["Status"], "SUCCESS");
    assert!(records(&world).is_empty());
    assert_eq!(remembered(&world), 0);
    assert_eq!(record.delete().await["Status"], "SUCCESS", "once more");
}

#[tokio::test(start_paused = true)]
async fn a_cname_and_addresses_change_places_at_once() {
    let world = world();
    put(&world, Record::new(NAME, "CNAME", 300, "old.example.net"));
    let mut record = Resource::new(&world, KIND, "Record");
    record.create(alias(NAME, BALANCER)).await;
    assert_eq!(records(&world), [format!("{NAME} A {BALANCER}.")]);
    assert_eq!(world.aws().calls("route53", "ChangeResourceRecordSets"), 1, "in one batch");
    // Another type is another record, which takes over what the first remembers.
    record.update(values(NAME, "CNAME", 60, &["new.example.net"])).await;
    assert_eq!(records(&world), [format!("{NAME} CNAME new.example.net")]);
    record.roll_back(alias(NAME, BALANCER)).await;
    assert_eq!(records(&world), [format!("{NAME} A {BALANCER}.")]);
    record.delete().await;
    assert_eq!(records(&world), [format!("{NAME} CNAME old.example.net")]);
    assert_eq!(remembered(&world), 0);

    let world = self::world();
    put(&world, Record::new(NAME, "A", 300, "192.0.2.1"));
    put(&world, Record::new(NAME, "AAAA", 300, "2001:db8::1"));
    let mut record = Resource::new(&world, KIND, "Record");
    record.create(values(NAME, "CNAME", 60, &["new.example.net"])).await;
    assert_eq!(records(&world), [format!("{NAME} CNAME new.example.net")]);
    record.delete().await;
    assert_eq!(records(&world), [format!("{NAME} A 192.0.2.1"), format!("{NAME} AAAA 2001:db8::1")]);
}

#[tokio::test(start_paused = true)]
async fn another_name_is_another_record() {
    let world = world();
    put(&world, Record::new(NAME, "A", 300, "192.0.2.1"));
    let mut record = Resource::new(&world, KIND, "Record");
    record.create(alias(NAME, BALANCER)).await;
    let answer = record.update(alias("*.example.com", BALANCER)).await;
    assert_eq!(answer["PhysicalResourceId"], "ZPUBLIC|*.example.com.|A|");
    assert_eq!(records(&world), [format!("{NAME} A 192.0.2.1"), format!("\\052.example.com. A {BALANCER}.")]);
    let same = record.update(alias("\\052.Example.com.", BALANCER)).await;
    assert_eq!(same["PhysicalResourceId"], answer["PhysicalResourceId"]);
    record.roll_back(alias(NAME, BALANCER)).await;
    assert_eq!(records(&world), [format!("{NAME} A {BALANCER}.")]);
}

#[tokio::test(start_paused = true)]
async fn the_zone_is_the_public_one_with_the_longest_suffix() {
    let world = world();
    for (name, id) in [
        ("www.example.com", "ZPUBLIC|www.example.com.|A|"),
        ("example.com", "ZPUBLIC|example.com.|A|"),
        ("a.b.team.example.com", "ZDELEGATED|a.b.team.example.com.|A|"),
        ("www.wexample.com", "ZOTHER|www.wexample.com.|A|"),
    ] {
        let answer = Resource::new(&world, KIND, "Record").create(alias(name, BALANCER)).await;
        assert_eq!(answer["PhysicalResourceId"], id, "{answer}");
    }
    let mut private = alias("www.example.com", BALANCER);
    private["HostedZoneId"] = "ZPRIVATE".into();
    let answer = Resource::new(&world, KIND, "Private").create(private.clone()).await;
    assert_eq!(answer["PhysicalResourceId"], "ZPRIVATE|www.example.com.|A|", "one that is given may be private");
    private["HostedZoneId"] = "ZOTHER".into();
    let answer = Resource::new(&world, KIND, "Wrong").create(private.clone()).await;
    assert_eq!(
        answer["Reason"],
        "`www.example.com.` is not in the zone `ZOTHER`, which is `wexample.com.`: correct HostedZoneId, or leave it out, so that \
         the zone is found by the name"
    );
    private["HostedZoneId"] = "ZGONE".into();
    let answer = Resource::new(&world, KIND, "Gone").create(private).await;
    assert!(
        answer["Reason"].as_str().unwrap().starts_with("the zone `ZGONE` cannot be read: NoSuchHostedZone"),
        "{answer}"
    );
    let answer = Resource::new(&world, KIND, "Nowhere").create(alias("www.example.org", BALANCER)).await;
    assert!(
        answer["Reason"]
            .as_str()
            .unwrap()
            .starts_with("the account has no public zone for `www.example.org.`: make one"),
        "{answer}"
    );
    let twin = world.aws().zones.zones["ZPUBLIC"].clone();
    world.aws().zones.zones.insert("ZTWIN".to_owned(), twin);
    let answer = Resource::new(&world, KIND, "Twin").create(alias("shop.example.com", BALANCER)).await;
    assert!(
        answer["Reason"]
            .as_str()
            .unwrap()
            .starts_with("there are 2 public zones `example.com.`, ZPUBLIC and ZTWIN: say in"),
        "{answer}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_there_may_be_protected() {
    let world = world();
    put(&world, Record::new(NAME, "A", 300, "192.0.2.1"));
    put(&world, Record::alias("own.example.com.", "A", &format!("dualstack.{BALANCER}.")));
    put(&world, Record::alias("same.example.com.", "A", &format!("{BALANCER}.")));
    put(&world, Record::alias("theirs.example.com.", "A", "theirs.elb.amazonaws.com."));
    let tags = |stack: &str| BTreeMap::from([("aws:cloudformation:stack-id".to_owned(), stack.to_owned())]);
    world.aws().load_balancers.tags.insert("a.elb.amazonaws.com".to_owned(), BTreeMap::new());
    world.aws().load_balancers.tags.insert(BALANCER.to_owned(), tags(STACK));
    world.aws().load_balancers.tags.insert("theirs.elb.amazonaws.com".to_owned(), tags("arn:theirs"));
    let before = records(&world);
    let with = |name: &str, overwrite: &str| {
        let mut asked = alias(name, "shop-2.elb.amazonaws.com");
        asked["Overwrite"] = overwrite.into();
        asked
    };
    for (name, overwrite, expected) in [
        (NAME, "never", "`www.example.com.` has a record of type A already: delete it, or let it be overwritten"),
        (
            NAME,
            "ours",
            "`www.example.com.` has a record of type A already, which does not lead to a load balancer of this stack: delete it, \
             or let it be overwritten",
        ),
        (
            "theirs.example.com",
            "ours",
            "`theirs.example.com.` has a record of type A already, which does not lead to a load balancer of this stack: delete \
             it, or let it be overwritten",
        ),
    ] {
        let answer = Resource::new(&world, KIND, "Record").create(with(name, overwrite)).await;
        assert_eq!(answer["Reason"], expected);
    }
    let mut same = alias("same.example.com", BALANCER);
    same["Overwrite"] = "never".into();
    assert_eq!(Resource::new(&world, KIND, "Same").create(same).await["Status"], "FAILED");
    assert_eq!(records(&world), before, "nothing is touched, nor deleted afterwards");
    let mut own = Resource::new(&world, KIND, "Own");
    assert_eq!(own.create(with("own.example.com", "ours")).await["Status"], "SUCCESS");
    let mut new = Resource::new(&world, KIND, "New");
    new.create(with("new.example.com", "never")).await;
    let mut changed = alias("new.example.com", BALANCER);
    changed["Overwrite"] = "never".into();
    assert_eq!(new.update(changed).await["Status"], "SUCCESS", "its own record is no other's");
    own.delete().await;
    assert!(!records(&world).iter().any(|record| record.starts_with("own")), "its load balancer goes with the stack");
}

#[tokio::test(start_paused = true)]
async fn records_that_share_a_name_are_told_apart() {
    let world = world();
    let share = |name: &str, weight: u32, address: &str| Record {
        set_identifier: Some(name.to_owned()),
        weight: Some(weight.to_string()),
        ..Record::new(NAME, "A", 60, address)
    };
    put(&world, share("green", 10, "192.0.2.2"));
    let mut asked = values(NAME, "A", 60, &["192.0.2.1"]);
    asked["SetIdentifier"] = "blue".into();
    asked["Weight"] = 5.into();
    let mut record = Resource::new(&world, KIND, "Record");
    let answer = record.create(asked.clone()).await;
    assert_eq!(answer["PhysicalResourceId"], "ZPUBLIC|www.example.com.|A|blue", "{answer}");
    asked["Weight"] = 6.into();
    record.update(asked.clone()).await;
    assert_eq!(
        world.aws().zones.zones["ZPUBLIC"].records,
        [share("green", 10, "192.0.2.2"), share("blue", 6, "192.0.2.1")]
    );
    let simple = Resource::new(&world, KIND, "Simple").create(values(NAME, "A", 60, &["192.0.2.3"])).await;
    assert!(
        simple["Reason"].as_str().unwrap().starts_with("`www.example.com.` has A records with identifiers"),
        "{simple}"
    );
    record.delete().await;
    assert_eq!(world.aws().zones.zones["ZPUBLIC"].records, [share("green", 10, "192.0.2.2")]);
    put(&world, Record::new("api.example.com.", "A", 60, "192.0.2.4"));
    asked["Name"] = "api.example.com".into();
    let answer = Resource::new(&world, KIND, "Weighted").create(asked).await;
    assert!(answer["Reason"].as_str().unwrap().starts_with("`api.example.com.` has a simple A record"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_time_to_live_changes_alone() {
    let world = world();
    let mut record = Resource::new(&world, KIND, "Record");
    record.create(values(NAME, "TXT", 60, &["\"one\"", "\"two\""])).await;
    record.update(values(NAME, "TXT", 300, &["\"two\"", "\"one\""])).await;
    let known = world.aws().zones.zones["ZPUBLIC"].records.clone();
    assert_eq!((known.len(), known[0].ttl.as_deref()), (1, Some("300")));
    // Somebody else changes it: it is still the same answer.
    world.aws().zones.zones.get_mut("ZPUBLIC").unwrap().records[0].ttl = Some("5".to_owned());
    record.delete().await;
    assert!(records(&world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_zone_of_another_account_takes_a_role() {
    let world = world();
    let role = "arn:aws:iam::210987654321:role/dns";
    world.aws().zones.zones.get_mut("ZPUBLIC").unwrap().key = Some(key_of(role));
    let mut asked = alias(NAME, BALANCER);
    asked["HostedZoneId"] = "ZPUBLIC".into();
    let answer = Resource::new(&world, KIND, "Without").create(asked.clone()).await;
    assert!(answer["Reason"].as_str().unwrap().contains("AccessDenied"), "{answer}");
    asked["AssumeRoleArn"] = role.into();
    let mut record = Resource::new(&world, KIND, "Record");
    assert_eq!(record.create(asked.clone()).await["Status"], "SUCCESS");
    assert_eq!(records(&world).len(), 1);
    record.delete().await;
    assert!(records(&world).is_empty());
    asked["AssumeRoleArn"] = "arn:aws:iam::210987654321:role/closed".into();
    let answer = Resource::new(&world, KIND, "Closed").create(asked).await;
    let reason = answer["Reason"].as_str().unwrap();
    assert!(
        reason.starts_with("the role `arn:aws:iam::210987654321:role/closed` of AssumeRoleArn cannot be assumed"),
        "{reason}"
    );
    assert!(reason.contains("not authorized to perform: sts:AssumeRole"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_for_a_moment_is_tried_again() {
    let busy = Fault::Refused(Refusal::new("PriorRequestNotComplete", "The request was rejected"));
    let operations = ["ListHostedZonesByName", "ListResourceRecordSets", "ChangeResourceRecordSets", "GetChange"];
    for fault in [Fault::Broken, Fault::Lost] {
        for operation in operations {
            let world = world();
            put(&world, Record::new(NAME, "CNAME", 300, "old.example.net"));
            world.aws().plan("route53", operation, 0, 2, fault.clone());
            let mut record = Resource::new(&world, KIND, "Record");
            let answer = record.create(alias(NAME, BALANCER)).await;
            assert_eq!(answer["Status"], "SUCCESS", "{operation} {fault:?}: {answer}");
            assert_eq!(records(&world), [format!("{NAME} A {BALANCER}.")], "{operation} {fault:?}");
            world.aws().plan("route53", operation, 0, 2, fault.clone());
            record.delete().await;
            assert_eq!(records(&world), [format!("{NAME} CNAME old.example.net")], "{operation} {fault:?}");
        }
    }
    let world = world();
    world.aws().plan("route53", "ChangeResourceRecordSets", 0, 2, Fault::Lost);
    let mut never = values(NAME, "CNAME", 60, &["new.example.net"]);
    never["Overwrite"] = "never".into();
    let mut record = Resource::new(&world, KIND, "Record");
    assert_eq!(record.create(never).await["Status"], "SUCCESS", "what it made itself it may overwrite");
    record.delete().await;
    assert!(records(&world).is_empty());
    for fault in [busy.clone(), Fault::Throttled, Fault::Silent] {
        let world = self::world();
        world.aws().plan("route53", "ChangeResourceRecordSets", 0, 2, fault.clone());
        let answer = Resource::new(&world, KIND, "Record").create(alias(NAME, BALANCER)).await;
        assert_eq!(answer["Status"], "SUCCESS", "{fault:?}: {answer}");
    }
    // For minutes, which is longer than the SDK tries.
    let world = self::world();
    world.aws().plan("route53", "ChangeResourceRecordSets", 0, 20, busy.clone());
    let mut record = Resource::new(&world, KIND, "Record");
    assert_eq!(record.create(alias(NAME, BALANCER)).await["Status"], "SUCCESS");
    world.aws().plan("route53", "ChangeResourceRecordSets", 0, 10_000, busy);
    let answer = record.update(alias(NAME, "shop-2.elb.amazonaws.com")).await;
    assert_eq!(answer["Reason"], "Route 53 had no time for the record `www.example.com.`: try again");
}

#[tokio::test(start_paused = true)]
async fn what_makes_no_sense_is_said() {
    let world = world();
    let cases = [
        (
            json!({"Type": "CNAME"}),
            "the record `www.example.com.`: only A and AAAA follow a load balancer: use one of these types",
        ),
        (
            json!({"TTL": 60}),
            "the record `www.example.com.`: AliasTarget excludes ResourceRecords and TTL: give one or the others",
        ),
        (
            json!({"Weight": 1}),
            "the record `www.example.com.`: Weight and Region need a SetIdentifier, which tells it from the others of its name",
        ),
        (
            json!({"SetIdentifier": "a"}),
            "the record `www.example.com.`: a SetIdentifier needs a Weight or a Region, and not both",
        ),
    ];
    for (change, reason) in cases {
        let mut asked = alias(NAME, BALANCER);
        for (name, value) in change.as_object().unwrap() {
            asked[name] = value.clone();
        }
        assert_eq!(Resource::new(&world, KIND, "Record").create(asked).await["Reason"], reason);
    }
    let answer =
        Resource::new(&world, KIND, "Top").create(values("example.com", "CNAME", 60, &["www.example.net"])).await;
    assert!(
        answer["Reason"].as_str().unwrap().starts_with("`example.com.` is the top of its zone, where no CNAME can be"),
        "{answer}"
    );
    put(&world, Record::new(NAME, "TXT", 60, "\"text\""));
    let answer = Resource::new(&world, KIND, "Text").create(values(NAME, "CNAME", 60, &["www.example.net"])).await;
    assert!(
        answer["Reason"]
            .as_str()
            .unwrap()
            .starts_with("`www.example.com.` has a TXT record, and a CNAME record cannot be"),
        "{answer}"
    );
}
