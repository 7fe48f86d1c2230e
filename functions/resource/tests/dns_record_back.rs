//! `Custom::OamEcsDnsRecord` taken back: what was there before is there again, and what is somebody else's stays.

use std::collections::BTreeMap;

use oamecs_tests::stand_in::{Fault, Record, Refusal};
use serde_json::json;

use crate::dns_record::{BALANCER, NAME, alias, put, records, remembered, with_zones, world};
use crate::world::{Resource, World};

const KIND: &str = "Custom::OamEcsDnsRecord";

#[tokio::test(start_paused = true)]
async fn what_was_there_is_put_back() {
    let world = world();
    let theirs = Record::new(NAME, "A", 300, "192.0.2.1");
    put(&world, theirs.clone());
    for name in ["a.www.example.com.", "zzz.example.com."] {
        put(&world, Record::new(name, "A", 300, "192.0.2.9"));
    }
    put(&world, Record::new(NAME, "MX", 300, "10 mail"));
    put(&world, Record::new(NAME, "TXT", 300, "\"text\""));
    let before = world.aws().zones.zones["ZPUBLIC"].records.clone();
    let mut record = Resource::new(&world, KIND, "Record");
    record.create(alias(NAME, BALANCER)).await;
    record.update(alias(NAME, "shop-2.elb.amazonaws.com")).await;
    assert!(records(&world).contains(&format!("{NAME} A shop-2.elb.amazonaws.com.")));
    record.delete().await;
    assert_eq!(world.aws().zones.zones["ZPUBLIC"].records, before, "the original one");
    assert_eq!(remembered(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_took_over_is_theirs() {
    let world = world();
    let mut record = Resource::new(&world, KIND, "Record");
    record.create(alias(NAME, BALANCER)).await;
    world.aws().zones.zones.get_mut("ZPUBLIC").unwrap().records = vec![Record::new(NAME, "A", 60, "192.0.2.7")];
    assert_eq!(record.delete().await["Status"], "SUCCESS");
    assert_eq!(records(&world), [format!("{NAME} A 192.0.2.7")]);
    assert_eq!(remembered(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_is_gone_took_its_records_along() {
    let world = world();
    let mut record = Resource::new(&world, KIND, "Record");
    record.create(alias(NAME, BALANCER)).await;
    world.aws().zones.zones.remove("ZPUBLIC");
    assert_eq!(record.delete().await["Status"], "SUCCESS");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_remembered_is_not_changed() {
    let world = with_zones(World::without_ledger());
    put(&world, Record::new(NAME, "A", 300, "192.0.2.1"));
    let answer = Resource::new(&world, KIND, "Record").create(alias(NAME, BALANCER)).await;
    assert!(
        answer["Reason"].as_str().unwrap().starts_with("`www.example.com.` has a record, which is not changed"),
        "{answer}"
    );
    assert_eq!(records(&world), [format!("{NAME} A 192.0.2.1")]);
    let mut new = Resource::new(&world, KIND, "New");
    assert_eq!(new.create(alias("new.example.com", BALANCER)).await["Status"], "SUCCESS");
    assert_eq!(new.update(alias("new.example.com", "shop-2.elb.amazonaws.com")).await["Status"], "SUCCESS");
    assert_eq!(new.delete().await["Status"], "SUCCESS");
    assert_eq!(records(&world), [format!("{NAME} A 192.0.2.1")]);
}

#[tokio::test(start_paused = true)]
async fn what_was_changed_without_an_answer_is_undone() {
    let world = world();
    put(&world, Record::new(NAME, "A", 300, "192.0.2.1"));
    world.aws().plan("route53", "ChangeResourceRecordSets", 0, 8, Fault::Lost);
    let answer = Resource::new(&world, KIND, "Record").create(alias(NAME, BALANCER)).await;
    assert_eq!(answer["Status"], "FAILED", "{answer}");
    assert_eq!(records(&world), [format!("{NAME} A 192.0.2.1")], "as it was");

    let mut record = Resource::new(&world, KIND, "Other");
    record.create(alias("other.example.com", BALANCER)).await;
    world.aws().plan("route53", "ChangeResourceRecordSets", 0, 8, Fault::Lost);
    let answer = record.update(alias(NAME, BALANCER)).await;
    assert_eq!(answer["Status"], "FAILED", "{answer}");
    assert_eq!(
        records(&world),
        [format!("{NAME} A 192.0.2.1"), format!("other.example.com. A {BALANCER}.")],
        "as it was"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stack_that_goes_back_does_not_stop() {
    let world = world();
    let mut record = Resource::new(&world, KIND, "Record");
    record.create(alias(NAME, BALANCER)).await;
    record.properties = alias(NAME, "shop-2.elb.amazonaws.com");
    world.aws().zones.zones.remove("ZPUBLIC");
    let answer = record.roll_back(alias(NAME, BALANCER)).await;
    assert_eq!(
        (&answer["Status"], &answer["PhysicalResourceId"]),
        (&json!("SUCCESS"), &json!("ZPUBLIC|www.example.com.|A|"))
    );
}

/// It would lead nowhere. What nobody can ask for is put back as it was.
#[tokio::test(start_paused = true)]
async fn what_leads_to_a_load_balancer_that_is_gone_is_not_put_back() {
    let old = "old-1.eu-west-1.elb.amazonaws.com";
    for (there, is_listed, goes, is_back) in [
        (Record::alias(NAME, "A", &format!("dualstack.{old}.")), true, true, false),
        (Record::new(NAME, "CNAME", 60, old), true, true, false),
        (Record::alias(NAME, "A", &format!("dualstack.{old}.")), true, false, true),
        // Another account's, or a classic one.
        (Record::alias(NAME, "A", &format!("dualstack.{old}.")), false, false, true),
        (Record::alias(NAME, "A", "d1.cloudfront.net."), false, false, true),
    ] {
        let world = world();
        put(&world, there.clone());
        let before = records(&world);
        if is_listed {
            world.aws().load_balancers.tags.insert(old.to_owned(), BTreeMap::new());
        }
        let mut record = Resource::new(&world, KIND, "Record");
        record.create(alias(NAME, BALANCER)).await;
        if goes {
            world.aws().load_balancers.tags.clear();
        }
        record.delete().await;
        assert_eq!(records(&world), if is_back { before } else { Vec::new() }, "{there:?}");
        assert_eq!(remembered(&world), 0);
    }
    // Where it cannot be found out, what was there is there again.
    let world = world();
    put(&world, Record::alias(NAME, "A", &format!("{old}.")));
    world.aws().load_balancers.tags.insert(old.to_owned(), BTreeMap::new());
    let mut record = Resource::new(&world, KIND, "Record");
    record.create(alias(NAME, BALANCER)).await;
    let denied = Refusal::new("AccessDenied", "not authorized");
    world.aws().plan("elasticloadbalancing", "*", 0, 100, Fault::Refused(denied));
    record.delete().await;
    assert_eq!(records(&world), [format!("{NAME} A {old}.")]);
}
