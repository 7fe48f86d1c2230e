//! `Custom::OamEcsSecret`.

use oamecs_tests::stand_in::{Fault, Secret};
use serde_json::json;

use crate::world::{Resource, World, attributes};

const KIND: &str = "Custom::OamEcsSecret";
const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-a1B2c3";

fn world() -> World {
    let world = World::new();
    let value = Some(r#"{"username": "shop", "password": "correct horse"}"#.to_owned());
    let secret = Secret { arn: ARN.to_owned(), value, ..Secret::default() };
    world.aws().secrets.secrets.insert("shop/db".to_owned(), secret);
    world
}

fn properties(name: &str) -> serde_json::Value {
    json!({"ServiceToken": "arn", "ServiceTimeout": 60, "Name": name})
}

#[tokio::test(start_paused = true)]
async fn a_name_becomes_an_arn_and_a_key() {
    let world = world();
    let mut lookup = Resource::new(&world, KIND, "Lookup");
    let answer = lookup.create(properties("shop/db")).await;
    assert_eq!(answer["PhysicalResourceId"], ARN);
    let data = attributes(&answer);
    assert_eq!(data["Arn"], ARN);
    assert_eq!(data["KmsKeyArn"], "arn:aws:kms:eu-west-1:123456789012:alias/aws/secretsmanager");
    assert_eq!(lookup.update(properties(ARN)).await["Data"], answer["Data"]);
    assert_eq!(lookup.roll_back(properties("shop/db")).await["Status"], "SUCCESS");
    assert_eq!(lookup.delete().await["Status"], "SUCCESS");
    assert_eq!(world.aws().calls("secretsmanager", "GetSecretValue"), 0, "nobody asked for keys");
}

#[tokio::test(start_paused = true)]
async fn the_key_is_always_an_arn() {
    let world = world();
    let key = "arn:aws:kms:eu-west-1:123456789012:key/1234";
    world.aws().keys.aliases.insert("alias/shop".to_owned(), key.to_owned());
    for (given, expected) in [("alias/shop", key), ("1234", key), (key, key)] {
        world.aws().secrets.secrets.get_mut("shop/db").unwrap().key = Some(given.to_owned());
        let answer = Resource::new(&world, KIND, &format!("Of{}", given.len())).create(properties("shop/db")).await;
        assert_eq!(attributes(&answer)["KmsKeyArn"], expected, "{given}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_fails_at_once() {
    let world = world();
    let answer = Resource::new(&world, KIND, "Lookup").create(properties("shop/bd")).await;
    assert_eq!(answer["Status"], "FAILED");
    assert_eq!(answer["Reason"], "there is no secret `shop/bd` in eu-west-1: make it, or correct the name");
    let mut asked = properties("shop/db");
    asked["Keys"] = json!(["password", "pasword"]);
    let answer = Resource::new(&world, KIND, "Keys").create(asked.clone()).await;
    assert_eq!(answer["Reason"], "the secret `shop/db` has no key `pasword`: its keys are `username`, `password`");
    assert!(!answer.to_string().contains("horse"), "{answer}");
    world.aws().secrets.secrets.get_mut("shop/db").unwrap().value = None;
    let answer = Resource::new(&world, KIND, "Closed").create(asked).await;
    assert_eq!(answer["Status"], "SUCCESS", "the function may not read it: {answer}");
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_for_a_moment_is_tried_again() {
    for fault in [Fault::Throttled, Fault::Broken, Fault::Silent, Fault::Lost] {
        let world = world();
        world.aws().plan("secretsmanager", "DescribeSecret", 0, 3, fault.clone());
        let mut asked = properties("shop/db");
        asked["ServiceTimeout"] = 600.into();
        let answer = Resource::new(&world, KIND, "Lookup").create(asked).await;
        assert_eq!(answer["Status"], "SUCCESS", "{fault:?}: {answer}");
    }
}
